import assert from 'node:assert/strict';
import { test } from 'node:test';
import { ManualClock } from '@ishizue/clock';
import { type Database, inTransaction, isTransient, roleOf, type Sql } from '@ishizue/db';
import { testDatabase } from '@ishizue/db/testing';
import { mustSucceed } from '@ishizue/outcome';
import * as fc from 'fast-check';
import { audit } from './audit.ts';
import { checkpointAt, latestCheckpoint } from './checkpoint-store.ts';
import { consistencyProof } from './consistency-proof.ts';
import { recordEntries, recordEntry } from './record-entries.ts';
import { SEALER_LOCK, seal } from './seal.ts';
import {
  entryOf,
  OWNERS,
  record,
  SITE,
  sealed,
  settled,
  TestSigner,
  tamperer,
} from './testing/test-ledger.ts';
import { openCheckpoint } from './tree/checkpoint.ts';
import { verifyConsistency } from './tree/verify-proofs.ts';

const clock = new ManualClock('2026-11-22T00:00:00Z');

async function assertSound(sql: Sql, signer: TestSigner, site: string, size: number): Promise<void> {
  const outcome = await audit(sql, site, [signer.keyOf(site)]);
  assert.ok(outcome.ok, outcome.ok ? '' : `${outcome.failure.code} at ${outcome.failure.leafIndex}`);
  assert.equal(outcome.value.size, size);
}

const people = (count: number, from = 0) =>
  Array.from({ length: count }, (_, index) => entryOf(`person ${from + index}`));

test('sealing makes a signed checkpoint of what is settled, and nothing when nothing is new', async (t) => {
  const database = await testDatabase(t, OWNERS);
  const sql = database.pool('ledger');
  const signer = new TestSigner();
  assert.deepEqual(await sealed(sql, signer, clock), { entries: 0, checkpoints: [], refused: [] });
  await record(database, ...people(2));
  await record(database, entryOf('c'));
  assert.deepEqual(await sealed(sql, signer, clock), {
    entries: 3,
    checkpoints: [{ site: SITE, size: 3 }],
    refused: [],
  });
  const checkpoint = await latestCheckpoint(sql, SITE);
  assert.ok(checkpoint);
  const opened = mustSucceed(openCheckpoint(checkpoint.note, [signer.keyOf(SITE)]), 'open');
  assert.equal(opened.origin, 'ledger.example/municipal/131016');
  assert.equal(opened.size, 3);
  assert.deepEqual(Buffer.from(opened.rootHash), checkpoint.root);
  assert.equal(checkpoint.at.getTime(), clock.now());
  assert.equal((await sealed(sql, signer, clock)).entries, 0);
  assert.equal(await latestCheckpoint(sql, 'national'), undefined);
  await assertSound(sql, signer, SITE, 3);
});

test('a transaction that is still open holds back what began after it, and nothing is reordered or lost', async (t) => {
  const database = await testDatabase(t, OWNERS);
  const sql = database.pool('ledger');
  const signer = new TestSigner();
  await record(database, entryOf('first'));
  await sealed(sql, signer, clock);
  const { promise: released, resolve: release } = Promise.withResolvers<void>();
  const { promise: begun, resolve: begin } = Promise.withResolvers<void>();
  const long = inTransaction(database.pool('counter'), { site: SITE }, async (tx) => {
    await recordEntry(tx, entryOf('slow, before'));
    begin();
    await released;
    await recordEntry(tx, entryOf('slow, after'));
  });
  await begun;
  await record(database, entryOf('fast'));
  const report = mustSucceed(await seal(sql, clock, signer), 'seal');
  assert.deepEqual(report, { entries: 0, checkpoints: [], refused: [] });
  release();
  await long;
  assert.equal((await sealed(sql, signer, clock)).entries, 3);
  await assertSound(sql, signer, SITE, 4);
});

test('a transaction that rolls back leaves no gap, and a savepoint’s entries keep their transaction’s place', async (t) => {
  const database = await testDatabase(t, OWNERS);
  const sql = database.pool('ledger');
  const signer = new TestSigner();
  await inTransaction(database.pool('counter'), { site: SITE }, async (tx) => {
    await recordEntry(tx, entryOf('a'));
    await assert.rejects(
      tx.savepoint(async (inner) => {
        await recordEntry(inner, entryOf('undone'));
        throw new Error('undo');
      }),
    );
    await tx.savepoint((inner) => recordEntry(inner, entryOf('b')));
  });
  await assert.rejects(
    inTransaction(database.pool('counter'), { site: SITE }, async (tx) => {
      await recordEntry(tx, entryOf('never'));
      throw new Error('undo');
    }),
  );
  assert.equal((await sealed(sql, signer, clock)).entries, 2);
  const rows = await sql<{ distinct: number }[]>`SELECT count(DISTINCT tx) AS distinct FROM ledger.entry`;
  assert.equal(rows[0]?.distinct, 1);
  await assertSound(sql, signer, SITE, 2);
});

test('whatever transactions overlap, every committed entry is sealed once and every checkpoint continues the last', async (t) => {
  const database = await testDatabase(t, OWNERS);
  const sql = database.pool('ledger');
  const signer = new TestSigner();
  // a script of transactions: how many entries each writes, and at which step it ends, or that it rolls back
  const script = fc.array(
    fc.record({
      entries: fc.integer({ min: 1, max: 4 }),
      lasts: fc.integer({ min: 0, max: 3 }),
      commits: fc.boolean(),
    }),
    { minLength: 1, maxLength: 8 },
  );
  let expected = 0;
  await fc.assert(
    fc.asyncProperty(script, async (transactions) => {
      const running: { ends: number; finish: () => void; done: Promise<unknown> }[] = [];
      for (const [step, { entries, lasts, commits }] of transactions.entries()) {
        const gate = Promise.withResolvers<void>();
        const begun = Promise.withResolvers<void>();
        const done = inTransaction(database.pool('counter'), { site: SITE }, async (tx) => {
          await recordEntries(tx, people(entries));
          begun.resolve();
          await gate.promise;
          if (!commits) throw new Error('rolled back');
        }).catch((error: Error) => assert.equal(error.message, 'rolled back'));
        await begun.promise;
        if (commits) expected += entries;
        running.push({ ends: step + lasts, finish: () => gate.resolve(), done });
        for (const one of running.filter(({ ends }) => ends === step)) {
          one.finish();
          await one.done;
        }
        mustSucceed(await seal(sql, clock, signer), 'seal');
      }
      for (const one of running) one.finish();
      await Promise.all(running.map(({ done }) => done));
      await sealed(sql, signer, clock);
      if (expected > 0) await assertSound(sql, signer, SITE, expected);
    }),
    { numRuns: 25 },
  );
});

test('the trees of many sites are sealed at once, each for itself, over tiles and bundles of any size', async (t) => {
  const database = await testDatabase(t, OWNERS);
  const sql = database.pool('ledger');
  const signer = new TestSigner();
  const sizes = new Map<string, number>();
  for (let round = 0; round < 4; round++) {
    const entries = Array.from({ length: 300 }, (_, index) => {
      const count = sizes.size;
      // one site gets most entries; new sites appear in every round
      const site = index % 3 === 0 ? `municipal/${100_000 + ((index * 7 + round) % (40 + count))}` : SITE;
      sizes.set(site, (sizes.get(site) ?? 0) + 1);
      return entryOf(`person ${index}`, { site });
    });
    await record(database, ...entries);
    const report = await sealed(sql, signer, clock);
    assert.equal(report.entries, 300);
    assert.equal(report.refused.length, 0);
  }
  for (const [site, size] of sizes) await assertSound(sql, signer, site, size);
  assert.ok(sizes.size > 40 && (sizes.get(SITE) ?? 0) > 512);
});

async function flood(database: Database, superuser: Sql, count: number, site: string): Promise<void> {
  await record(database, entryOf('model', { site }));
  await superuser`
    INSERT INTO ledger.entry (site, at, actor_kind, actor, terminal, article, affair, subject, fields, result, correlation)
    SELECT site, at, actor_kind, actor, terminal, article, affair, subject, fields, result, correlation
    FROM ledger.entry, generate_series(2, ${count}) WHERE site = ${site}`;
}

test('a backlog greater than one step’s is sealed in steps, each with its checkpoint', async (t) => {
  const database = await testDatabase(t, OWNERS);
  const sql = database.pool('ledger');
  const signer = new TestSigner();
  const superuser = tamperer(database, t);
  await flood(database, superuser, 70_000, SITE);
  await flood(database, superuser, 300, 'national');
  const report = await sealed(sql, signer, clock);
  assert.equal(report.entries, 70_300);
  const sizes = report.checkpoints.filter(({ site }) => site === SITE).map(({ size }) => size);
  assert.deepEqual(sizes, [32_768, 70_000]);
  await assertSound(sql, signer, SITE, 70_000);
  await assertSound(sql, signer, 'national', 300);
  const [older, newer] = [await checkpointAt(sql, SITE, 32_768), await checkpointAt(sql, SITE, 70_000)];
  assert.ok(older && newer);
  const proof = mustSucceed(await consistencyProof(sql, SITE, older.size, newer.size), 'proof');
  const claim = { oldSize: older.size, oldRoot: older.root, newSize: newer.size, newRoot: newer.root, proof };
  assert.equal(verifyConsistency(claim).ok, true);
  const beyond = await consistencyProof(sql, SITE, 1, 70_001);
  assert.equal(beyond.ok ? '' : beyond.failure.code, 'size-unknown');
  assert.equal((await consistencyProof(sql, SITE, 9, 8)).ok, false);
});

test('a crash after signing and before storing is recovered: the same root is signed again, then the rest', async (t) => {
  const database = await testDatabase(t, OWNERS);
  const sql = database.pool('ledger');
  const signer = new TestSigner();
  await record(database, ...people(5));
  await sealed(sql, signer, clock);
  await record(database, ...people(300));
  await settled(sql);
  signer.afterSigning = () => {
    throw new Error('the power went out');
  };
  await assert.rejects(seal(sql, clock, signer), /power went out/);
  signer.afterSigning = () => undefined;
  const promised = signer.heads.get(signer.originOf(SITE));
  assert.equal(promised?.size, 305);
  assert.equal((await latestCheckpoint(sql, SITE))?.size, 5, 'nothing unsigned is shown');
  // more entries arrive before anybody seals again
  await record(database, ...people(40));
  const report = await sealed(sql, signer, clock);
  assert.deepEqual(report.checkpoints, [
    { site: SITE, size: 305 },
    { site: SITE, size: 345 },
  ]);
  assert.deepEqual((await checkpointAt(sql, SITE, 305))?.root, promised?.root);
  assert.deepEqual(
    signer.requests.map(({ size, previousSize }) => [previousSize, size]),
    [
      [0, 5],
      [5, 305],
      [5, 305],
      [305, 345],
    ],
  );
  await assertSound(sql, signer, SITE, 345);
});

test('a crash while trees are extended leaves nothing of that step', async (t) => {
  const database = await testDatabase(t, OWNERS);
  const sql = database.pool('ledger');
  const signer = new TestSigner();
  await record(database, ...people(10));
  await settled(sql);
  const broken = { now: (): number => Number.NaN }; // fails when the checkpoint row is written, after the tiles
  await assert.rejects(seal(sql, broken, signer));
  for (const table of ['tile', 'bundle', 'checkpoint'])
    assert.equal((await sql.unsafe(`SELECT FROM ledger.${table}`)).count, 0, table);
  assert.equal((await sealed(sql, signer, clock)).entries, 10);
  await assertSound(sql, signer, SITE, 10);
});

test('a site that the signer refuses waits with its checkpoint, and the others go on', async (t) => {
  const database = await testDatabase(t, OWNERS);
  const sql = database.pool('ledger');
  const signer = new TestSigner();
  await record(database, entryOf('a'), entryOf('b', { site: 'national' }));
  signer.refusing.add(SITE);
  const report = await sealed(sql, signer, clock);
  assert.deepEqual(report.checkpoints, [{ site: 'national', size: 1 }]);
  assert.deepEqual(
    report.refused.map(({ site, failure }) => [site, failure.code]),
    [[SITE, 'signer-closed']],
  );
  await record(database, entryOf('c'), entryOf('d', { site: 'national' }));
  const again = await sealed(sql, signer, clock);
  assert.deepEqual(again.checkpoints, [{ site: 'national', size: 2 }]);
  signer.refusing.clear();
  const last = await sealed(sql, signer, clock);
  assert.deepEqual(last.checkpoints, [
    { site: SITE, size: 1 },
    { site: SITE, size: 2 },
  ]);
  await assertSound(sql, signer, SITE, 2);
});

test('a signature that does not verify is not stored', async (t) => {
  const database = await testDatabase(t, OWNERS);
  const sql = database.pool('ledger');
  const [signer, other] = [new TestSigner(), new TestSigner()];
  await record(database, entryOf('a'));
  await settled(sql);
  const confused = {
    originOf: (site: string) => signer.originOf(site),
    sign: async (request: Parameters<TestSigner['sign']>[0]) => {
      const answer = await signer.sign(request);
      return answer.ok ? { ...answer, value: { ...answer.value, key: other.keyOf(SITE) } } : answer;
    },
  };
  const report = mustSucceed(await seal(sql, clock, confused), 'seal');
  assert.deepEqual(
    report.refused.map(({ failure }) => failure.code),
    ['signature-invalid'],
  );
  assert.equal(await latestCheckpoint(sql, SITE), undefined);
});

test('a tree that was rewritten between two sealings gets no signature', async (t) => {
  const database = await testDatabase(t, OWNERS);
  const sql = database.pool('ledger');
  const signer = new TestSigner();
  await record(database, ...people(20));
  await sealed(sql, signer, clock);
  // everything about the site is thrown away and built anew from an altered entry
  const superuser = tamperer(database, t);
  await superuser`UPDATE ledger.entry SET actor = 'somebody-else' WHERE id = (SELECT min(id) FROM ledger.entry)`;
  await superuser`TRUNCATE ledger.tile, ledger.bundle, ledger.checkpoint`;
  await record(database, ...people(20));
  const report = await sealed(sql, signer, clock);
  assert.deepEqual(report.checkpoints, []);
  assert.deepEqual(
    report.refused.map(({ failure }) => failure.code),
    ['checkpoint-previous-differs'],
  );
});

test('one process seals at a time', async (t) => {
  const database = await testDatabase(t, OWNERS);
  const sql = database.pool('ledger');
  const signer = new TestSigner();
  await record(database, entryOf('a'));
  const superuser = tamperer(database, t);
  const session = await superuser.reserve();
  await session`SELECT pg_advisory_lock(${SEALER_LOCK})`;
  const busy = await seal(sql, clock, signer);
  assert.equal(busy.ok ? '' : busy.failure.code, 'sealer-busy');
  await session`SELECT pg_advisory_unlock(${SEALER_LOCK})`;
  session.release();
  const both = await Promise.all([
    sealedOrBusy(sql, signer),
    sealedOrBusy(sql, signer),
    sealedOrBusy(sql, signer),
  ]);
  assert.ok(both.includes(true));
  await sealed(sql, signer, clock);
  await assertSound(sql, signer, SITE, 1);
});

test('a sealing whose sessions end under it leaves an error, the process, and a ledger that seals again', async (t) => {
  const database = await testDatabase(t, OWNERS);
  const sql = database.pool('ledger');
  const superuser = tamperer(database, t);
  const signer = new TestSigner();
  await record(database, ...people(3));
  let ended: Promise<unknown> = Promise.resolve();
  signer.afterSigning = () => {
    ended = superuser`
      SELECT pg_terminate_backend(pid, 2000) FROM pg_stat_activity
      WHERE usename = ${roleOf('ledger')} AND datname = current_database()`.execute();
  };
  const sign = signer.sign.bind(signer);
  signer.sign = async (request) => {
    const signature = await sign(request);
    await ended;
    return signature;
  };
  await settled(sql);
  await assert.rejects(seal(sql, clock, signer), (error) => isTransient(error));
  signer.afterSigning = () => undefined;
  ended = Promise.resolve();
  // sessions that ended unnoticed are found out one by one
  for (let attempt = 0; attempt < 10; attempt++)
    if (await sealedOrBusy(sql, signer).catch((error: unknown) => !isTransient(error))) break;
  await assertSound(sql, signer, SITE, 3);
});

async function sealedOrBusy(sql: Sql, signer: TestSigner): Promise<boolean> {
  const answer = await seal(sql, clock, signer);
  if (!answer.ok) assert.equal(answer.failure.code, 'sealer-busy');
  return answer.ok;
}
