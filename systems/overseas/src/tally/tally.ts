/**
 * A municipality's current entries as a count and one digest: equal at two sites where they hold the same identity data
 * (the sequence is not in it, for a late notice counts at the municipality and is not told). The digest is the exclusive
 * or of the persons', so that no order matters.
 */
import type { Tx } from '@ishizue/db';
import { z } from 'zod';

/** The topic under which tallies climb the tiers. */
export const OVERSEAS_TALLY = 'overseas-tally';

export const tallyBody = z.strictObject({
  /** Of domicile; at the sender's prefecture, or the sender itself. */
  municipality: z.string().regex(/^\d{6}$/),
  runId: z.string().regex(/^[0-9a-z-]{1,64}$/),
  entries: z.int().min(0),
  digest: z.string().regex(/^[0-9a-f]{32}$/),
});

/** What the site below holds of a municipality. */
export type ToldTally = z.infer<typeof tallyBody>;

export type HeldTally = Pick<ToldTally, 'municipality' | 'entries' | 'digest'>;

/**
 * What the site in scope holds of each municipality in a table of entries or persons; a municipality without any is left
 * out.
 */
export async function readTallies(
  tx: Tx,
  table: string,
  municipalities: readonly string[],
): Promise<readonly HeldTally[]> {
  return tx<HeldTally[]>`
    SELECT municipality, entries, encode(high::bytea || low::bytea, 'hex') AS digest
    FROM (
      SELECT municipality, count(*) AS entries, bit_xor(substring(digest FROM 1 FOR 8)::bigint) AS high,
        bit_xor(substring(digest FROM 9 FOR 8)::bigint) AS low
      FROM (
        SELECT municipality_code AS municipality, sha256(convert_to(concat_ws(E'\\x1f', resident_code,
          municipality_code, name, coalesce(address, E'\\x1e'), is_overseas, birth_date, sex), 'UTF8')) AS digest
        FROM ${tx(table)} WHERE municipality_code = ANY(${[...municipalities]}::text[]) AND state = 'current'
      ) person
      GROUP BY municipality
    ) tally`;
}

/** The tally of a municipality of which nothing is held. */
export const noEntries = (municipality: string): HeldTally => ({
  municipality,
  entries: 0,
  digest: '0'.repeat(32),
});
