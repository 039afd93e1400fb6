import assert from 'node:assert/strict';
import { test } from 'node:test';
import { ManualClock } from '@ishizue/clock';
import { inTransaction, type Sql } from '@ishizue/db';
import { testDatabase } from '@ishizue/db/testing';
import { mustSucceed } from '@ishizue/outcome';
import { accessesOf } from './accesses.ts';
import { audit } from './audit.ts';
import { raiseEra } from './raise-era.ts';
import { recordAlike } from './record-alike.ts';
import { seal } from './seal.ts';
import {
  entryOf,
  OWNERS,
  pseudonyms,
  record,
  SITE,
  sealed,
  settled,
  TestSigner,
  tamperer,
} from './testing/test-ledger.ts';
import { leafHash } from './tree/hashes.ts';
import { verifyInclusion } from './tree/verify-proofs.ts';

const clock = new ManualClock('2026-11-22T00:00:00Z');

/** Makes the entries of now look as if they had come from a server that counted a thousand million transactions more. */
async function asIfRestored(superuser: Sql): Promise<void> {
  const later = (column: string): string => `(${column}::text::bigint + 1000000000)::text::xid8`;
  await superuser.unsafe(`
    UPDATE ledger.entry SET tx = ${later('tx')};
    UPDATE ledger.bundle SET first_tx = ${later('first_tx')};
    UPDATE ledger.checkpoint SET through_tx = ${later('through_tx')}`);
}

async function codeOfSeal(sql: Sql, signer: TestSigner): Promise<string> {
  await settled(sql);
  const answer = await seal(sql, clock, signer);
  return answer.ok ? 'sealed' : answer.failure.code;
}

test('after a logical restore the sealer refuses, and the raised era puts new entries after all old ones', async (t) => {
  const database = await testDatabase(t, OWNERS);
  const sql = database.pool('ledger');
  const signer = new TestSigner();
  const superuser = tamperer(database, t);
  await record(database, ...Array.from({ length: 300 }, (_, index) => entryOf(`person ${index}`)));
  await record(database, entryOf('a', { site: 'national' }));
  await sealed(sql, signer, clock);
  await record(database, entryOf('Taro', { correlation: 'restored but not sealed' }));
  await asIfRestored(superuser);
  // two entries are written before anybody remembers to raise the era
  await record(database, entryOf('Taro', { correlation: 'stray' }), entryOf('b', { site: 'prefectural/13' }));
  assert.equal(await codeOfSeal(sql, signer), 'era-outdated');

  assert.deepEqual(mustSucceed(await raiseEra(superuser), 'raise'), { era: 2, moved: 1 });
  await record(database, entryOf('Taro', { correlation: 'after' }));
  assert.equal((await sealed(sql, signer, clock)).entries, 4);
  const keys = [signer.keyOf(SITE)];
  assert.deepEqual(await audit(sql, SITE, keys), { ok: true, value: { size: 303, checkpoints: 2 } });
  const { accesses, checkpoint } = await accessesOf(sql, SITE, pseudonyms.of(SITE, 'Taro'), { limit: 10 });
  assert.deepEqual(
    accesses.map(({ entry }) => entry.correlation),
    ['after', 'stray', 'restored but not sealed'],
  );
  for (const access of accesses) {
    assert.ok(access.sealed && checkpoint);
    const { index, proof } = access;
    const claim = {
      leafHash: leafHash(access.leaf),
      index,
      size: 303,
      proof,
      root: checkpoint.root,
    };
    assert.equal(verifyInclusion(claim).ok, true);
  }
  assert.equal((await audit(sql, 'national')).ok, true);
  assert.equal((await audit(sql, 'prefectural/13')).ok, true);
});

test('joint entries move into the new era and are found there', async (t) => {
  const database = await testDatabase(t, OWNERS);
  const sql = database.pool('ledger');
  const signer = new TestSigner();
  const superuser = tamperer(database, t);
  const writeJointly = () =>
    inTransaction(database.pool('counter'), { site: SITE }, (tx) => {
      const { subject: _subject, result, correlation, ...common } = entryOf('anybody');
      const own = Array.from({ length: 300 }, (_, nth) => ({
        subject: pseudonyms.of(SITE, `${nth}`),
        result,
        correlation,
      }));
      return recordAlike(tx, common, own);
    });
  await writeJointly();
  await sealed(sql, signer, clock);
  await asIfRestored(superuser);
  await writeJointly();
  assert.deepEqual(mustSucceed(await raiseEra(superuser), 'raise'), { era: 2, moved: 2 });
  assert.equal((await sealed(sql, signer, clock)).entries, 2);
  assert.deepEqual(await audit(sql, SITE, [signer.keyOf(SITE)]), {
    ok: true,
    value: { size: 4, checkpoints: 2 },
  });
  const { accesses } = await accessesOf(sql, SITE, pseudonyms.of(SITE, '7'), { limit: 10 });
  assert.deepEqual(
    accesses.map(({ sealed: isSealed, joint }) => isSealed && joint !== undefined),
    [true, true],
  );
});

test('a restore into another cluster is seen even where its transaction count is already higher', async (t) => {
  const database = await testDatabase(t, OWNERS);
  const sql = database.pool('ledger');
  const signer = new TestSigner();
  const superuser = tamperer(database, t);
  await record(database, entryOf('a'));
  await sealed(sql, signer, clock);
  await superuser`UPDATE ledger.era SET system_identifier = system_identifier - 1`;
  await record(database, entryOf('b'));
  assert.equal(await codeOfSeal(sql, signer), 'era-outdated');
  assert.deepEqual(mustSucceed(await raiseEra(superuser), 'raise'), { era: 2, moved: 0 });
  assert.equal((await sealed(sql, signer, clock)).entries, 1);
  assert.equal((await audit(sql, SITE)).ok, true);
});

test('the era is not raised while someone seals, nor over a tree whose entries did not come back', async (t) => {
  const database = await testDatabase(t, OWNERS);
  const sql = database.pool('ledger');
  const signer = new TestSigner();
  const superuser = tamperer(database, t);
  await record(database, entryOf('a'), entryOf('b'));
  await settled(sql);
  let during = '';
  const asking = {
    originOf: (site: string) => signer.originOf(site),
    sign: async (request: Parameters<TestSigner['sign']>[0]) => {
      const answer = await raiseEra(superuser);
      during = answer.ok ? 'raised' : answer.failure.code;
      return await signer.sign(request);
    },
  };
  mustSucceed(await seal(sql, clock, asking), 'seal');
  assert.equal(during, 'sealer-busy');
  await superuser`DELETE FROM ledger.entry WHERE id = (SELECT min(id) FROM ledger.entry)`;
  const answer = await raiseEra(superuser);
  assert.equal(answer.ok ? '' : answer.failure.code, 'tree-differs');
  assert.deepEqual(
    (await superuser`SELECT era FROM ledger.era`).map(({ era }) => Number(era)),
    [1],
  );
});
