import assert from 'node:assert/strict';
import { test } from 'node:test';
import * as fc from 'fast-check';
import {
  APPLICATION_EVENTS,
  APPLICATION_STATES,
  type ApplicationState,
  nextApplicationState,
} from './application/application-lifecycle.ts';
import { CARD_EVENTS, CARD_STATES, type CardState, nextCardState } from './card/card-lifecycle.ts';

test('no path leads a card out of void, back to the factory, or to a holder without hand-over', () => {
  fc.assert(
    fc.property(fc.array(fc.constantFrom(...CARD_EVENTS), { maxLength: 30 }), (events) => {
      const path: CardState[] = ['begun'];
      for (const event of events) {
        const next = nextCardState(path.at(-1) ?? 'begun', event);
        if (next.ok) path.push(next.value);
      }
      const firstVoid = path.indexOf('void');
      assert.ok(firstVoid === -1 || firstVoid === path.length - 1);
      assert.equal(path.filter((state) => state === 'begun').length, 1);
      assert.ok(path.filter((state) => state === 'made').length <= 1);
      const used = path.findIndex((state) => state === 'active' || state === 'suspended');
      if (used !== -1) assert.deepEqual(path.slice(0, used + 1), ['begun', 'made', 'active']);
    }),
  );
});

test('no path leads an application out of its ends, and a hand-over has a card before it that was made, sent, received and set up', () => {
  fc.assert(
    fc.property(fc.array(fc.constantFrom(...APPLICATION_EVENTS), { maxLength: 30 }), (events) => {
      const path: ApplicationState[] = ['received'];
      for (const event of events) {
        const next = nextApplicationState(path.at(-1) ?? 'received', event);
        if (next.ok) path.push(next.value);
      }
      for (const end of ['handed-over', 'undelivered', 'refused'] as const) {
        const first = path.indexOf(end);
        assert.ok(first === -1 || first === path.length - 1);
      }
      const handed = path.indexOf('handed-over');
      if (handed !== -1) {
        // the last card's way: made, sent, arrived and set up, in this order, whatever was lost or came back before
        const way = path.slice(path.lastIndexOf('manufacturing'));
        assert.ok(['set-up', 'notified'].includes(way.at(handed - path.length - 1) ?? ''));
        for (const state of ['made', 'shipped', 'arrived', 'set-up'] as const)
          assert.ok(way.includes(state), state);
      }
    }),
  );
});

test('from every state the end can be reached, and every state can be reached', () => {
  for (const state of CARD_STATES)
    assert.equal(nextCardState(state, 'void').ok, state !== 'void', `${state} → void`);
  const cards = new Set(
    CARD_STATES.flatMap((state) => CARD_EVENTS.map((event) => nextCardState(state, event))).map(
      (next) => next.ok && next.value,
    ),
  );
  assert.deepEqual(
    CARD_STATES.filter((state) => !cards.has(state)),
    ['begun'],
  );
  const applications = new Set(
    APPLICATION_STATES.flatMap((state) =>
      APPLICATION_EVENTS.map((event) => nextApplicationState(state, event)),
    ).map((next) => next.ok && next.value),
  );
  assert.deepEqual(
    APPLICATION_STATES.filter((state) => !applications.has(state)),
    [], // what was returned is received again
  );
});
