import assert from 'node:assert/strict';
import { test } from 'node:test';
import { openSealedBox, SealingKey } from './sealed-box.ts';

const COST = { log2N: 10, r: 1, p: 1 };
const SECRET = Buffer.from('the keys of the country');

test('a box opens with its passphrase, and each seal of the same content differs', async () => {
  const key = await SealingKey.create('a good passphrase', COST);
  const boxes = [key.seal(SECRET), key.seal(SECRET)];
  assert.notDeepEqual(boxes[0], boxes[1]);
  for (const box of boxes) {
    assert.equal(box.includes(SECRET), false);
    const opened = await openSealedBox(box, 'a good passphrase');
    assert.deepEqual(opened.ok && opened.value.plaintext, SECRET);
    const resealed = opened.ok ? opened.value.key.seal(Buffer.from('next')) : box;
    const again = await openSealedBox(resealed, 'a good passphrase');
    assert.deepEqual(again.ok && again.value.plaintext, Buffer.from('next'));
  }
});

test('a wrong passphrase and damage are told apart, for every byte and every length', async () => {
  const box = (await SealingKey.create('a good passphrase', COST)).seal(SECRET);
  const wrong = await openSealedBox(box, 'another passphrase');
  assert.equal(!wrong.ok && wrong.failure.code, 'passphrase-wrong');
  for (let at = 0; at < box.length; at++) {
    const changed = Buffer.from(box);
    changed[at] = (changed[at] ?? 0) ^ (1 << (at % 8));
    const opened = await openSealedBox(changed, 'a good passphrase');
    assert.equal(!opened.ok && opened.failure.code, 'key-store-damaged', `byte ${at}`);
  }
  for (let length = 0; length < box.length; length++) {
    const opened = await openSealedBox(box.subarray(0, length), 'a good passphrase');
    assert.equal(!opened.ok && opened.failure.code, 'key-store-damaged', `length ${length}`);
  }
  const extended = await openSealedBox(Buffer.concat([box, Buffer.alloc(1)]), 'a good passphrase');
  assert.equal(!extended.ok && extended.failure.code, 'key-store-damaged');
});
