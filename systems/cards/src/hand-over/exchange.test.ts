/**
 * Another card while the one before is in use: the exchange, what may end either of them on the way, and in a property all of it in
 * any order and at two counters. What was true at every instant is read from the histories and by a watcher beside the acts.
 */
import assert from 'node:assert/strict';
import { after, before, test } from 'node:test';
import { inTransaction } from '@ishizue/db';
import { mustSucceed } from '@ishizue/outcome';
import { NATIONAL_SITE } from '@ishizue/registry';
import { testAccess } from '@ishizue/registry/testing';
import * as fc from 'fast-check';
import { applyForCard } from '../application/apply-for-card.ts';
import { findHeldCard } from '../card/find-held-card.ts';
import { revokeDueCertificates } from '../card/revoke-due-certificates.ts';
import { suspendCard, voidCard } from '../card/void-card.ts';
import { makeCard } from '../making/make-card.ts';
import { loseCard } from '../shipment/lose-card.ts';
import { agreed, codeOf, open, proofBy, setUpFor } from '../testing/counter.ts';
import {
  checkExchange,
  dayAfter,
  type ExchangeAct,
  playExchange,
  type RenewingCountry,
  withOldCards,
} from '../testing/exchanges.ts';
import { assertSoundHistories } from '../testing/histories.ts';
import { pastTheGuard } from '../testing/plant-cards.ts';
import { completeHandOver } from './complete-hand-over.ts';
import type { OldCard } from './hand-over-facts.ts';
import type { OpenedHandOver } from './open-hand-over.ts';

const RUNS = 10;
const closers: (() => unknown)[] = [];
let world: RenewingCountry;
before(async () => {
  world = await withOldCards({ after: (work: () => unknown) => void closers.push(work) } as never, 6 + RUNS);
});
after(async () => {
  for (const close of closers.toReversed()) await close();
});

test('a card is renewed in exchange: the old one is in use until the act, and the new one runs a birthday longer', async () => {
  const { country } = world;
  const { cards, certification } = country;
  const residentCode = world.nextCode();
  const [first] = await setUpFor(country, [residentCode]);
  assert.ok(first);
  const exchange = async (card: typeof first, oldCard: OldCard) => {
    const opened = await open(country, card, { oldCard });
    return opened.ok
      ? completeHandOver(cards, testAccess, await proofBy(country, card.cardId, opened.value))
      : opened;
  };
  mustSucceed(await exchange(first, 'none'), 'the first');
  const years = Date.parse('2036-01-10T03:00:00Z') - country.clock.now();
  country.clock.advance(years);
  const [second] = await setUpFor(country, [residentCode]);
  assert.ok(second);
  assert.equal(second.expiresOn, '2046-02-17', 'the eleventh birthday');
  const [row] = await cards.sql`
    SELECT ground, terms_id, previous_card, renews_card_of FROM cards.application WHERE application_id = ${second.applicationId}`;
  assert.deepEqual(
    { ...row },
    { ground: 'expiring', terms_id: null, previous_card: first.cardId, renews_card_of: '2036-02-17' },
  );
  const orders = [...certification.issued.values()].filter(({ order }) => order.cardId === second.cardId);
  assert.deepEqual(
    orders.map(({ order }) => order.renewsCard),
    [first.cardId, first.cardId],
  );
  assert.equal((await findHeldCard(cards, testAccess, { residentCode }))?.cardId, first.cardId);
  const again = { requestId: 'again', residentCode };
  assert.equal(codeOf(await applyForCard(cards, testAccess, again)), 'application-already-open');
  for (const oldCard of ['none', 'lost'] as const)
    assert.equal(codeOf(await exchange(second, oldCard)), 'old-card-missing');
  const live = ['authentication: live', 'signature: live'];
  assert.deepEqual(certification.standingOf(first.cardId), live);
  mustSucceed(await exchange(second, 'returned'), 'the exchange');
  const superseded = ['authentication: superseded', 'signature: superseded'];
  assert.deepEqual(certification.standingOf(first.cardId), superseded);
  assert.deepEqual(certification.standingOf(second.cardId), live);
  const [ends] = await cards.sql`
    SELECT (SELECT changed_at FROM cards.card_change WHERE card_id = ${first.cardId} AND reason = 'superseded')
      = (SELECT changed_at FROM cards.card_change WHERE card_id = ${second.cardId} AND state = 'active') AS same`;
  assert.equal(ends?.['same'], true);
  country.clock.advance(-years);
  await assertSoundHistories(cards.sql);
});

test('what ends on the way leaves the other card as it is; by post the old one was shown; terms are taken once', async () => {
  const { country, next, standing, sql } = world;
  const { cards } = country;
  const renewed = async (residentCode: string, more: object = {}) => {
    const [card] = await setUpFor(country, [residentCode], more);
    assert.ok(card);
    return card;
  };
  const complete = async (card: { cardId: string }, opened: OpenedHandOver, more: object = {}) =>
    completeHandOver(cards, testAccess, { ...(await proofBy(country, card.cardId, opened)), ...more });

  const one = await next();
  const lost = await renewed(one.residentCode);
  mustSucceed(await loseCard(cards, testAccess, lost.cardId), 'lost on its way');
  assert.equal(await standing(one.old), 'active');
  const remade = await makeCard(cards, testAccess, lost.applicationId, country.workshop);
  const { cardId } = mustSucceed(remade, 'made again');
  mustSucceed(await voidCard(cards, testAccess, cardId, 'undelivered'), 'nobody came');
  assert.equal(await standing(one.old), 'active');
  const third = await renewed(one.residentCode);
  mustSucceed(await suspendCard(cards, testAccess, one.old), 'a call');
  assert.equal(
    codeOf(await open(country, third, { oldCard: 'lost' })),
    'old-card-missing',
    'give it up first',
  );
  mustSucceed(await voidCard(cards, testAccess, one.old, 'lost'), 'given up');
  assert.equal(codeOf(await open(country, third)), 'old-card-missing');
  const opened = mustSucceed(await open(country, third, { oldCard: 'lost' }), 'opening');
  mustSucceed(await complete(third, opened), 'the hand-over');
  assert.equal(await standing(one.old), 'void lost');

  const byPost = { receiver: 'post', documents: [] } as const;
  for (const [documents, code] of [
    [['passport'], 'old-card-missing'],
    [['individual-number-card'], 'ok'],
  ] as const) {
    const { residentCode, old } = await next();
    const card = await renewed(residentCode, { visit: { documents, checkedBy: 'o-test' } });
    const posted = await open(country, card, byPost);
    assert.equal(codeOf(posted), code);
    if (posted.ok) mustSucceed(await complete(card, posted.value, { comparedWith: null }), 'by post');
    assert.equal(await standing(old), posted.ok ? 'void superseded' : 'active');
  }

  // terms of a card whose chip is dead: from the counter that has it, for one application
  const four = await next();
  const far = dayAfter(country, 400);
  await pastTheGuard(sql, (tx) => tx`UPDATE cards.card SET expires_on = ${far} WHERE card_id = ${four.old}`);
  const { residentCode } = four;
  const apply = async (requestId: string) =>
    codeOf(await applyForCard(cards, testAccess, { requestId, residentCode }));
  assert.equal(await apply('without'), 'card-already-valid');
  await assert.rejects(agreed(country, residentCode, 'chip-fault'), /ground-not-proved/);
  const fault = { cardInHand: four.old, isExpress: true, requestId: 'fault' };
  await agreed(country, residentCode, 'chip-fault', fault);
  await assert.rejects(
    agreed(country, residentCode, 'chip-fault', { ...fault, requestId: 'twice' }),
    /express-used/,
  );
  assert.equal(await apply('fault'), 'ok');
  const [order] = await cards.sql`
    SELECT is_express, due_on FROM cards.making_order JOIN cards.application USING (application_id) WHERE terms_id = 'fault'`;
  assert.deepEqual({ ...order }, { is_express: true, due_on: '2026-11-26' });

  // planted, past the program
  const five = await next();
  const onWay = await renewed(five.residentCode);
  const guarded = (work: Parameters<typeof inTransaction>[2], constraint_name: string) =>
    assert.rejects(inTransaction(cards.sql, { site: NATIONAL_SITE }, work), { constraint_name });
  await guarded(async (tx) => {
    await tx`UPDATE cards.card SET state = 'void', sequence = 4 WHERE card_id = ${five.old}`;
    await tx`
      INSERT INTO cards.card_change (card_id, sequence, state, reason, changed_at)
      VALUES (${five.old}, 4, 'void', 'superseded', now())`;
  }, 'superseded_in_exchange');
  const hand = mustSucceed(await open(country, onWay, { oldCard: 'returned' }), 'opening');
  await guarded(async (tx) => {
    await tx`UPDATE cards.hand_over SET state = 'completed', done_at = now() WHERE hand_over_id = ${hand.handOverId}`;
    await tx`UPDATE cards.card SET state = 'active', sequence = 3 WHERE card_id = ${onWay.cardId}`;
  }, 'card_one_in_hand');
  await guarded(
    (tx) => tx`
      INSERT INTO cards.card (card_id, application_id, resident_code, state, sequence, issued_on, expires_on)
      SELECT '00000000000000ZZ', application_id, resident_code, 'begun', 1, issued_on, expires_on
      FROM cards.card WHERE card_id = ${five.old}`,
    'card_one_on_its_way',
  );
  await assertSoundHistories(cards.sql);
});

const acts = (...names: readonly ExchangeAct['do'][]) => fc.constantFrom(...names);
const counter = fc.constantFrom<0 | 1>(0, 1);
const anAct: fc.Arbitrary<ExchangeAct> = fc.record({
  do: fc.oneof(
    { weight: 12, arbitrary: acts('open', 'complete') },
    { weight: 4, arbitrary: acts('apply', 'make', 'deliver', 'suspend-old', 'resume-old') },
    { weight: 2, arbitrary: acts('lose-old', 'lose-new', 'void-new', 'open-saying-lost') },
    { weight: 1, arbitrary: acts('another-number', 'expire') },
  ),
  counter,
});
const act = (name: ExchangeAct['do'], at: 0 | 1 = 0): ExchangeAct => ({ do: name, counter: at });

test('in whatever order, at two counters: one card in hand at every instant, and the old one to the very act', async () => {
  const { country, sql, next } = world;
  const ends: Record<string, number> = {};
  await fc.assert(
    fc.asyncProperty(fc.array(fc.tuple(anAct, anAct), { minLength: 3, maxLength: 6 }), async (pairs) => {
      const person = await next();
      const begun: [ExchangeAct, ExchangeAct][] = [
        [act('apply'), act('apply', 1)],
        [act('make'), act('make', 1)],
        [act('deliver'), act('suspend-old')],
        [act('resume-old'), act('open')],
      ];
      await playExchange(country, person, [...begun, ...pairs]);
      const end = await checkExchange(country, person);
      ends[end] = (ends[end] ?? 0) + 1;
    }),
    {
      numRuns: RUNS,
      endOnFailure: true,
      examples: [
        // these three end as expired, lost and superseded, whoever is first
        [
          [
            [act('expire'), act('open')],
            [act('complete'), act('complete', 1)],
            [act('apply'), act('make')],
          ],
        ],
        [
          [
            [act('open', 1), act('open')],
            [act('complete'), act('complete', 1)],
            [act('expire'), act('complete')],
          ],
        ],
        [
          [
            [act('open'), act('lose-old')],
            [act('open-saying-lost'), act('complete')],
            [act('complete'), act('expire')],
          ],
        ],
        [
          [
            [act('open'), act('open', 1)],
            [act('complete', 1), act('another-number')],
            [act('complete'), act('apply')],
          ],
        ],
        [
          [
            [act('complete'), act('lose-old')],
            [act('complete'), act('lose-new')],
            [act('make'), act('complete')],
          ],
        ],
      ],
    },
  );
  assert.ok((ends['superseded'] ?? 0) > 0 && Object.keys(ends).length > 2, JSON.stringify(ends));
  await assertSoundHistories(sql);
  await revokeDueCertificates(country.cards, testAccess);
  const rows = await sql<
    { cardId: string; state: string }[]
  >`SELECT card_id AS "cardId", state FROM cards.card`;
  for (const { cardId, state } of rows)
    if (state === 'void')
      assert.ok(
        country.certification.standingOf(cardId).every((each) => !each.endsWith('live')),
        cardId,
      );
});
