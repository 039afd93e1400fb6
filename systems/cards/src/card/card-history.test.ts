/**
 * At every instant each card has one state and a whole history: what the database refuses, whoever asks for it, and random
 * acts of two counters, the call centre, the registry and the nightly task at the same time.
 */
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { inTransaction, type Tx } from '@ishizue/db';
import { recordEvent } from '@ishizue/registry';
import { KAMAKURA, KIYOSE, testAccess } from '@ishizue/registry/testing';
import * as fc from 'fast-check';
import { continueUse } from '../continuing-use/continue-use.ts';
import { addToFace } from '../face-additions/add-to-face.ts';
import { switchKind } from '../kinds/face-authentication.ts';
import { type Holder, kamakura, kiyose, type LifeCountry, lifeCountry } from '../life/life-for-tests.ts';
import { endAtCounter } from '../life/return-card.ts';
import { giveUpLost, resumeFound } from '../loss/lost-and-found.ts';
import { recordDeparture } from '../overseas-use/record-departure.ts';
import { assertSoundHistories } from '../testing/histories.ts';
import { CARD_EVENTS, CARD_STATES, nextCardState } from './card-lifecycle.ts';
import { suspendCard } from './void-card.ts';

const step = (tx: Tx, id: string, state: string, sequence: number) => tx`
  INSERT INTO cards.card_change (card_id, sequence, state, changed_at) VALUES (${id}, ${sequence}, ${state}, now())`;
const set = (tx: Tx, id: string, state: string, sequence: number) =>
  tx`UPDATE cards.card SET state = ${state}, sequence = ${sequence} WHERE card_id = ${id}`;

/** What a program with a fault would do to an active card (sequence 3), and which guard has to stop it. */
const VIOLATIONS: Readonly<
  Record<string, readonly [guard: string, act: (tx: Tx, id: string) => Promise<unknown>]>
> = {
  'a state without a step': [
    'card_steps',
    (tx, id) => tx`UPDATE cards.card SET state = 'void' WHERE card_id = ${id}`,
  ],
  'another last day without a step': [
    'card_steps',
    (tx, id) => tx`UPDATE cards.card SET expires_on = expires_on + 1 WHERE card_id = ${id}`,
  ],
  'another kind without a step': [
    'card_steps',
    (tx, id) => tx`UPDATE cards.card SET is_face_authentication = true WHERE card_id = ${id}`,
  ],
  'a step that the lifecycle lacks': [
    'card_steps',
    async (tx, id) => [await set(tx, id, 'made', 4), await step(tx, id, 'made', 4)],
  ],
  'two steps in one': ['card_steps', (tx, id) => set(tx, id, 'suspended', 5)],
  'a step back': ['card_steps', (tx, id) => set(tx, id, 'begun', 1)],
  'another holder': [
    'card_steps',
    (tx, id) => tx`UPDATE cards.card SET resident_code = '24727059608' WHERE card_id = ${id}`,
  ],
  'a step without a history row': ['card_has_history', (tx, id) => set(tx, id, 'suspended', 4)],
  'a history row of another state': [
    'card_has_history',
    async (tx, id) => [await set(tx, id, 'suspended', 4), await step(tx, id, 'void', 4)],
  ],
  'a history row without a step': ['history_within_card', (tx, id) => step(tx, id, 'suspended', 4)],
  'a gap in the history': ['card_history', (tx, id) => step(tx, id, 'suspended', 5)],
  'a history row that leads nowhere': ['card_history', (tx, id) => step(tx, id, 'begun', 4)],
  'a second beginning': ['card_change_pkey', (tx, id) => step(tx, id, 'begun', 1)],
  'a card that begins as active': [
    'card_steps',
    (tx, id) => tx`
      INSERT INTO cards.card (card_id, application_id, resident_code, state, sequence, issued_on, expires_on)
      SELECT '00000000000000ZZ', application_id, resident_code, 'active', 1, issued_on, expires_on
      FROM cards.card WHERE card_id = ${id}`,
  ],
};

test('the database refuses whatever would leave a card without its one state or its whole history', async (t) => {
  const world = await lifeCountry(t, 1);
  const id = world.holders[0]?.cardId ?? '';
  const { sql } = world.country.cards; // the role of cards: what a fault of the programs could do
  for (const [what, [guard, act]] of Object.entries(VIOLATIONS))
    await assert.rejects(
      inTransaction(sql, { site: 'national' }, (tx) => act(tx, id)),
      (error) => error instanceof Error && 'constraint_name' in error && error.constraint_name === guard,
      what,
    );
  for (const erased of [
    (tx: Tx) => tx`DELETE FROM cards.card_change WHERE card_id = ${id}`,
    (tx: Tx) => tx`UPDATE cards.card_change SET state = 'made' WHERE card_id = ${id}`,
    (tx: Tx) => tx`DELETE FROM cards.card WHERE card_id = ${id}`,
    (tx: Tx) => tx`INSERT INTO cards.card_step VALUES ('void', 'active')`,
  ])
    await assert.rejects(inTransaction(sql, { site: 'national' }, erased), { code: '42501' });
  assert.equal(await world.standing({ cardId: id }), 'active');
  await inTransaction(sql, { site: 'national' }, async (tx) => [
    await set(tx, id, 'suspended', 4),
    await step(tx, id, 'suspended', 4),
  ]);
  await assertSoundHistories(world.sql);
  const kept = await world.sql<{ step: string }[]>`
    SELECT state_from || ' ' || state_to AS step FROM cards.card_step ORDER BY 1`;
  const steps = CARD_STATES.flatMap((from) =>
    CARD_EVENTS.flatMap((event) => {
      const next = nextCardState(from, event);
      return next.ok ? [`${from} ${next.value}`] : [];
    }),
  );
  assert.deepEqual(
    kept.map((row) => row.step),
    [...new Set(steps)].sort(),
    'the database and the lifecycle have the same steps',
  );
});

const ACTS = {
  call: ({ country }, { cardId }) => suspendCard(country.cards, testAccess, cardId),
  found: ({ life }, { cardId }) =>
    resumeFound(life, kiyose, { cardId, isHolderPresent: true, documents: ['passport'] }),
  address: ({ life, today }, { cardId }) =>
    addToFace(life, kiyose, { cardId, kind: 'address', changedOn: today() }),
  face: ({ life }, { cardId }) => switchKind(life, kiyose, { cardId, toFaceAuthentication: true }),
  plain: ({ life }, { cardId }) => switchKind(life, kiyose, { cardId, toFaceAuthentication: false }),
  continue: ({ life, today }, { cardId }) => continueUse(life, kamakura, { cardId, declaredOn: today() }),
  departs: ({ life, today }, { cardId }) =>
    recordDeparture(life, kiyose, { cardId, departsOn: today(), isJapanese: true }),
  lost: ({ life }, { cardId }) => giveUpLost(life, kiyose, { cardId, isLostAtHome: true }),
  returned: ({ life }, { cardId }) => endAtCounter(life, kamakura, { cardId, reason: 'returned' }),
  leaves: (world, holder) => world.leave(holder, KIYOSE),
  arrives: (world, holder) => world.arrive(holder, KAMAKURA),
  dies: ({ country, today }, { residentCode }, id) =>
    recordEvent(country.context, KIYOSE, testAccess, id, {
      reason: 'death',
      residentCode,
      eventDate: today(),
    }),
  night: (world) => {
    world.passDays(20);
    return world.lapse();
  },
} satisfies Record<string, (world: LifeCountry, holder: Holder, id: string) => Promise<unknown>>;
type Act = keyof typeof ACTS;
const NAMES = Object.keys(ACTS) as readonly Act[];
/** Acts that end a card are rare, so that walks get far. */
const act = fc.oneof(
  { weight: 8, arbitrary: fc.constantFrom<Act>('call', 'found', 'address', 'face', 'plain') },
  { weight: 4, arbitrary: fc.constantFrom<Act>('leaves', 'arrives', 'continue') },
  { weight: 1, arbitrary: fc.constantFrom(...NAMES) },
);

const HOLDERS = 10;
/** Gone in every run: through suspension, a move, an end, all with company. */
const FIXED: [Act[][]][] = [
  [
    [
      ['call', 'address'],
      ['found', 'call', 'found'],
      ['leaves', 'address'],
      ['arrives', 'night'],
      ['continue', 'returned'],
      ['night', 'lost'],
    ],
  ],
];

test('counters, call centre, registry and the night at once leave one state and a whole history of every card', async (t) => {
  const world = await lifeCountry(t, HOLDERS);
  let walk = 0;
  await fc.assert(
    fc.asyncProperty(
      fc.array(fc.array(act, { minLength: 2, maxLength: 4 }), { minLength: 3, maxLength: 5 }),
      async (rounds) => {
        const holder = world.holders[walk % HOLDERS];
        walk += 1;
        assert.ok(holder);
        for (const [round, together] of rounds.entries()) {
          const ends = await Promise.allSettled(
            together.map((each, place) => ACTS[each](world, holder, `act-${walk}-${round}-${place}`)),
          );
          for (const end of ends) if (end.status === 'rejected') throw end.reason;
          await world.country.settle();
          await assertSoundHistories(world.sql);
        }
      },
    ),
    { numRuns: HOLDERS, examples: FIXED, endOnFailure: true },
  );
  const [passed] = await world.sql<{ reasons: number; steps: number }[]>`
    SELECT count(DISTINCT reason)::int AS reasons, count(*)::int AS steps FROM cards.card_change`;
  assert.ok((passed?.reasons ?? 0) >= 4 && (passed?.steps ?? 0) > 4 * HOLDERS, JSON.stringify(passed));
});
