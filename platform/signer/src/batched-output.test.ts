import assert from 'node:assert/strict';
import { Writable } from 'node:stream';
import { test } from 'node:test';
import { BatchedOutput } from './batched-output.ts';

/** An output, what it wrote, and how many frames are said to be under way. */
function scene() {
  const writes: string[] = [];
  const socket = new Writable({
    write: (chunk: Buffer, _encoding, done) => {
      writes.push(chunk.toString());
      done();
    },
  });
  const underWay = { count: 0 };
  const output = new BatchedOutput(socket, () => underWay.count);
  const push = (text: string): void => output.push(Buffer.from(text));
  return { writes, underWay, output, push };
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
  const { writes, underWay, push } = scene();
  for (const text of 'abcd') {
    underWay.count = 8 - 'abcd'.indexOf(text) - 1;
    push(text);
  }
  await turn();
  assert.deepEqual(writes, ['abcd'], 'four are ready, four are to come');
  underWay.count = 200;
  for (let n = 0; n < 16; n++) push('x');
  await turn();
  assert.equal(writes[1], 'x'.repeat(16));
});

test('what does not come is not waited for long, and a flush leaves nothing behind', async () => {
  const { writes, underWay, output, push } = scene();
  underWay.count = 200;
  push('a');
  await until(() => writes.length === 1);
  push('b');
  output.flush();
  output.flush();
  push('c');
  await until(() => writes.length === 3);
  assert.deepEqual(writes, ['a', 'b', 'c']);
});
