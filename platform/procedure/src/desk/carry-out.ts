/**
 * Carries out a request: opens cases or moves them, one or thousands, in one transaction with the effect, the history, the notices
 * and the ledger entries (docs/flows/procedure.md step 4). Invariants: a request id is carried out once; a case that is
 * refused is as it was.
 */
import { createHash } from 'node:crypto';
import { inTransaction, type Tx } from '@ishizue/db';
import { type Failure, fail, ok, type Result } from '@ishizue/outcome';
import { uploadsMissing } from '../attachments/uploads.ts';
import type { AskedFacts, Definition, Move } from '../define/definition.ts';
import type { ActingBy } from './acting.ts';
import { findRepeaters } from './four-eyes.ts';
import { type Candidate, decide, type Moment, type Moved } from './judge.ts';
import { anyVersionHas, judgeAll, type MoveRequest, moveNamed, type RefusedRow } from './judge-all.ts';
import type { DeskPlace } from './place.ts';
import { recordTouched } from './record-moves.ts';
import { stableJson } from './stable-json.ts';
import { storeMoves } from './store-moves.ts';

/** What came of a request; told again when it is repeated. */
export interface Carried {
  /** Of rows that moved, their cases; rows are those of the request. */
  readonly moved: readonly { readonly row: number; readonly caseId: number }[];
  readonly refused: readonly RefusedRow[];
  /** Of the first case that moved. */
  readonly sequence?: number;
  readonly state?: string;
  readonly dueOn?: string | null;
}

export type RequestCode = 'request-id-reused' | 'procedure-not-in-force';

/** @param isKept whether refusals are told again too: so it is for many, while one that is refused may be tried again */
export async function carryOut(
  place: DeskPlace,
  by: ActingBy,
  asked: MoveRequest,
  isKept: boolean,
): Promise<Result<Carried, RequestCode>> {
  const moment = place.moment();
  const digest = digestOf(by, asked);
  const prepared = await prepare(place, by, asked, moment);
  return inTransaction(place.sql, { site: place.site }, async (tx): Promise<Result<Carried, RequestCode>> => {
    const earlier = await earlierAnswer(tx, place.kind, asked.request);
    const inForce = place.versions.find(moment.today) ?? place.versions.all[0];
    if (!inForce) throw new Error('a procedure without a version');
    if (earlier) {
      if (earlier.digest.equals(digest)) return ok(earlier.answer);
      await recordAll(
        tx,
        place,
        by,
        moment,
        inForce,
        asked,
        [],
        [{ subject: undefined, result: 'request-id-reused' }],
      );
      return fail('request-id-reused', 'this request id was used for something else');
    }
    if (asked.isOpening && !place.versions.find(moment.today))
      return fail('procedure-not-in-force', 'the procedure has no version for this day');
    const { moved, refused, subjects } = await moveAll(tx, place, by, asked, moment, prepared);
    const carried = answerOf(moved, refused);
    if (moved.length > 0 || isKept)
      await storeMoves(
        tx,
        {
          kind: place.kind,
          request: asked.request,
          digest,
          move: asked.move,
          by,
          at: moment.at,
          sharedOwn: asked.sharedOwn,
          answer: carried,
        },
        moved,
      );
    await recordAll(tx, place, by, moment, moved[0]?.candidate.definition ?? inForce, asked, moved, [
      ...moved.map(({ facts }) => ({ subject: facts.subject, result: 'ok' })),
      ...refused.map(({ row, failure }) => ({ subject: subjects.get(row), result: failure.code })),
    ]);
    return ok(carried);
  });
}

function answerOf(moved: readonly Moved[], refused: readonly RefusedRow[]): Carried {
  const [first] = moved;
  return {
    moved: moved.map(({ candidate, facts }) => ({ row: candidate.row, caseId: facts.caseId })),
    refused: refused.toSorted((a, b) => a.row - b.row),
    ...(first && { sequence: first.facts.sequence, state: first.state, dueOn: first.running.dueOn }),
  };
}

function digestOf(by: ActingBy, { move, rows, sharedOwn, isOpening }: MoveRequest): Buffer {
  const asked = rows.map(({ caseId, expected, own, form, applicant }) => [
    isOpening ? null : caseId,
    expected ?? null,
    own ?? null,
    form ?? null,
    applicant ?? null,
  ]);
  const text = stableJson([by.actor.kind, by.actor.id, move, sharedOwn ?? null, asked]);
  return createHash('sha256').update(text).digest();
}

interface Earlier {
  readonly digest: Buffer;
  readonly answer: Carried;
}

/** Copies of one request take turns; the later one finds what the earlier one was answered. */
async function earlierAnswer(tx: Tx, kind: number, request: string): Promise<Earlier | undefined> {
  const [, [earlier]] = await Promise.all([
    tx`SELECT pg_advisory_xact_lock(hashtextextended(${`procedure ${kind} ${request}`}, 0))`.execute(),
    tx<
      Earlier[]
    >`SELECT digest, answer FROM procedure.act WHERE kind = ${kind} AND request = ${request}`.execute(),
  ]);
  return earlier;
}

type Prepared = ReadonlyMap<number, { readonly sequence: number; readonly answer: Result<unknown> }>;

/** Asks the definition's `prepare` for the cases that would move as they are now; by row. */
async function prepare(
  place: DeskPlace,
  by: ActingBy,
  asked: MoveRequest,
  moment: Moment,
): Promise<Prepared> {
  if (!anyVersionHas(place, asked.move, 'prepare')) return new Map();
  const { candidates } = await inTransaction(place.sql, { site: place.site }, (tx) =>
    judgeAll(tx, place, by, asked, moment, false),
  );
  const answers = new Map<number, { sequence: number; answer: Result<unknown> }>();
  for (const group of Map.groupBy(candidates, ({ move }) => move).values()) {
    const facts: readonly AskedFacts[] = group.map((one) => one.facts);
    const told = (await group[0]?.move.prepare?.(facts, place.context)) ?? group.map(() => ok(undefined));
    if (told.length !== group.length)
      throw new Error(`${asked.move}: prepare answered ${told.length} of ${group.length}`);
    for (const [index, { row, before }] of group.entries()) {
      const answer = told[index];
      if (answer) answers.set(row, { sequence: before.sequence, answer });
    }
  }
  return answers;
}

interface MovedAll {
  readonly moved: readonly Moved[];
  readonly refused: readonly RefusedRow[];
  readonly subjects: ReadonlyMap<number, string>;
}

/** Judges under the locks, and has the effects run over what passed. */
async function moveAll(
  tx: Tx,
  place: DeskPlace,
  by: ActingBy,
  asked: MoveRequest,
  moment: Moment,
  prepared: Prepared,
): Promise<MovedAll> {
  const judged = await judgeAll(tx, place, by, asked, moment, true);
  const refused = [...judged.refused];
  const refuse = (row: number, failure: Failure): void => void refused.push({ row, failure });
  const same = await findRepeaters(tx, by, judged.candidates);
  const missing = await uploadsMissing(tx, place.kind, judged.candidates);
  const passed: Moved[] = [];
  for (const candidate of judged.candidates) {
    const { row } = candidate;
    if (same.has(row))
      refuse(row, { code: 'second-person-needed', detail: 'another person than before has to' });
    else if (missing.has(row))
      refuse(row, { code: 'attachment-unknown', detail: 'a file that you have not uploaded' });
    else {
      const decided = decideWith(candidate, prepared.get(row));
      if (decided.ok) passed.push(decided.value);
      else refuse(row, decided.failure);
    }
  }
  const stopped = await runEffects(tx, place, passed);
  for (const one of passed) {
    const code = stopped.get(one.facts.caseId);
    if (code !== undefined)
      refuse(one.candidate.row, { code, detail: one.candidate.definition.refusals[code]?.en ?? code });
  }
  return {
    moved: passed.filter(({ facts }) => !stopped.has(facts.caseId)),
    refused,
    subjects: judged.subjects,
  };
}

function decideWith(
  candidate: Candidate,
  prepared: { readonly sequence: number; readonly answer: Result<unknown> } | undefined,
): Result<Moved> {
  if (!candidate.move.prepare) return decide(candidate, undefined);
  if (!prepared || prepared.sequence !== candidate.before.sequence)
    return fail('case-moved-meanwhile', 'the case changed while others were asked');
  return prepared.answer.ok ? decide(candidate, prepared.answer.value) : prepared.answer;
}

async function runEffects(
  tx: Tx,
  { context }: DeskPlace,
  moved: readonly Moved[],
): Promise<ReadonlyMap<number, string>> {
  const stopped = new Map<number, string>();
  for (const [move, group] of Map.groupBy(moved, ({ candidate }) => candidate.move)) {
    const refused = await move.effect?.(
      tx,
      group.map(({ facts }) => facts),
      context,
    );
    for (const [caseId, code] of refused ?? []) stopped.set(caseId, code);
  }
  return stopped;
}

async function recordAll(
  tx: Tx,
  { site, pseudonyms }: DeskPlace,
  by: ActingBy,
  { at }: Moment,
  definition: Definition,
  { move: name, isOpening, rows }: MoveRequest,
  moved: readonly Moved[],
  touched: readonly { readonly subject: string | undefined; readonly result: string }[],
): Promise<void> {
  const move = moveNamed(definition, name);
  const amended =
    isOpening || move?.amends !== undefined ? Object.keys(moved[0]?.facts.form ?? rows[0]?.form ?? {}) : [];
  const fields = ['state', ...new Set([...amended, ...Object.keys(move?.form ?? {})])];
  const known = fields.filter((field) => field === 'state' || isFieldOf(definition, move, field));
  await recordTouched(
    tx,
    {
      site,
      pseudonyms,
      by,
      at,
      article: move?.basis ?? definition.basis,
      affair: move ? `${definition.id}-${name}` : definition.id,
      fields: known,
    },
    touched,
  );
}

/** What the client calls a field may hold anything: only names that are declared come into the ledger. */
const isFieldOf = ({ form }: Definition, move: Move | undefined, field: string): boolean =>
  Object.hasOwn(form, field) || (move?.form !== undefined && Object.hasOwn(move.form, field));
