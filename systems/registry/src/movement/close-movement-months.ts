/**
 * Population movement (住民基本台帳人口移動報告, 住民基本台帳法 art. 37): what the national site recorded in a month, as counts by
 * municipality, reason, sex and age; nobody's identity. A month is closed once and never altered: what is recorded later of
 * it is a correction in the later month. Each change is of exactly one month. Flow: docs/flows/population-movement.md.
 */
import { dateInTokyo, startOfDateInTokyo } from '@ishizue/clock';
import { inTransaction, type Tx } from '@ishizue/db';
import { recordEntry } from '@ishizue/ledger';
import { fail, ok, type Result } from '@ishizue/outcome';
import type { Access } from '../access.ts';
import type { EventReason } from '../identity/event-reason.ts';
import { NATIONAL_SITE, type RegistryContext } from '../registry-context.ts';

/** Reasons by which a municipality gains or loses a resident; a move inside it, corrections and loads are none. */
export const MOVEMENT_REASONS = [
  'move-in',
  'move-out',
  'birth',
  'death',
  'ex-officio-entry',
  'ex-officio-removal',
] as const satisfies readonly EventReason[];

export type MovementFailure = 'month-invalid' | 'month-not-over' | 'month-not-settled' | 'month-before-feed';

/** A closed month as a whole. */
export interface MovementMonth {
  /** `2026-11`. */
  readonly month: string;
  /** Movements less those undone: the sum of all lines. */
  readonly events: number;
  /** Undoings of an event that the site was never told of: in no line. */
  readonly unassigned: number;
  readonly closedAt: Date;
}

/** Everyone of this age and over is one line: the few oldest of a village would be known by theirs. */
export const MOVEMENT_AGE_MAX = 100;

const MONTH = /^(?!0000)\d{4}-(?:0[1-9]|1[0-2])$/;
const MONTHS_CLOSED_AT_ONCE_MAX = 600;

/** Closes a month, and those before it that are still open, in order; a month that is closed is answered as it is. */
export async function closeMovementMonths(
  context: RegistryContext,
  access: Access,
  month: string,
): Promise<Result<MovementMonth, MovementFailure>> {
  if (!MONTH.test(month)) return fail('month-invalid', 'a month is written 2026-11');
  if (dateInTokyo(context.clock.now()) < `${monthAfter(month)}-01`)
    return fail('month-not-over', 'the month is not over in Japan');
  for (let closed = 0; closed < MONTHS_CLOSED_AT_ONCE_MAX; closed++) {
    const found = await inTransaction(context.sql, { site: NATIONAL_SITE }, (tx) =>
      closeNext(tx, context, access, month),
    );
    if (found !== 'one-more') return found;
  }
  return fail('month-not-settled', 'more months are open than are closed at once: ask again');
}

/** `2026-12` → `2027-01`. */
function monthAfter(month: string): string {
  const [year = 0, number = 0] = month.split('-').map(Number);
  return number === 12
    ? `${String(year + 1).padStart(4, '0')}-01`
    : `${String(year).padStart(4, '0')}-${String(number + 1).padStart(2, '0')}`;
}

interface ClosedMonth extends MovementMonth {
  readonly recordedBefore: Date;
  readonly txBefore: string;
}

async function closeNext(
  tx: Tx,
  context: RegistryContext,
  access: Access,
  asked: string,
): Promise<Result<MovementMonth, MovementFailure> | 'one-more'> {
  await tx`SELECT pg_advisory_xact_lock(hashtextextended('population-movement', 0))`;
  const [done] = await tx<MovementMonth[]>`
    SELECT month, events, unassigned, closed_at AS "closedAt" FROM registry.national_movement_month
    WHERE month = ${asked}`;
  if (done) return ok(done);
  const [last] = await tx<ClosedMonth[]>`
    SELECT month, events, unassigned, closed_at AS "closedAt", recorded_before AS "recordedBefore",
      tx_before::text AS "txBefore"
    FROM registry.national_movement_month ORDER BY month DESC LIMIT 1`;
  const month = last ? monthAfter(last.month) : await firstMonth(tx, asked);
  if (month > asked) return fail('month-before-feed', 'the feed begins with a later month');
  const closed = await closeMonth(tx, context, month, last);
  await recordEntry(tx, {
    site: NATIONAL_SITE,
    at: context.clock.now(),
    ...access,
    subject: null,
    fields: ['municipality', 'reason', 'sex', 'age'],
    result: closed.ok ? 'ok' : closed.failure.code,
  });
  return closed.ok && month < asked ? 'one-more' : closed;
}

/** The month of the first change of all, so that none is left out. */
async function firstMonth(tx: Tx, asked: string): Promise<string> {
  const [first] = await tx<{ at: Date | null }[]>`SELECT min(applied_at) AS at FROM registry.national_change`;
  return first?.at ? dateInTokyo(first.at.getTime()).slice(0, 7) : asked;
}

async function closeMonth(
  tx: Tx,
  context: RegistryContext,
  month: string,
  last: ClosedMonth | undefined,
): Promise<Result<MovementMonth, 'month-not-settled'>> {
  const recordedBefore = new Date(startOfDateInTokyo(`${monthAfter(month)}-01`));
  const [at] = await tx<{ txBefore: string }[]>`
    SELECT pg_snapshot_xmin(pg_current_snapshot())::text AS "txBefore"`;
  if (!at) throw new Error('PostgreSQL told no snapshot');
  const window = { recordedBefore, txBefore: at.txBefore };
  const [early] = await tx`
    SELECT FROM registry.national_change
    WHERE tx >= ${at.txBefore}::xid8 AND applied_at < ${recordedBefore} LIMIT 1`;
  if (early)
    return fail('month-not-settled', 'a transaction of that month may be under way: try again later');
  const [counted] = await storeLines(tx, month, changesBetween(tx, last, window));
  const closedAt = new Date(context.clock.now());
  const { events = 0, unassigned = 0 } = counted ?? {};
  await tx`
    INSERT INTO registry.national_movement_month (month, recorded_before, tx_before, events, unassigned, closed_at)
    VALUES (${month}, ${recordedBefore}, ${at.txBefore}::xid8, ${events}, ${unassigned}, ${closedAt})`;
  return ok({ month, events, unassigned, closedAt });
}

/** Changes of the window `until` that were not in the one before it. */
function changesBetween(
  tx: Tx,
  last: Pick<ClosedMonth, 'recordedBefore' | 'txBefore'> | undefined,
  until: Pick<ClosedMonth, 'recordedBefore' | 'txBefore'>,
): ReturnType<Tx> {
  const isLater = last
    ? tx`AND (applied_at >= ${last.recordedBefore} OR tx >= ${last.txBefore}::xid8)`
    : tx``;
  return tx`
    SELECT resident_code, municipality_code, reason, event_date, birth_date, sex, undoes FROM registry.national_change
    WHERE applied_at < ${until.recordedBefore} AND tx < ${until.txBefore}::xid8 ${isLater}
      AND reason = ANY(${[...MOVEMENT_REASONS, 'undo']}::text[])`;
}

/** A movement is a line's one; an undoing takes one from the line of what it undoes, under that event's own month. */
function storeLines(
  tx: Tx,
  month: string,
  changes: ReturnType<Tx>,
): Promise<readonly { readonly events: number; readonly unassigned: number }[]> {
  return tx`
    WITH change AS MATERIALIZED (${changes}), undoing AS (
      SELECT e.municipality_code, e.reason, e.event_date, e.birth_date, e.sex
      FROM change u LEFT JOIN registry.national_change e ON e.resident_code = u.resident_code
        AND e.municipality_code = u.municipality_code AND e.sequence = u.undoes
      WHERE u.reason = 'undo'
    ), movement AS (
      SELECT municipality_code, reason, event_date, birth_date, sex, 1 AS one FROM change WHERE reason <> 'undo'
      UNION ALL
      SELECT *, -1 FROM undoing WHERE reason = ANY(${[...MOVEMENT_REASONS]}::text[])
    ), line AS (
      INSERT INTO registry.national_movement (month, municipality_code, reason, kind, event_month, sex, age, count)
      SELECT ${month}::text, municipality_code, reason,
        CASE WHEN one < 0 THEN 'undone' WHEN to_char(event_date, 'YYYY-MM') < ${month} THEN 'late' ELSE 'current' END,
        to_char(event_date, 'YYYY-MM'), coalesce(sex, 3),
        least(coalesce(registry.age_on(birth_date, event_date), -1), ${MOVEMENT_AGE_MAX}), sum(one)
      FROM movement GROUP BY 2, 3, 4, 5, 6, 7
    )
    SELECT (SELECT coalesce(sum(one), 0) FROM movement)::bigint AS events,
      (SELECT count(*) FROM undoing WHERE reason IS NULL) AS unassigned`;
}
