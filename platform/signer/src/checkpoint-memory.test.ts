import assert from 'node:assert/strict';
import { randomBytes } from 'node:crypto';
import { open, readFile, stat, truncate, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { type TestContext, test } from 'node:test';
import { mustSucceed } from '@ishizue/outcome';
import { CheckpointMemory } from './checkpoint-memory.ts';
import { SLOT_BYTES } from './checkpoint-slot.ts';
import { ReferenceTree } from './testing/reference-tree.ts';
import { temporaryFolder } from './testing/temporary-folder.ts';

const KEY = randomBytes(32);
const TREE = new ReferenceTree(600);

const claim = (origin: string, previousSize: number, size: number) => ({
  origin,
  size,
  rootHash: TREE.root(size),
  previousSize,
  consistencyProof: TREE.consistencyProof(previousSize, size),
});

async function newState(t: TestContext): Promise<string> {
  const path = join(await temporaryFolder(t), 'state');
  await CheckpointMemory.create(path, KEY);
  return path;
}

const openState = async (path: string) => mustSucceed(await CheckpointMemory.open(path, KEY), 'opening');
const failureOf = (result: { ok: boolean; failure?: { code: string } }) => result.failure?.code;

test('heads are remembered over a restart, in a file of mode 0600', async (t) => {
  const path = await newState(t);
  const memory = await openState(path);
  assert.ok((await memory.remember(claim('a/log', 0, 3))).ok);
  assert.ok((await memory.remember(claim('a/log', 3, 11))).ok);
  assert.ok((await memory.remember(claim('b/log', 0, 5))).ok);
  await memory.close();
  assert.equal((await stat(path)).mode & 0o777, 0o600);
  const again = await openState(path);
  assert.deepEqual(again.last('a/log'), { size: 11, rootHash: TREE.root(11) });
  assert.deepEqual(again.last('b/log'), { size: 5, rootHash: TREE.root(5) });
  assert.equal(again.last('c/log'), undefined);
  await again.close();
});

test('what does not continue the remembered tree is refused by its own code', async (t) => {
  const memory = await openState(await newState(t));
  assert.ok((await memory.remember(claim('log', 0, 8))).ok);
  const fork = new ReferenceTree(600, 'forged');
  const refused = async (changes: object) =>
    failureOf(await memory.remember({ ...claim('log', 8, 20), ...changes }));
  assert.equal(await refused({ size: 7, rootHash: TREE.root(7) }), 'checkpoint-smaller');
  assert.equal(await refused({ size: 8, rootHash: fork.root(8), consistencyProof: [] }), 'checkpoint-fork');
  assert.equal(await refused({ rootHash: fork.root(20) }), 'checkpoint-inconsistent');
  assert.equal(await refused({ consistencyProof: fork.consistencyProof(8, 20) }), 'checkpoint-inconsistent');
  assert.equal(await refused({ consistencyProof: [] }), 'checkpoint-inconsistent');
  assert.equal(await refused(claim('log', 6, 20)), 'checkpoint-previous-differs');
  assert.equal(await refused(claim('log', 0, 20)), 'checkpoint-previous-differs');
  assert.equal(await refused(claim('new', 3, 20)), 'checkpoint-previous-differs');
  assert.equal(await refused({ origin: 'two\nlines' }), 'checkpoint-invalid');
  assert.equal(await refused({ origin: 'a+b' }), 'checkpoint-invalid');
  assert.equal(await refused({ origin: '' }), 'checkpoint-invalid');
  assert.equal(await refused({ size: 0, rootHash: TREE.root(5) }), 'checkpoint-invalid');
  assert.ok((await memory.remember(claim('log', 8, 8))).ok, 'the same head again');
  assert.ok((await memory.remember(claim('log', 8, 20))).ok);
  await memory.close();
});

/** Replaces `datasync` of every file handle for the test. */
async function interceptSync(t: TestContext, path: string, sync: () => Promise<void>): Promise<void> {
  const handle = await open(path);
  const prototype: { datasync(): Promise<void> } = Object.getPrototypeOf(handle);
  await handle.close();
  t.mock.method(prototype, 'datasync', sync);
}

test('nothing is confirmed before its fdatasync, and what comes meanwhile shares the next one', async (t) => {
  const path = await newState(t);
  const memory = await openState(path);
  const syncs: (() => void)[] = [];
  await interceptSync(t, path, () => new Promise((resolve) => syncs.push(resolve)));
  let confirmed = 0;
  const count = () => confirmed++;
  const all = Array.from({ length: 200 }, (_, i) => memory.remember(claim(`log-${i}`, 0, i + 1)).then(count));
  all.push(memory.remember(claim('log-7', 8, 9)).then(count)); // builds on a head that is still being written
  await new Promise((resolve) => setTimeout(resolve, 30));
  assert.equal(confirmed, 0);
  assert.equal(syncs.length, 1);
  syncs[0]?.();
  await new Promise((resolve) => setTimeout(resolve, 30));
  assert.equal(syncs.length, 2);
  syncs[1]?.();
  await Promise.all(all);
  assert.equal(confirmed, 201);
  t.mock.restoreAll();
  await memory.close();
  const again = await openState(path);
  assert.equal(again.last('log-7')?.size, 9);
  await again.close();
});

test('after a failed write nothing more is confirmed until the file is read again', async (t) => {
  const path = await newState(t);
  const memory = await openState(path);
  await interceptSync(t, path, () => Promise.reject(new Error('EIO')));
  assert.equal(failureOf(await memory.remember(claim('log', 0, 3))), 'state-write-failed');
  t.mock.restoreAll();
  assert.equal(failureOf(await memory.remember(claim('log', 3, 4))), 'state-write-failed');
  assert.equal(failureOf(await memory.remember(claim('other', 0, 4))), 'state-write-failed');
  await memory.close();
});

test('a write that was cut off is left out; what was confirmed before it stays', async (t) => {
  const path = await newState(t);
  const memory = await openState(path);
  await memory.remember(claim('log', 0, 3));
  await memory.remember(claim('log', 3, 9));
  await memory.close();
  const whole = (await stat(path)).size;
  await truncate(path, whole - 1);
  const cut = await openState(path);
  assert.equal(cut.last('log')?.size, 3);
  await cut.remember(claim('log', 3, 9));
  await cut.close();
  await truncate(path, (await stat(path)).size + 2 * SLOT_BYTES); // sectors that a power cut left unwritten
  const again = await openState(path);
  assert.equal(again.last('log')?.size, 9);
  await again.close();
});

test('any changed bit is noticed: in the first slot, in the middle, in the last', async (t) => {
  const path = await newState(t);
  const memory = await openState(path);
  await memory.remember(claim('log', 0, 3));
  await memory.remember(claim('log', 3, 9));
  await memory.close();
  const content = await readFile(path);
  for (let at = 0; at < content.length; at += 37) {
    const changed = Buffer.from(content);
    changed[at] = (changed[at] ?? 0) ^ 1;
    await writeFile(path, changed);
    const code = failureOf(await CheckpointMemory.open(path, KEY));
    assert.equal(code, at < SLOT_BYTES ? 'state-foreign' : 'state-damaged', `byte ${at}`);
  }
  // a slot of zeros that a later write follows was confirmed once: it was not cut off, it was wiped
  await writeFile(path, Buffer.from(content).fill(0, SLOT_BYTES, 2 * SLOT_BYTES));
  assert.equal(failureOf(await CheckpointMemory.open(path, KEY)), 'state-damaged');
  await writeFile(path, content);
  assert.equal(failureOf(await CheckpointMemory.open(path, randomBytes(32))), 'state-foreign');
});

test('the file is rewritten before it grows without bound', async (t) => {
  const path = await newState(t);
  const memory = await openState(path);
  for (let round = 1; round <= 300; round++) {
    await Promise.all(
      Array.from({ length: 30 }, (_, i) => memory.remember(claim(`log-${i}`, round - 1, round))),
    );
  }
  await memory.close();
  assert.ok((await stat(path)).size < 8_300 * SLOT_BYTES);
  const again = await openState(path);
  assert.equal(again.last('log-29')?.size, 300);
  await again.close();
});
