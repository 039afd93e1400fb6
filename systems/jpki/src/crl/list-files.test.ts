/** A list whose beginning is written last, as ECDSA needs it: same length, one octet more, one octet less. */
import assert from 'node:assert/strict';
import { createHash, randomBytes } from 'node:crypto';
import { mkdtemp, readFile, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { test } from 'node:test';
import { ListFiles } from './list-files.ts';

test('what is put in the place of the beginning leaves the rest as it was, and the digest is of the whole', async (t) => {
  const root = await mkdtemp(join(tmpdir(), 'list-files-'));
  t.after(() => rm(root, { recursive: true, force: true }));
  const files = new ListFiles(root);
  const [head, body, tail] = [Buffer.from('head'), randomBytes(200_000), Buffer.from('tail')];
  const starts = [undefined, Buffer.from('HEAD'), Buffer.from('longer'), Buffer.from('hd')];
  for (const [number, start] of starts.entries()) {
    const file = await files.create({ kind: 'signature', generation: 1, point: 0, number });
    for (const part of [head, body, tail]) await file.write(part);
    if (start) await file.replaceStart(head.length, start);
    const expected = Buffer.concat([start ?? head, body, tail]);
    assert.equal(file.bytes, expected.length);
    assert.deepEqual(await file.keep(), createHash('sha256').update(expected).digest());
    assert.deepEqual(await readFile(join(root, 'signature-1', `0-${number}.crl`)), expected);
  }
});
