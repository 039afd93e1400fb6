import assert from 'node:assert/strict';
import { test } from 'node:test';
import { createEventLog, LINES_A_SECOND_MAX } from './event-log.ts';

test('a second holds so many lines, and the first of a later one tells how many were left out', () => {
  let now = 1_000_000;
  const lines: string[] = [];
  const log = createEventLog(
    (text) => lines.push(text),
    () => now,
  );
  for (let i = 0; i < LINES_A_SECOND_MAX + 7; i++) log.write({ event: 'refused', i });
  assert.equal(lines.length, LINES_A_SECOND_MAX);
  now += 1000;
  log.write({ event: 'refused' });
  log.write({ event: 'refused' });
  assert.deepEqual(
    lines.slice(-2).map((line) => JSON.parse(line).leftOut),
    [7, undefined],
  );
});
