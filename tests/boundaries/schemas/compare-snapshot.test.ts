import assert from 'node:assert/strict';
import { test } from 'node:test';
import { compareSnapshot, SNAPSHOT_COMMAND } from './compare-snapshot.ts';

test('equal texts differ in nothing', () => {
  assert.equal(compareSnapshot('schema.txt', 'table a\n', 'table a\n'), undefined);
});

test('what went and what came is shown, with the command that mends it', () => {
  const says = compareSnapshot('schema.txt', 'table a\n  a.x text\n', 'table a\n  a.y text\n') ?? '';
  assert.deepEqual(says.split('\n').slice(1), ['-   a.x text', '+   a.y text']);
  assert.ok(says.includes(SNAPSHOT_COMMAND));
});

test('a missing text, another order and a doubled line are differences', () => {
  assert.match(compareSnapshot('schema.txt', undefined, 'table a\n') ?? '', /missing/);
  assert.match(compareSnapshot('schema.txt', 'a\nb\n', 'b\na\n') ?? '', /order/);
  assert.match(compareSnapshot('schema.txt', 'a\n', 'a\na\n') ?? '', /number/);
});

test('a long difference is cut', () => {
  const text = Array.from({ length: 100 }, (_, index) => `table t${index}`).join('\n');
  assert.match(compareSnapshot('schema.txt', '', text) ?? '', /… and 81 more lines$/);
});
