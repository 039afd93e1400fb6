/**
 * With which instant JPKI dated something last: the newest list that is published, each day at the least. A clock that is
 * behind it is wrong, or was wrong then; in the second case somebody says so (docs/flows/clock.md), and what that clock dated
 * counts no longer.
 */
import { CLOCK_BOUND_MS } from '@ishizue/clock';
import type { Sql, Tx } from '@ishizue/db';
import { fail, ok, type Result } from '@ishizue/outcome';
import type { JpkiContext } from '../jpki-context.ts';

/** The lists that were dated by a clock that is believed. */
const isBelieved = (sql: Sql | Tx) => sql`
  NOT EXISTS (SELECT FROM jpki.clock_acceptance a
    WHERE crl.this_update > a.accepted_at AND crl.this_update <= a.dated_until)`;

/** Milliseconds since the epoch; undefined where nothing was published yet. */
export async function datedLast(sql: Sql): Promise<number | undefined> {
  const [row] = await sql<{ last: Date | null }[]>`
    SELECT max(this_update) AS last FROM jpki.crl WHERE ${isBelieved(sql)}`;
  return row?.last?.getTime();
}

/** Whether a list was dated, by a clock that is believed, after an instant and the clock's bound. */
export const isDatedAfter = (tx: Tx, instant: number) => tx`
  (this_update > ${new Date(instant + CLOCK_BOUND_MS)} AND ${isBelieved(tx)})`;

export interface ClockAcceptance {
  readonly acceptedBy: string;
  readonly purpose: string;
}

const PURPOSE_BYTES_MAX = 500;
const NAME_BYTES_MAX = 64;

/**
 * Says that the clock is right now and was wrong when lists were dated ahead of it.
 * @returns until when those lists are dated
 */
export async function acceptClock(
  { sql, clock }: Pick<JpkiContext, 'sql' | 'clock'>,
  { acceptedBy, purpose }: ClockAcceptance,
): Promise<Result<number, 'purpose-missing' | 'clock-not-behind'>> {
  const isWithin = (text: string, max: number): boolean => text !== '' && Buffer.byteLength(text) <= max;
  if (!isWithin(acceptedBy, NAME_BYTES_MAX) || !isWithin(purpose.trim(), PURPOSE_BYTES_MAX))
    return fail('purpose-missing', 'who says so, and why');
  const now = new Date(clock.now());
  const [accepted] = await sql<{ until: Date }[]>`
    INSERT INTO jpki.clock_acceptance (accepted_at, dated_until, accepted_by, purpose)
    SELECT ${now}, max(this_update), ${acceptedBy}, ${purpose.trim()} FROM jpki.crl
    WHERE ${isBelieved(sql)} HAVING max(this_update) > ${now}
    RETURNING dated_until AS until`;
  return accepted
    ? ok(accepted.until.getTime())
    : fail('clock-not-behind', 'nothing is dated ahead of the clock');
}
