/**
 * Deletes what a site has kept for its time, and nothing before: the day is the record's own, and the database's date must
 * agree with the clock's. Each batch is one transaction with a ledger entry for each person, so that a run that was killed
 * goes on where it was. Flow: docs/flows/retention.md.
 */
import { type Clock, dateInTokyo, type IsoDate } from '@ishizue/clock';
import { inTransaction, type Sql, type Tx } from '@ishizue/db';
import { type Pseudonyms, recordEntries } from '@ishizue/ledger';
import type { Access } from '../access.ts';
import type { KeptRecords } from './kept-records.ts';

/** Records that one transaction deletes at the most. */
const BATCH_RECORDS = 500;

/** What both acts need of a system: its own role's pool, and what ledger entries are made with. */
export interface RetentionDesk {
  readonly sql: Sql;
  readonly clock: Clock;
  readonly pseudonyms: Pseudonyms;
}

/** How much is over its time at a site; names nobody. */
export interface DueRecords {
  readonly site: string;
  /** Schema and table. */
  readonly table: string;
  readonly due: number;
  /** The day until which the oldest of them was to be kept; null where none is due. */
  readonly oldest: IsoDate | null;
  /** Deleted records whose time is not over. */
  readonly kept: number;
}

/** Counts what is due at a site. */
export function countDue(desk: RetentionDesk, records: KeptRecords): Promise<DueRecords> {
  const { site, table } = records;
  return inTransaction(desk.sql, { site }, async (tx) => {
    const [counted] = await tx<Pick<DueRecords, 'due' | 'oldest' | 'kept'>[]>`
      SELECT count(*) FILTER (WHERE ${isDue(tx, desk)}) AS due, min(retained_until) FILTER (WHERE ${isDue(tx, desk)}) AS oldest,
        count(*) FILTER (WHERE NOT ${isDue(tx, desk)}) AS kept
      FROM ${tx(table)} WHERE ${ofOwner(tx, records)} retained_until IS NOT NULL`;
    return { site, table, ...(counted ?? { due: 0, oldest: null, kept: 0 }) };
  });
}

/** Deletes what is due at a site, batch by batch, the oldest first; answers how many records. */
export async function deleteDue(desk: RetentionDesk, access: Access, records: KeptRecords): Promise<number> {
  for (let deleted = 0; ; ) {
    const batch = await inTransaction(desk.sql, { site: records.site }, (tx) =>
      deleteBatch(tx, desk, access, records),
    );
    deleted += batch;
    if (batch === 0) return deleted;
  }
}

interface DueRecord {
  readonly key: string;
  readonly residentCode: string;
}

async function deleteBatch(
  tx: Tx,
  desk: RetentionDesk,
  access: Access,
  records: KeptRecords,
): Promise<number> {
  const { site, article, table, key, parts, note } = records;
  // locked: who becomes a resident again in this moment has no day afterwards, and is not deleted
  const due = await tx<DueRecord[]>`
    SELECT ${tx(key)} AS key, resident_code AS "residentCode" FROM ${tx(table)}
    WHERE ${ofOwner(tx, records)} ${isDue(tx, desk)}
    ORDER BY retained_until, ${tx(key)} LIMIT ${BATCH_RECORDS} FOR UPDATE`;
  if (due.length === 0) return 0;
  const keys = due.map((one) => one.key);
  await note?.(
    tx,
    due.map(({ residentCode }) => residentCode),
  );
  for (const part of parts) await deleteRows(tx, part, records, keys);
  const deleted = await deleteRows(tx, table, records, keys);
  if (deleted !== due.length)
    throw new Error(`the database kept ${due.length - deleted} records of ${table}`);
  const at = desk.clock.now();
  await recordEntries(
    tx,
    due.map(({ residentCode }) => ({
      site,
      at,
      ...access,
      article,
      affair: 'retention',
      subject: desk.pseudonyms.of(site, residentCode),
      fields: ['record', 'history', 'deletion'],
      result: 'ok',
    })),
  );
  return due.length;
}

async function deleteRows(
  tx: Tx,
  table: string,
  records: KeptRecords,
  keys: readonly string[],
): Promise<number> {
  const { count } = await tx`
    DELETE FROM ${tx(table)} WHERE ${ofOwner(tx, records)} ${tx(records.key)} = ANY(${[...keys]})`;
  return count;
}

const isDue = (tx: Tx, { clock }: RetentionDesk): ReturnType<Tx> =>
  tx`(retained_until < ${dateInTokyo(clock.now())}::date AND retained_until < current_date)`;

const ofOwner = (tx: Tx, { owner }: KeptRecords): ReturnType<Tx> =>
  owner === null ? tx`` : tx`${tx(owner.column)} = ${owner.value} AND`;
