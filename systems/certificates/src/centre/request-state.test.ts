import assert from 'node:assert/strict';
import { test } from 'node:test';
import { array, assert as assertProperty, constantFrom, oneof, property } from 'fast-check';
import { isEnd, REQUEST_EVENTS, REQUEST_STATES, type RequestState, stateAfter } from './request-state.ts';

test('whatever events come in whatever order, an end is an end and delivery has passed through every state before it', () => {
  const onward = constantFrom(...REQUEST_EVENTS.slice(0, 5)); // an early end would hide all that comes later
  const anyEvent = oneof(
    { weight: 40, arbitrary: onward },
    { weight: 1, arbitrary: constantFrom(...REQUEST_EVENTS) },
  );
  let deliveries = 0;
  assertProperty(
    property(array(anyEvent, { maxLength: 40 }), (events) => {
      let state: RequestState = 'opened';
      const passed: RequestState[] = [state];
      for (const event of events) {
        const next = stateAfter(state, event);
        if (!next.ok) continue;
        assert.equal(isEnd(state), false, 'an end was left');
        assert.notEqual(next.value, state);
        state = next.value;
        passed.push(state);
      }
      assert.equal(new Set(passed).size, passed.length, 'a state was entered twice');
      if (state !== 'delivered') return;
      deliveries++;
      assert.deepEqual(passed, ['opened', 'authenticated', 'accepted', 'routed', 'rendered', 'delivered']);
    }),
    { numRuns: 5_000 },
  );
  assert.ok(deliveries > 10, 'the runs never came to a delivery');
});

test('every state that is no end can time out and be refused, and only answers can be stopped', () => {
  for (const state of REQUEST_STATES) {
    assert.equal(stateAfter(state, 'time-out').ok, !isEnd(state));
    assert.equal(stateAfter(state, 'refuse').ok, !isEnd(state));
    assert.equal(stateAfter(state, 'stop').ok, state === 'routed' || state === 'rendered');
  }
});
