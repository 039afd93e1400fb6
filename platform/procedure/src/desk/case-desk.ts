/**
 * The desk of a procedure at a site: where cases are opened, moved, read and delegated. One for each procedure and site,
 * opened at start; it works under the role of the system that the procedure belongs to.
 */
import { type Clock, dateInTokyo } from '@ishizue/clock';
import { inTransaction, type Sql, type Tx } from '@ishizue/db';
import type { Pseudonyms } from '@ishizue/ledger';
import { type Failure, fail, ok, type Result } from '@ishizue/outcome';
import type { FileRewrite } from '../attachments/file-rewrite.ts';
import { type StoredFile, storeAttachment } from '../attachments/store-attachment.ts';
import type { Definition } from '../define/definition.ts';
import type { Fields } from '../define/field.ts';
import { type ProcedureVersions, procedureVersions } from '../define/versions.ts';
import { destroyCases } from '../keeping/destroy-cases.ts';
import { destroyLooseEnds } from '../keeping/destroy-loose-ends.ts';
import {
  countKept,
  type Destroyed,
  type DestructionLine,
  type KeptCount,
  readDestructions,
  recordDestroyed,
} from '../keeping/destruction-record.ts';
import { endHold, type HoldCode, type HoldWish, holdCase } from '../keeping/hold-case.ts';
import type { ActingBy } from './acting.ts';
import { type Carried, carryOut, type RequestCode } from './carry-out.ts';
import {
  type DelegationCode,
  type DelegationPlace,
  type DelegationWish,
  delegate,
  revokeDelegation,
} from './delegations.ts';
import type { MoveRequest } from './judge-all.ts';
import { deliverNotices, type NoticePost } from './notices.ts';
import { type PassedReport, passDeadlines } from './pass-deadlines.ts';
import type { DeskPlace } from './place.ts';
import * as reading from './read-cases.ts';
import { invalidRequest } from './request-limits.ts';

export interface DeskOptions<Context> {
  /** The pool of the role of the system that the procedure belongs to. */
  readonly sql: Sql;
  readonly site: string;
  readonly clock: Clock;
  readonly pseudonyms: Pseudonyms;
  readonly procedure: Definition<Context> | ProcedureVersions<Context>;
  readonly context: Context;
  /** What is made of the files of a field (`photo`, `return/letter`) before anything of them is kept. */
  readonly rewrites?: Readonly<Record<string, FileRewrite>>;
}

/** A case after a move. */
export interface Receipt {
  readonly caseId: number;
  readonly sequence: number;
  readonly state: string;
  readonly dueOn: string | null;
}

export interface Opening {
  readonly move: string;
  readonly request: string;
  readonly form: unknown;
  readonly own?: unknown;
  /** For whom an officer or a delegate files: `person:…`. */
  readonly applicant?: string | undefined;
}

export interface OneMove {
  readonly caseId: number;
  readonly move: string;
  readonly request: string;
  /** The sequence number that the mover has seen. */
  readonly expected?: number | undefined;
  readonly own?: unknown;
  readonly form?: unknown;
}

export interface ManyMoves {
  readonly move: string;
  readonly request: string;
  /** Own fields for all rows; a row may have its own instead. */
  readonly own?: Readonly<Record<string, unknown>> | undefined;
  readonly rows: readonly {
    readonly caseId: number;
    readonly expected?: number | undefined;
    readonly own?: unknown;
    readonly form?: unknown;
  }[];
}

export interface ManyOpenings {
  readonly move: string;
  readonly request: string;
  readonly rows: readonly Omit<Opening, 'move' | 'request'>[];
}

export type BulkCode = RequestCode | 'request-invalid';

export class CaseDesk {
  readonly place: DeskPlace;

  private constructor(place: DeskPlace) {
    this.place = place;
  }

  /** Opens the desk. @throws where the definition has faults, or another system runs the procedure at this site */
  static async open<Context>(options: DeskOptions<Context>): Promise<CaseDesk> {
    const { sql, site, clock, pseudonyms, procedure, context, rewrites = {} } = options;
    const versions = 'all' in procedure ? procedure : procedureVersions(procedure);
    const kind = await inTransaction(sql, { site }, (tx) => kindOf(tx, site, versions.id));
    return new CaseDesk({
      sql,
      site,
      kind,
      pseudonyms,
      versions,
      context,
      rewrites,
      moment: () => {
        const at = clock.now();
        return { at, today: dateInTokyo(at) };
      },
    });
  }

  /** The definition in force today: what forms and documents show. */
  get definition(): Definition {
    const { versions } = this.place;
    const found = versions.find(this.place.moment().today) ?? versions.all.at(-1);
    if (!found) throw new Error('a procedure without a version');
    return found;
  }

  /** The largest file that a field takes; 1 where none does. */
  get fileBytesMax(): number {
    const { form, moves } = this.definition;
    return Math.max(
      1,
      ...fileLimits(form),
      ...Object.values(moves).flatMap((move) => fileLimits(move.form ?? {})),
    );
  }

  /** Opens a case. */
  start(by: ActingBy, { move, request, form, own, applicant }: Opening): Promise<Result<Receipt>> {
    const rows = [{ row: 0, caseId: 0, form, own, applicant }];
    return this.#one(by, { isOpening: true, move, request, rows, sharedOwn: undefined });
  }

  /** Moves a case. */
  move(by: ActingBy, { caseId, move, request, expected, own, form }: OneMove): Promise<Result<Receipt>> {
    const rows = [{ row: 0, caseId, expected, own, form }];
    return this.#one(by, { isOpening: false, move, request, rows, sharedOwn: undefined });
  }

  /** Opens many cases: the good ones are opened, the others told with their codes. */
  startMany(by: ActingBy, { move, request, rows }: ManyOpenings): Promise<Result<Carried, BulkCode>> {
    const asked = rows.map((one, row) => ({
      row,
      caseId: 0,
      form: one.form,
      own: one.own,
      applicant: one.applicant,
    }));
    return this.#many(by, { isOpening: true, move, request, rows: asked, sharedOwn: undefined });
  }

  /** Makes one move of many cases. */
  moveMany(by: ActingBy, { move, request, own, rows }: ManyMoves): Promise<Result<Carried, BulkCode>> {
    const isShared = own !== undefined && rows.every((row) => row.own === undefined);
    const asked = rows.map(({ caseId, expected, own: rowOwn, form }, row) => ({
      row,
      caseId,
      expected,
      own: rowOwn ?? own,
      form,
    }));
    return this.#many(by, {
      isOpening: false,
      move,
      request,
      rows: asked,
      sharedOwn: isShared ? own : undefined,
    });
  }

  async #one(by: ActingBy, asked: MoveRequest): Promise<Result<Receipt>> {
    const invalid = invalidRequest(asked);
    if (invalid) return invalid;
    const carried = await carryOut(this.place, by, asked, false);
    if (!carried.ok) return carried;
    const { moved, refused, sequence = 0, state = '', dueOn = null } = carried.value;
    const [caseId] = moved.map((one) => one.caseId);
    if (caseId !== undefined) return ok({ caseId, sequence, state, dueOn });
    const failure: Failure | undefined = refused[0]?.failure;
    if (!failure) throw new Error('a request neither moved its case nor was refused');
    return fail(failure.code, failure.detail);
  }

  async #many(by: ActingBy, asked: MoveRequest): Promise<Result<Carried, BulkCode>> {
    const invalid = invalidRequest(asked);
    return invalid ?? (await carryOut(this.place, by, asked, true));
  }

  read(by: ActingBy, caseId: number): Promise<Result<reading.CaseView>> {
    return reading.readCase(this.place, by, caseId);
  }

  history(by: ActingBy, caseId: number): Promise<Result<readonly reading.HistoryLine[]>> {
    return reading.readHistory(this.place, by, caseId);
  }

  /** Open cases for who has a role; for others their own cases. */
  inbox(by: ActingBy, filter: reading.InboxFilter = {}): Promise<Result<reading.InboxPage>> {
    return reading.readInbox(this.place, by, filter);
  }

  /** Takes a file for a field (`documents.file`) of the form, or of a move (`move/reason.file`). */
  attach(by: ActingBy, field: string, bytes: AsyncIterable<Uint8Array>): Promise<Result<StoredFile>> {
    return storeAttachment(this.place, this.definition, by, field, bytes);
  }

  delegate(by: ActingBy, wish: DelegationWish): Promise<Result<number, DelegationCode>> {
    return delegate(this.#delegation(by, 'delegate'), by, wish);
  }

  revokeDelegation(by: ActingBy, id: number): Promise<Result<void, DelegationCode>> {
    return revokeDelegation(this.#delegation(by, 'revoke-delegation'), by, id);
  }

  #delegation(by: ActingBy, act: string): DelegationPlace {
    const { sql, kind, site, pseudonyms } = this.place;
    const { at, today } = this.place.moment();
    const { definition } = this;
    const affair = `${definition.id}-${act}`;
    const entry = { site, pseudonyms, by, at, article: definition.basis, affair, fields: ['delegation'] };
    return { sql, kind, today, definition, entry };
  }

  /** Makes the clock's moves and raises alarms for deadlines that have passed; repeating adds nothing. */
  passDeadlines(): Promise<PassedReport> {
    return passDeadlines(this.place);
  }

  /** Keeps a case beyond its day; answers the hold's number. For officers of the procedure. */
  hold(by: ActingBy, wish: HoldWish): Promise<Result<number, HoldCode>> {
    return holdCase(this.place, by, wish);
  }

  endHold(by: ActingBy, caseId: number, id: number): Promise<Result<void, HoldCode>> {
    return endHold(this.place, by, { caseId, id });
  }

  /** Destroys what is over: of closed cases, and what belongs to none; answers how many cases and other rows. */
  async destroyOver(): Promise<{ readonly cases: number; readonly others: number }> {
    return { cases: await destroyCases(this.place), others: await destroyLooseEnds(this.place) };
  }

  countKept(): Promise<KeptCount> {
    return countKept(this.place);
  }

  /** What was destroyed lately, the newest first. */
  destructions(): Promise<readonly DestructionLine[]> {
    return readDestructions(this.place);
  }

  /** For what a system destroys of its own beside the cases, in the transaction that destroys it. */
  recordDestroyed(tx: Tx, destroyed: readonly Destroyed[]): Promise<void> {
    return recordDestroyed(tx, this.place, this.place.moment().at, destroyed);
  }

  /** Delivers waiting notices, some at once; answers how many. @param post of the system, for whoever has no account */
  deliverNotices(post?: NoticePost): Promise<number> {
    const { sql, site, kind } = this.place;
    return deliverNotices(sql, { site, kind, at: this.place.moment().at }, post);
  }
}

const fileLimits = (fields: Fields): readonly number[] =>
  Object.values(fields).flatMap(({ shape }) => {
    if (shape.kind === 'attachment') return [shape.bytes_max];
    return 'fields' in shape ? fileLimits(shape.fields) : [];
  });

async function kindOf(tx: Tx, site: string, procedure: string): Promise<number> {
  await tx`INSERT INTO procedure.kind (site, procedure) VALUES (${site}, ${procedure}) ON CONFLICT DO NOTHING`;
  const [found] = await tx<{ id: number }[]>`
    SELECT id FROM procedure.kind WHERE site = ${site} AND procedure = ${procedure}`;
  if (!found) throw new Error(`the procedure ${procedure} is another system's at ${site}`);
  return found.id;
}
