import assert from 'node:assert/strict';
import { Writable } from 'node:stream';
import { test } from 'node:test';
import { BatchedOutput } from './batched-output.ts';

/** An output and what it wrote. */
function scene() {
  const writes: string[] = [];
  const socket = new Writable({
    write: (chunk: Buffer, _encoding, done) => {
      writes.push(chunk.toString());
      done();
    },
  });
  const output = new BatchedOutput(socket);
  const push = (text: string, stillToCome?: number): void => output.push(Buffer.from(text), stillToCome);
  return { writes, output, push };
}

const turn = () => new Promise<void>((resolve) => setImmediate(resolve));
const until = async (isSo: () => boolean): Promise<void> => {
  while (!isSo()) await turn();
};

test('what is ready in one turn leaves in one write, and nobody waits for what nobody makes', async () => {
  const { writes, output, push } = scene();
  push('a');
  push('b');
  assert.equal(output.waitingBytes, 2);
  await turn();
  push('c');
  await turn();
  assert.deepEqual(writes, ['ab', 'c']);
});

test('frames wait for as many as are under way, at most sixteen', async () => {
  const { writes, push } = scene();
  for (const [index, text] of ['a', 'b', 'c', 'd'].entries()) push(text, 7 - index);
  await turn();
  assert.deepEqual(writes, ['abcd'], 'four are ready, four are to come');
  for (let n = 0; n < 16; n++) push('x', 200);
  await turn();
  assert.equal(writes[1], 'x'.repeat(16));
});

test('what does not come is not waited for long, and a flush leaves nothing behind', async () => {
  const { writes, output, push } = scene();
  push('a', 200);
  await until(() => writes.length === 1);
  push('b', 200);
  output.flush();
  output.flush();
  push('c', 200);
  await until(() => writes.length === 3);
  assert.deepEqual(writes, ['a', 'b', 'c']);
  push('d', 200);
  push('e');
  await turn();
  assert.equal(writes[3], 'de', 'one that must not wait takes the others along');
});
