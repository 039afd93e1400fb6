/** The record of what was destroyed: how many of what, under which rule, and until when it was kept. Names nobody. */
import type { IsoDate } from '@ishizue/clock';
import { inTransaction, type Tx } from '@ishizue/db';
import type { DeskPlace } from '../desk/place.ts';

export interface Destroyed {
  /** kebab-case: `cases`, `files`, `photographs`. */
  readonly what: string;
  readonly count: number;
  /** The rule, with its source. */
  readonly rule: string;
  /** The latest day until which any of it was to be kept. */
  readonly lastDay: IsoDate;
}

/** A line of the record, as it is read. */
export interface DestructionLine extends Destroyed {
  readonly at: Date;
}

/** Writes what was destroyed in the transaction that destroys it; what is none is not written. */
export async function recordDestroyed(
  tx: Tx,
  { kind }: Pick<DeskPlace, 'kind'>,
  at: number,
  destroyed: readonly Destroyed[],
): Promise<void> {
  const some = destroyed.filter(({ count }) => count > 0);
  if (some.length === 0) return;
  await tx`
    INSERT INTO procedure.destruction (kind, at, what, rule, count, last_day)
    SELECT ${kind}, ${new Date(at)}, what, rule, count, last_day
    FROM unnest(${some.map(({ what }) => what)}::text[], ${some.map(({ rule }) => rule)}::text[],
      ${some.map(({ count }) => count)}::int[], ${some.map(({ lastDay }) => lastDay)}::date[])
      AS given(what, rule, count, last_day)`;
}

/** How many closed cases are kept, how many of them are over their day, and since when; names nobody. */
export interface KeptCount {
  readonly due: number;
  readonly oldest: IsoDate | null;
  readonly kept: number;
}

export async function countKept({ sql, site, kind, ...place }: DeskPlace): Promise<KeptCount> {
  const { today } = place.moment();
  const [counted] = await inTransaction(
    sql,
    { site },
    (tx) => tx<KeptCount[]>`
      SELECT count(*) FILTER (WHERE kept_until < ${today}::date) AS due,
        min(kept_until) FILTER (WHERE kept_until < ${today}::date) AS oldest,
        count(*) FILTER (WHERE kept_until >= ${today}::date) AS kept
      FROM procedure.case_state WHERE kind = ${kind} AND kept_until IS NOT NULL`,
  );
  return counted ?? { due: 0, oldest: null, kept: 0 };
}

const LINES_MAX = 100;

/** The last hundred lines, the newest first. */
export const readDestructions = ({ sql, site, kind }: DeskPlace): Promise<readonly DestructionLine[]> =>
  inTransaction(
    sql,
    { site },
    (tx) => tx<DestructionLine[]>`
      SELECT at, what, rule, count, last_day AS "lastDay" FROM procedure.destruction
      WHERE kind = ${kind} ORDER BY id DESC LIMIT ${LINES_MAX}`,
  );
