import assert from 'node:assert/strict';
import { test } from 'node:test';
import { setTimeout } from 'node:timers/promises';
import { ManualClock } from '@ishizue/clock';
import type { Sql } from '@ishizue/db';
import { testDatabase } from '@ishizue/db/testing';
import { accessesOf } from './accesses.ts';
import { audit } from './audit.ts';
import { readEntryBundle } from './serve-log.ts';
import {
  entryOf,
  OWNERS,
  pseudonyms,
  record,
  SITE,
  sealed,
  TestSigner,
  tamperer,
} from './testing/test-ledger.ts';

const clock = new ManualClock('2026-11-22T00:00:00Z');

interface Scans {
  readonly sequential: number;
  readonly index: number;
}

async function scansOf(superuser: Sql): Promise<Scans> {
  const [row] = await superuser<Scans[]>`
    SELECT seq_scan AS sequential, idx_scan AS index FROM pg_stat_user_tables WHERE relid = 'ledger.entry'::regclass`;
  assert.ok(row);
  return row;
}

test('on a large ledger nothing reads all entries that does not have to', async (t) => {
  const database = await testDatabase(t, OWNERS);
  const sql = database.pool('ledger');
  const signer = new TestSigner();
  const superuser = tamperer(database, t);
  for (let round = 0; round < 10; round++) {
    const some = Array.from({ length: 3000 }, (_, index) =>
      entryOf(`person ${index % 100}`, { site: index % 4 === 0 ? 'national' : SITE }),
    );
    await record(database, ...some);
  }
  await sealed(sql, signer, clock);
  // with statistics the planner knows how large the table is, and is tempted
  await superuser`ANALYZE ledger.entry, ledger.bundle, ledger.tile, ledger.checkpoint`;
  const before = await scansOf(superuser);
  await record(database, entryOf('person 1'));
  await sealed(sql, signer, clock);
  // often enough for PostgreSQL to prefer a plan for any parameters
  for (let round = 0; round < 8; round++) {
    assert.equal(
      (await accessesOf(sql, SITE, pseudonyms.of(SITE, 'person 1'), { limit: 100 })).accesses.length,
      100,
    );
    assert.ok(await readEntryBundle(sql, SITE, 3));
  }
  assert.equal((await audit(sql, SITE)).ok, true);
  // the other sessions report their counts when they have been idle for a second
  let after = before;
  for (let left = 100; left > 0 && after.index < before.index + 800; left--) {
    await setTimeout(100);
    await sql`SELECT 1`;
    after = await scansOf(superuser);
  }
  assert.ok(after.index >= before.index + 800, `${after.index - before.index} index scans`);
  assert.equal(after.sequential, before.sequential);
});
