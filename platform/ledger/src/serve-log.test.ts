import assert from 'node:assert/strict';
import { test } from 'node:test';
import { ManualClock } from '@ishizue/clock';
import type { Sql } from '@ishizue/db';
import { testDatabase } from '@ishizue/db/testing';
import { mustSucceed } from '@ishizue/outcome';
import { latestCheckpoint } from './checkpoint-store.ts';
import { decodeLeaf } from './leaf.ts';
import { seal } from './seal.ts';
import { readEntryBundle, readTile } from './serve-log.ts';
import {
  entryOf,
  OWNERS,
  pseudonyms,
  record,
  SITE,
  sealed,
  settled,
  TestSigner,
} from './testing/test-ledger.ts';
import { openCheckpoint } from './tree/checkpoint.ts';
import { decodeEntryBundle } from './tree/entry-bundle.ts';
import { leafHash } from './tree/hashes.ts';
import { rootFromTiles, tilesOfRoot } from './tree/proofs.ts';
import type { VerifierKey } from './tree/signed-note.ts';
import { logPath, parseLogPath } from './tree/tile-paths.ts';
import { TileSet, tileWidth } from './tree/tiles.ts';

const clock = new ManualClock('2026-11-22T00:00:00Z');

/** What the routes will do with a path below the log's prefix. */
async function get(sql: Sql, path: string): Promise<Buffer | undefined> {
  const resource = parseLogPath(path);
  if (!resource.ok) return undefined;
  const { value } = resource;
  if (value.kind === 'checkpoint') {
    const checkpoint = await latestCheckpoint(sql, SITE);
    return checkpoint && Buffer.from(checkpoint.note);
  }
  return value.kind === 'tile'
    ? await readTile(sql, SITE, value.level, value.n, value.width)
    : await readEntryBundle(sql, SITE, value.n, value.width);
}

/** A monitor that has the paths and the key and nothing else: all leaves, checked against the signed root. */
async function monitor(sql: Sql, key: VerifierKey): Promise<string[]> {
  const note = await get(sql, 'checkpoint');
  const { size, rootHash } = mustSucceed(openCheckpoint(String(note), [key]), 'checkpoint');
  const tiles = await Promise.all(
    tilesOfRoot(size).map(async (tile) => {
      const hashes = await get(sql, logPath({ kind: 'tile', ...tile }));
      assert.ok(hashes, logPath({ kind: 'tile', ...tile }));
      return { ...tile, hashes };
    }),
  );
  assert.deepEqual(rootFromTiles(size, new TileSet(tiles)), rootHash);
  const leaves: string[] = [];
  for (let n = 0; tileWidth(0, n, size) > 0; n++) {
    const width = tileWidth(0, n, size);
    const bundle = await get(sql, logPath({ kind: 'entries', n, width }));
    const hashes = await get(sql, logPath({ kind: 'tile', level: 0, n, width }));
    assert.ok(bundle && hashes);
    const some = mustSucceed(decodeEntryBundle(bundle), 'bundle');
    assert.deepEqual(Buffer.concat(some.map(leafHash)), hashes);
    leaves.push(...some.map(String));
  }
  assert.equal(leaves.length, size);
  return leaves;
}

test('a monitor that knows the paths and the key reads every entry and finds them under the signed root', async (t) => {
  const database = await testDatabase(t, OWNERS);
  const sql = database.pool('ledger');
  const signer = new TestSigner();
  const persons: string[] = [];
  for (const count of [1, 254, 1, 300, 212]) {
    const some = Array.from({ length: count }, (_, index) => `person ${persons.length + index}`);
    persons.push(...some);
    await record(database, ...some.map((person) => entryOf(person)));
    await sealed(sql, signer, clock);
    const leaves = await monitor(sql, signer.keyOf(SITE));
    const subjects = leaves.map((leaf) => mustSucceed(decodeLeaf(leaf), 'leaf').subject);
    assert.deepEqual(
      subjects,
      persons.map((person) => pseudonyms.of(SITE, person)),
    );
  }
});

test('partial tiles and bundles of older checkpoints stay served, and what is not signed is not', async (t) => {
  const database = await testDatabase(t, OWNERS);
  const sql = database.pool('ledger');
  const signer = new TestSigner();
  assert.equal(await get(sql, 'checkpoint'), undefined);
  assert.equal(await get(sql, 'tile/0/000.p/1'), undefined);
  await record(database, ...Array.from({ length: 10 }, (_, index) => entryOf(`person ${index}`)));
  await sealed(sql, signer, clock);
  const [tile, bundle] = [await get(sql, 'tile/0/000.p/10'), await get(sql, 'tile/entries/000.p/10')];
  await record(database, ...Array.from({ length: 290 }, (_, index) => entryOf(`person ${index}`)));
  await settled(sql);
  signer.refusing.add(SITE);
  mustSucceed(await seal(sql, clock, signer), 'seal');
  for (const path of [
    'tile/0/000',
    'tile/0/000.p/11',
    'tile/entries/000',
    'tile/1/000.p/1',
    'tile/0/001.p/44',
  ])
    assert.equal(await get(sql, path), undefined, `${path} is not under a signed checkpoint`);
  signer.refusing.clear();
  await sealed(sql, signer, clock);
  assert.deepEqual(await get(sql, 'tile/0/000.p/10'), tile);
  assert.deepEqual(await get(sql, 'tile/entries/000.p/10'), bundle);
  assert.equal((await get(sql, 'tile/0/000'))?.length, 8192);
  assert.equal((await get(sql, 'tile/1/000.p/1'))?.length, 32);
  for (const path of [
    'tile/0/001',
    'tile/0/001.p/45',
    'tile/1/000.p/2',
    'tile/2/000.p/1',
    'tile/entries/001.p/45',
    'tile/entries/002.p/1',
    'tile/0/x001/000',
  ])
    assert.equal(await get(sql, path), undefined, path);
});
