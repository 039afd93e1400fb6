/**
 * Sealing: settled entries become leaves of their site's tree, and the tree's head gets signed. In steps that each
 * commit: first what waits for a signature from before is signed, then trees are extended and their checkpoints
 * stored unsigned, then these are signed. A crash between any two leaves a state from which the next sealing goes on:
 * a checkpoint that the signer may already have signed is on record with its root, and nothing is built on it before
 * its signature is there.
 */
import type { Clock } from '@ishizue/clock';
import { inTransaction, type Sql } from '@ishizue/db';
import { fail, ok, type Result } from '@ishizue/outcome';
import { extendTrees, type Horizon } from './extend-trees.ts';
import { type CheckpointSigner, type RefusedSite, signCheckpoints } from './sign-checkpoints.ts';

/** Why nothing was sealed. */
export type SealCode = 'sealer-busy' | 'era-outdated';

/** What a sealing did. */
export interface SealReport {
  /** Entries that became leaves. */
  readonly entries: number;
  /** Checkpoints that were signed, those left from before too. */
  readonly checkpoints: readonly { readonly site: string; readonly size: number }[];
  /** Sites whose checkpoint the signer refused: they wait, the others go on. */
  readonly refused: readonly RefusedSite[];
}

/** The lock of whoever seals or raises the era. */
export const SEALER_LOCK = 5_140_020;

/**
 * Seals what is settled now, of all sites. Entries that are written meanwhile wait for the next sealing.
 * @returns the report, `sealer-busy` where another process seals, or `era-outdated` where the transaction ids began
 *   again (a logical restore): `raiseEra` must be run first
 */
export async function seal(
  sql: Sql,
  clock: Clock,
  signer: CheckpointSigner,
): Promise<Result<SealReport, SealCode>> {
  let sealing: Promise<Result<SealReport, SealCode>> | undefined;
  try {
    // held by a transaction that writes nothing: it holds no entry back, and ends with its connection
    return await inTransaction(sql, {}, async (tx) => {
      const [lock] = await tx<{ taken: boolean }[]>`
        SELECT pg_try_advisory_xact_lock(${SEALER_LOCK}) AS taken`;
      if (!lock?.taken) return fail('sealer-busy', 'another process is sealing');
      sealing = sealAll(sql, clock, signer);
      return await sealing;
    });
  } finally {
    // where the lock is lost with its connection, what was begun under it still ends before this process begins again
    await sealing?.catch(() => undefined);
  }
}

async function sealAll(
  sql: Sql,
  clock: Clock,
  signer: CheckpointSigner,
): Promise<Result<SealReport, SealCode>> {
  const horizon = await horizonNow(sql);
  if (!horizon.ok) return horizon;
  const first = await signCheckpoints(sql, signer);
  const checkpoints = first.signed.map(({ site, size }) => ({ site, size }));
  const refused = new Map(first.refused.map((one) => [one.site, one]));
  let entries = 0;
  for (;;) {
    const extended = await extendTrees(sql, clock, horizon.value);
    if (extended.sites.length === 0) return ok({ entries, checkpoints, refused: [...refused.values()] });
    entries += extended.entries;
    const round = await signCheckpoints(sql, signer, extended.sites);
    checkpoints.push(...round.signed.map(({ site, size }) => ({ site, size })));
    for (const one of round.refused) refused.set(one.site, one);
  }
}

/** Up to where entries are settled; refused where this is not the cluster, or not the count, that the era began with. */
async function horizonNow(sql: Sql): Promise<Result<Horizon, 'era-outdated'>> {
  const [row] = await sql<{ era: number; tx: string; moved: boolean; restarted: boolean }[]>`
    SELECT e.era, pg_snapshot_xmin(pg_current_snapshot()) AS tx,
      e.system_identifier <> (SELECT system_identifier FROM pg_control_system()) AS moved,
      EXISTS (
        SELECT 1 FROM ledger.checkpoint c
        WHERE c.era = e.era AND c.through_tx >= pg_snapshot_xmax(pg_current_snapshot())
      ) AS restarted
    FROM ledger.era e ORDER BY e.era DESC LIMIT 1`;
  if (!row) throw new Error('the ledger has no era');
  if (row.moved || row.restarted)
    return fail(
      'era-outdated',
      `transaction ids began again since era ${row.era}: raise the era before sealing`,
    );
  return ok({ era: row.era, tx: row.tx });
}
