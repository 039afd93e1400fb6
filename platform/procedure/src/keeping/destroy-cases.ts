/**
 * Destroys what closed cases say whose day is over: the oldest first, some hundreds a transaction, each batch with its ledger
 * entries and its record, so that a run that was killed goes on where it was. What an officer holds or the system needs
 * stays. Flow: docs/flows/case-retention.md step 5.
 */
import type { IsoDate } from '@ishizue/clock';
import { inTransaction, type Tx } from '@ishizue/db';
import type { AnyForm, Definition, KeptCase } from '../define/definition.ts';
import { CLOCK } from '../desk/acting.ts';
import type { DeskPlace } from '../desk/place.ts';
import { recordTouched } from '../desk/record-moves.ts';
import { type Destroyed, recordDestroyed } from './destruction-record.ts';
import { eraseCases } from './erase-cases.ts';

/** A closed case whose day is over, locked. */
export interface DueCase {
  readonly caseId: number;
  readonly state: string;
  readonly keptUntil: IsoDate;
  readonly version: IsoDate;
  readonly subject: string;
  readonly record: AnyForm;
}

const BATCH_CASES = 500;

/** Answers how many cases were destroyed. */
export async function destroyCases(place: DeskPlace): Promise<number> {
  for (let destroyed = 0; ; ) {
    const batch = await inTransaction(place.sql, { site: place.site }, (tx) => destroyBatch(tx, place));
    if (!batch) return destroyed;
    destroyed += batch.destroyed;
  }
}

async function destroyBatch(tx: Tx, place: DeskPlace): Promise<{ readonly destroyed: number } | undefined> {
  const due = await lockDue(tx, place);
  if (due.length === 0) return undefined;
  // held between the two: whoever holds a case has its lock
  const held = await heldAmong(tx, due);
  const free = due.filter(({ caseId }) => !held.has(caseId));
  let destroyed = 0;
  for (const [version, cases] of Map.groupBy(free, (one) => one.version))
    destroyed += await destroyVersion(tx, place, place.versions.kept(version), cases);
  return { destroyed };
}

/** Those whose day is over by both clocks, and that nobody holds. */
function lockDue(tx: Tx, place: DeskPlace): Promise<readonly DueCase[]> {
  return tx<DueCase[]>`
    SELECT s.case_id AS "caseId", s.state, s.kept_until AS "keptUntil", f.version, f.subject, coalesce(f.record, '{}') AS record
    FROM procedure.case_state s JOIN procedure.case_file f ON f.id = s.case_id
    WHERE s.kind = ${place.kind} AND s.kept_until < ${place.moment().today}::date AND s.kept_until < current_date
      AND NOT EXISTS (SELECT FROM procedure.hold h WHERE h.case_id = s.case_id AND h.ended_at IS NULL)
    ORDER BY s.kept_until, s.case_id LIMIT ${BATCH_CASES} FOR UPDATE OF s`;
}

async function heldAmong(tx: Tx, due: readonly DueCase[]): Promise<ReadonlySet<number>> {
  const rows = await tx<{ caseId: number }[]>`
    SELECT case_id AS "caseId" FROM procedure.hold
    WHERE case_id = ANY (${due.map(({ caseId }) => caseId)}::bigint[]) AND ended_at IS NULL`;
  return new Set(rows.map(({ caseId }) => caseId));
}

async function destroyVersion(
  tx: Tx,
  place: DeskPlace,
  { id, basis, validFrom, kept }: Definition,
  due: readonly DueCase[],
): Promise<number> {
  const needed = (await kept.needed?.(tx, due.map(asked), place.context)) ?? new Map<number, IsoDate>();
  await putOff(tx, place, needed);
  const over = due.filter(({ caseId }) => !needed.has(caseId));
  if (over.length === 0) return 0;
  const theirs = (await kept.effect?.(tx, over.map(asked), place.context)) ?? {};
  const { at, today } = place.moment();
  const { files } = await eraseCases(
    tx,
    place,
    over.map(({ caseId }) => caseId),
    today,
  );
  const rule = `${id} ${validFrom}: ${kept.source}`;
  const lastDay = over.reduce((latest, { keptUntil }) => (keptUntil > latest ? keptUntil : latest), '');
  const counted = Object.entries({ cases: over.length, files, ...theirs });
  await recordDestroyed(
    tx,
    place,
    at,
    counted.map(([what, count]): Destroyed => ({ what, count, rule, lastDay })),
  );
  const { site, pseudonyms } = place;
  const by = { actor: CLOCK, terminal: '', correlation: 'background' };
  const fields = ['form', 'record', 'history', 'destroyed'];
  await recordTouched(
    tx,
    { site, pseudonyms, by, at, article: basis, affair: `${id}-destroy`, fields },
    over.map(({ subject }) => ({ subject, result: 'ok' })),
  );
  return over.length;
}

const asked = ({ caseId, state, subject, record }: DueCase): KeptCase => ({ caseId, state, subject, record });

/** What the system still needs is looked at again on its day. */
async function putOff(tx: Tx, place: DeskPlace, needed: ReadonlyMap<number, IsoDate>): Promise<void> {
  if (needed.size === 0) return;
  const { today } = place.moment();
  if ([...needed.values()].some((day) => day < today))
    throw new Error('a case is needed until a day that is over');
  await tx`
    UPDATE procedure.case_state s SET kept_until = given.day
    FROM unnest(${[...needed.keys()]}::bigint[], ${[...needed.values()]}::date[]) AS given(case_id, day)
    WHERE s.case_id = given.case_id AND s.kind = ${place.kind}`;
}
