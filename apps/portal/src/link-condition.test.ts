import assert from 'node:assert/strict';
import { test } from 'node:test';
import * as fc from 'fast-check';
import type { LinkView } from './country-view.ts';
import { byTrouble, conditionOf, worstOf } from './link-condition.ts';

const atRest: LinkView = {
  link: 'prefectural/13>national:registry',
  unacknowledged: 0,
  oldestSeconds: null,
  held: 0,
  parked: 0,
  lastAckAt: null,
  lastErrorCode: null,
};

test('each trouble has its condition', () => {
  assert.equal(conditionOf(atRest), 'quiet');
  assert.equal(conditionOf({ ...atRest, unacknowledged: 3, oldestSeconds: 59 }), 'moving');
  assert.equal(conditionOf({ ...atRest, unacknowledged: 3, oldestSeconds: 60 }), 'late');
  assert.equal(conditionOf({ ...atRest, held: 1 }), 'late');
  assert.equal(conditionOf({ ...atRest, lastErrorCode: 'receiver-unavailable' }), 'late');
  assert.equal(conditionOf({ ...atRest, parked: 1 }), 'stopped');
  assert.equal(worstOf([]), 'quiet');
  assert.equal(worstOf(['moving', 'stopped', 'late']), 'stopped');
});

test('links stand by trouble, and none is lost', () => {
  const link = fc.record({
    link: fc.stringMatching(/^[a-z]{1,6}$/),
    unacknowledged: fc.nat(3),
    oldestSeconds: fc.option(fc.nat(120)),
    held: fc.nat(1),
    parked: fc.nat(1),
    lastAckAt: fc.constant(null),
    lastErrorCode: fc.option(fc.constant('receiver-busy')),
  });
  fc.assert(
    fc.property(fc.array(link), (links) => {
      const sorted = byTrouble(links);
      assert.deepEqual(new Set(sorted), new Set(links));
      for (const [index, later] of sorted.slice(1).entries()) {
        const earlier = sorted[index];
        const pair = [earlier, later].flatMap((one) => (one ? [conditionOf(one)] : []));
        assert.equal(pair[0], worstOf(pair));
      }
    }),
  );
});
