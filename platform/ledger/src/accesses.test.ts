import assert from 'node:assert/strict';
import { test } from 'node:test';
import { ManualClock } from '@ishizue/clock';
import { testDatabase } from '@ishizue/db/testing';
import { mustSucceed } from '@ishizue/outcome';
import { accessesOf } from './accesses.ts';
import type { Position } from './entry-rows.ts';
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
import { formatProofFile, verifyProofFile } from './tree/proof-file.ts';
import { formatVerifierKey } from './tree/signed-note.ts';
import { verifyInclusion } from './tree/verify-proofs.ts';

const clock = new ManualClock('2026-11-22T00:00:00Z');
const taro = pseudonyms.of(SITE, 'Taro');

test('a person gets every access to their data, newest first, each with a proof that leads to the signed root', async (t) => {
  const database = await testDatabase(t, OWNERS);
  const sql = database.pool('ledger');
  const signer = new TestSigner();
  // Taro is every seventh of a thousand, sealed in four steps of which none ends at a tile's edge
  for (let round = 0; round < 4; round++) {
    const some = Array.from({ length: 250 }, (_, index) => {
      const at = clock.now() + round * 1000 + index;
      return entryOf((round * 250 + index) % 7 === 0 ? 'Taro' : `person ${index}`, { at });
    });
    await record(database, ...some);
    await sealed(sql, signer, clock);
  }
  await record(database, entryOf('Taro', { at: clock.now() + 9999 }), entryOf('Hanako'));
  await record(database, entryOf('Taro', { site: 'national', subject: taro }));

  const page = await accessesOf(sql, SITE, taro, { limit: 500 });
  assert.equal(page.accesses.length, Math.ceil(1000 / 7) + 1);
  assert.equal(page.next, undefined);
  const [newest, ...older] = page.accesses;
  assert.equal(newest?.sealed, false);
  assert.equal(newest.entry.at, clock.now() + 9999);
  const { checkpoint } = page;
  assert.ok(checkpoint);
  const indexes: number[] = [];
  for (const access of older) {
    assert.ok(access.sealed);
    const { index, proof, leaf, entry } = access;
    indexes.push(index);
    assert.deepEqual(entry.subject, taro);
    const leads = verifyInclusion({
      leafHash: leafHash(leaf),
      index,
      size: checkpoint.size,
      proof,
      root: checkpoint.root,
    });
    assert.equal(leads.ok, true, `leaf ${index}`);
    const vkey = formatVerifierKey(signer.keyOf(SITE));
    const file = formatProofFile({ leaf, index, proof, checkpoint: checkpoint.note, vkey });
    assert.equal(mustSucceed(verifyProofFile(file, signer.keyOf(SITE)), 'file').leaf, leaf);
  }
  assert.deepEqual(
    indexes,
    Array.from({ length: 143 }, (_, at) => 994 - at * 7),
  );
});

test('pages follow each other without gap or overlap', async (t) => {
  const database = await testDatabase(t, OWNERS);
  const sql = database.pool('ledger');
  const signer = new TestSigner();
  for (let at = 0; at < 5; at++) await record(database, ...Array.from({ length: 5 }, () => entryOf('Taro')));
  await sealed(sql, signer, clock);
  const whole = (await accessesOf(sql, SITE, taro, { limit: 100 })).accesses.map(({ leaf }) => leaf);
  assert.equal(whole.length, 25);
  const pieces: string[] = [];
  let before: Position | undefined;
  do {
    const page = await accessesOf(sql, SITE, taro, { limit: 7, before });
    pieces.push(...page.accesses.map(({ leaf }) => leaf));
    before = page.next;
  } while (before);
  assert.deepEqual(pieces, whole);
  for (const limit of [0, 501, 1.5])
    await assert.rejects(accessesOf(sql, SITE, taro, { limit }), /a page of/);
});

test('a person without accesses, and a site that was never sealed, have an answer', async (t) => {
  const database = await testDatabase(t, OWNERS);
  const sql = database.pool('ledger');
  assert.deepEqual(await accessesOf(sql, SITE, taro, { limit: 10 }), {
    checkpoint: undefined,
    accesses: [],
    next: undefined,
  });
  await record(database, entryOf('Taro'));
  const page = await accessesOf(sql, SITE, taro, { limit: 10 });
  assert.deepEqual(
    page.accesses.map((access) => access.sealed),
    [false],
  );
});

test('an entry that was altered, or lost a neighbour, has no proof that holds any more', async (t) => {
  const database = await testDatabase(t, OWNERS);
  const sql = database.pool('ledger');
  const signer = new TestSigner();
  await record(
    database,
    ...Array.from({ length: 40 }, (_, index) => entryOf(index % 4 === 0 ? 'Taro' : 'Hanako')),
  );
  await sealed(sql, signer, clock);
  const holding = async (): Promise<number> => {
    const { checkpoint, accesses } = await accessesOf(sql, SITE, taro, { limit: 100 });
    return accesses.filter(
      (access) =>
        access.sealed &&
        verifyInclusion({
          leafHash: leafHash(access.leaf),
          index: access.index,
          size: checkpoint?.size ?? 0,
          proof: access.proof,
          root: checkpoint?.root ?? Buffer.alloc(32),
        }).ok,
    ).length;
  };
  assert.equal(await holding(), 10);
  const superuser = tamperer(database, t);
  const ids = (await superuser<{ id: number }[]>`SELECT id FROM ledger.entry ORDER BY id`).map(
    ({ id }) => id,
  );
  await superuser`UPDATE ledger.entry SET actor = 'somebody-else' WHERE id = ${ids[8] ?? 0}`;
  assert.equal(await holding(), 9);
  await superuser`DELETE FROM ledger.entry WHERE id = ${ids[21] ?? 0}`; // Hanako's: Taro's later ones have moved
  assert.equal(await holding(), 5);
});

test('the number of queries does not grow with the number of accesses', async (t) => {
  const database = await testDatabase(t, OWNERS);
  const sql = database.pool('ledger');
  const signer = new TestSigner();
  await record(
    database,
    ...Array.from({ length: 2000 }, (_, index) => entryOf(index % 5 === 0 ? 'Taro' : 'Hanako')),
  );
  await sealed(sql, signer, clock);
  await settled(sql);
  const queriesFor = async (limit: number): Promise<number> => {
    const queries: object[] = [];
    const counting = new Proxy(sql, {
      apply: (target, self, values) => {
        const query: unknown = Reflect.apply(target, self, values);
        queries.push(Object(query));
        return query;
      },
    });
    assert.equal((await accessesOf(counting, SITE, taro, { limit })).accesses.length, limit);
    // fragments are passed on, not sent
    return queries.filter((query) => Reflect.get(query, 'executed') === true).length;
  };
  assert.equal(await queriesFor(1), await queriesFor(400));
  assert.equal(await queriesFor(400), 3);
});
