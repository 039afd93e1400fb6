/**
 * Judges the cases of a request: reads them (under their locks, where they are to move), and asks of each whether it may. A case that
 * is named twice is judged once.
 */
import type { Tx } from '@ishizue/db';
import type { Failure } from '@ishizue/outcome';
import { type AnyForm, type Definition, hasPart, type Move } from '../define/definition.ts';
import type { ActingBy } from './acting.ts';
import { type CaseRow, readCases } from './case-rows.ts';
import { lentTo } from './delegations.ts';
import { type Asked, type Candidate, judge, type Moment } from './judge.ts';
import { openingFor } from './opening.ts';
import type { DeskPlace } from './place.ts';

/** What is asked for: one move of many cases, or the opening of many. */
export interface MoveRequest {
  readonly isOpening: boolean;
  readonly move: string;
  /** Given by the caller: the same request is carried out once. 1 to 80 bytes. */
  readonly request: string;
  readonly rows: readonly Asked[];
  /** Own fields that hold for all rows. */
  readonly sharedOwn: AnyForm | undefined;
}

export interface RefusedRow {
  readonly row: number;
  readonly failure: Failure;
}

export const moveNamed = ({ moves }: Definition, name: string): Move | undefined =>
  Object.hasOwn(moves, name) ? moves[name] : undefined;

export interface Judged {
  readonly candidates: readonly Candidate[];
  readonly refused: readonly RefusedRow[];
  /** Whose data, by row, where the case is known to whoever asks. */
  readonly subjects: ReadonlyMap<number, string>;
}

export async function judgeAll(
  tx: Tx,
  place: DeskPlace,
  by: ActingBy,
  asked: MoveRequest,
  moment: Moment,
  isLocked: boolean,
): Promise<Judged> {
  const candidates: Candidate[] = [];
  const refused: RefusedRow[] = [];
  const subjects = new Map<number, string>();
  const lent = await lentTo(tx, place.kind, by.actor, moment.at);
  const moving = { name: asked.move, by, lent, moment };
  const found = asked.isOpening
    ? await openingFor(tx, place, moving, asked.rows, isLocked)
    : await readCases(
        tx,
        place.kind,
        asked.rows.map(({ caseId }) => caseId),
        { isLocked, withForm: needsForm(place, asked.move) },
      );
  const taken = new Set<number>();
  for (const row of asked.rows) {
    const at = asked.isOpening ? row.row : row.caseId;
    const one = taken.has(at) ? undefined : found.get(at);
    taken.add(at);
    const definition = definitionFor(place, one, moment);
    const judged = judge(definition, moving, row, one);
    if (judged.ok) candidates.push(judged.value);
    else refused.push({ row: row.row, failure: judged.failure });
    if (judged.ok) subjects.set(row.row, judged.value.facts.subject);
    else if (one && one.subject !== '' && judged.failure.code !== 'case-unknown')
      subjects.set(row.row, one.subject);
  }
  return { candidates, refused, subjects };
}

function definitionFor({ versions }: DeskPlace, row: CaseRow | undefined, { today }: Moment): Definition {
  const definition = row ? versions.kept(row.version) : (versions.find(today) ?? versions.all[0]);
  if (!definition) throw new Error('a procedure without a version');
  return definition;
}

export const anyVersionHas = (
  { versions }: DeskPlace,
  name: string,
  ...parts: readonly (keyof Move)[]
): boolean =>
  versions.all.some((one) => {
    const move = moveNamed(one, name);
    return move !== undefined && hasPart(move, ...parts);
  });

/** Whether any version's move looks at the form: reading and parsing them is most of the work of a bulk move. */
const needsForm = (place: DeskPlace, name: string): boolean =>
  anyVersionHas(place, name, 'prepare', 'guard', 'sets', 'effect', 'amends');
