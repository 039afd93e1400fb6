import assert from 'node:assert/strict';
import { test } from 'node:test';
import type { LinkState } from '@ishizue/link';
import { worst } from './network-metrics.ts';

const linkWith = (nth: number, unacknowledged: number): LinkState => ({
  link: `municipal/${nth}>national:registry`,
  unacknowledged,
  oldest_s: null,
  lastAckAt: null,
  lastAttemptAt: null,
  attempts: 0,
  lastErrorCode: null,
  receivedThrough: 0,
  lastReceivedAt: null,
  held: 0,
  heldByGap_s: null,
  parked: 0,
});

test('of 11,000 links that all wait only the worst have a series, and a network at rest has none', () => {
  const all = Array.from({ length: 11_000 }, (_, nth) => linkWith(nth, (nth * 7_919) % 11_003));
  const told = worst(all, (link) => link.unacknowledged);
  assert.equal(told.size, 20);
  const most = all.map((link) => link.unacknowledged).toSorted((a, b) => b - a);
  assert.deepEqual([...told.values()], most.slice(0, 20));
  assert.equal(worst(all, () => 0).size, 0);
});
