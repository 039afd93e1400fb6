/**
 * Holds: an officer keeps what a closed case says beyond its day, for a dispute, a correction or an audit, and lets it go again.
 * While one hold stands nothing of the case is destroyed. Flow: docs/flows/case-retention.md step 4.
 */
import { inTransaction, type Tx } from '@ishizue/db';
import { fail, ok, type Result } from '@ishizue/outcome';
import { type ActingBy, keyOf, mayReview } from '../desk/acting.ts';
import { lentTo } from '../desk/delegations.ts';
import type { DeskPlace } from '../desk/place.ts';
import { recordTouched } from '../desk/record-moves.ts';

export const HOLD_REASONS = ['dispute', 'correction', 'audit'] as const;
export type HoldReason = (typeof HOLD_REASONS)[number];

export type HoldCode =
  | 'case-unknown'
  | 'not-permitted'
  | 'case-destroyed'
  | 'hold-unknown'
  | 'request-id-reused';

export interface HoldWish {
  readonly caseId: number;
  readonly reason: HoldReason;
  readonly request: string;
}

interface Subject {
  readonly subject: string;
  readonly isDestroyed: boolean;
}

/** Holds a case; the answer is the hold's number. The same request is one hold. */
export function holdCase(place: DeskPlace, by: ActingBy, wish: HoldWish): Promise<Result<number, HoldCode>> {
  const { caseId, reason, request } = wish;
  return asOfficer(place, by, 'hold', caseId, async (tx, found, at) => {
    if (found.isDestroyed) return fail('case-destroyed', 'of the case nothing is left to hold');
    await tx`
      INSERT INTO procedure.hold (kind, case_id, request, reason, held_by, held_at)
      VALUES (${place.kind}, ${caseId}, ${request}, ${reason}, ${keyOf(by.actor)}, ${new Date(at)})
      ON CONFLICT (kind, request) DO NOTHING`;
    const [held] = await tx<{ id: number; caseId: number; reason: string }[]>`
      SELECT id, case_id AS "caseId", reason FROM procedure.hold WHERE kind = ${place.kind} AND request = ${request}`;
    if (held?.caseId !== caseId || held.reason !== reason)
      return fail('request-id-reused', 'this request id was used for something else');
    return ok(held.id);
  });
}

/** Ends a hold; ended once, it stays so. */
export function endHold(
  place: DeskPlace,
  by: ActingBy,
  { caseId, id }: { readonly caseId: number; readonly id: number },
): Promise<Result<void, HoldCode>> {
  return asOfficer(place, by, 'end-hold', caseId, async (tx, _found, at) => {
    const ended = await tx`
      UPDATE procedure.hold SET ended_by = coalesce(ended_by, ${keyOf(by.actor)}), ended_at = coalesce(ended_at, ${new Date(at)})
      WHERE id = ${id} AND case_id = ${caseId} AND kind = ${place.kind}`;
    return ended.count === 1 ? ok(undefined) : fail('hold-unknown', 'the case has no such hold');
  });
}

/** For whoever holds a role of the procedure; on the ledger either way. The case is locked, so that it is not destroyed meanwhile. */
function asOfficer<T>(
  place: DeskPlace,
  by: ActingBy,
  act: string,
  caseId: number,
  work: (tx: Tx, found: Subject, at: number) => Promise<Result<T, HoldCode>>,
): Promise<Result<T, HoldCode>> {
  const { sql, site, kind, pseudonyms, versions } = place;
  const { at, today } = place.moment();
  return inTransaction(sql, { site }, async (tx): Promise<Result<T, HoldCode>> => {
    const definition = versions.find(today) ?? versions.kept(versions.all[0]?.validFrom ?? '');
    const lent = await lentTo(tx, kind, by.actor, at);
    const isOfficer = mayReview(by.actor, lent, definition);
    const found = isOfficer ? await lockSubject(tx, kind, caseId) : undefined;
    const done = found ? await work(tx, found, at) : unknown(isOfficer);
    const { id, basis: article } = definition;
    await recordTouched(tx, { site, pseudonyms, by, at, article, affair: `${id}-${act}`, fields: ['hold'] }, [
      { subject: found?.subject, result: done.ok ? 'ok' : done.failure.code },
    ]);
    return done;
  });
}

const unknown = (isOfficer: boolean): Result<never, HoldCode> =>
  isOfficer
    ? fail('case-unknown', 'there is no such case')
    : fail('not-permitted', 'only officers of the procedure hold its cases');

async function lockSubject(tx: Tx, kind: number, caseId: number): Promise<Subject | undefined> {
  await tx`SELECT FROM procedure.case_state WHERE case_id = ${caseId} AND kind = ${kind} FOR NO KEY UPDATE`;
  const [found] = await tx<Subject[]>`
    SELECT subject, destroyed_on IS NOT NULL AS "isDestroyed" FROM procedure.case_file
    WHERE id = ${caseId} AND kind = ${kind}`;
  return found;
}
