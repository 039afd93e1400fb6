/**
 * After a logical restore (pg_dump, COPY) PostgreSQL counts transactions from a small number again, and new entries
 * would come before the restored ones. Raising the era puts every new entry after all old ones. It is run as the
 * superuser, after the restore and before the systems write; entries that were nevertheless written in between are
 * found by the tree, in which they are not, and moved into the new era. The sealer refuses to work until then.
 */
import { inTransaction, type Sql, type Tx } from '@ishizue/db';
import { fail, ok, type Result } from '@ishizue/outcome';
import { leafTiles } from './audit-leaf.ts';
import { BEGINNING, entriesBetween, leafOf, type Position } from './entry-rows.ts';
import { SEALER_LOCK } from './seal.ts';
import { HASH_BYTES, leafHash } from './tree/hashes.ts';

/** Why the era was not raised: someone seals, or the restored entries are not those of the restored tree. */
export type RaiseEraCode = 'sealer-busy' | 'tree-differs';

/**
 * Raises the era in one transaction, during which nobody writes entries.
 * @returns the new era, and how many entries were moved into it
 */
export async function raiseEra(
  superuser: Sql,
): Promise<Result<{ readonly era: number; readonly moved: number }, RaiseEraCode>> {
  return await inTransaction(superuser, {}, async (tx) => {
    const [lock] = await tx<{ taken: boolean }[]>`SELECT pg_try_advisory_xact_lock(${SEALER_LOCK}) AS taken`;
    if (!lock?.taken) return fail('sealer-busy', 'a process is sealing');
    await tx`LOCK TABLE ledger.entry IN ACCESS EXCLUSIVE MODE`;
    const strays: Stray[] = [];
    for (const tree of await trees(tx)) {
      const found = await straysOf(tx, tree);
      if (found === undefined)
        return fail('tree-differs', `sealed entries of ${tree.site} are missing; audit it`);
      for (const stray of found) strays.push(stray);
    }
    const [row] = await tx<{ era: number }[]>`
      INSERT INTO ledger.era
      SELECT max(e.era) + 1, (SELECT system_identifier FROM pg_control_system()), now() FROM ledger.era e
      RETURNING era`;
    if (!row) throw new Error('the ledger has no era');
    await moveInto(tx, row.era, strays);
    await tx.unsafe(`ALTER TABLE ledger.entry ALTER COLUMN era SET DEFAULT ${row.era}`);
    return ok({ era: row.era, moved: strays.length });
  });
}

/** An entry's whole key: ids alone may have begun again too. */
type Stray = Position & { readonly site: string };

async function moveInto(tx: Tx, era: number, strays: readonly Stray[]): Promise<void> {
  await tx`
    UPDATE ledger.entry e SET era = ${era}
    FROM unnest(
      ${strays.map(({ site }) => site)}::text[], ${strays.map((stray) => stray.era)}::int[],
      ${strays.map((stray) => stray.tx)}::text[]::xid8[], ${strays.map(({ id }) => id)}::bigint[]
    ) AS s(site, era, tx, id)
    WHERE e.site = s.site AND e.era = s.era AND e.tx = s.tx AND e.id = s.id`;
}

interface Tree {
  readonly site: string;
  readonly size: number;
  readonly through: Position;
}

async function trees(tx: Tx): Promise<readonly Tree[]> {
  const rows = await tx<{ site: string; size: number; era: number; tx: string; id: number }[]>`
    SELECT DISTINCT ON (site) site, size, era, through_tx AS tx, through_id AS id
    FROM ledger.checkpoint ORDER BY site, size DESC`;
  return rows.map(({ site, size, ...through }) => ({ site, size, through }));
}

/** The entries that lie before the end of the tree and are not in it; undefined where sealed ones are missing. */
async function straysOf(tx: Tx, { site, size, through }: Tree): Promise<Stray[] | undefined> {
  const strays: Stray[] = [];
  const leaves = leafHashes(tx, site);
  let expected = await leaves.next();
  let matched = 0;
  for await (const rows of entriesBetween(tx, site, BEGINNING, through)) {
    for (const row of rows) {
      if (!expected.done && Buffer.compare(leafHash(leafOf(row)), expected.value) === 0) {
        matched += 1;
        expected = await leaves.next();
      } else {
        strays.push({ site, era: row.era, tx: row.tx, id: row.id });
      }
    }
  }
  return matched === size ? strays : undefined;
}

async function* leafHashes(tx: Tx, site: string): AsyncGenerator<Buffer, undefined> {
  for await (const { hashes } of leafTiles(tx, site, 0))
    for (let at = 0; at < hashes.length; at += HASH_BYTES) yield hashes.subarray(at, at + HASH_BYTES);
}
