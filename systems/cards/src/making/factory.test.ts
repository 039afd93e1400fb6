/** The factory's queue: order, leases, two factories, a stop, a card that is half made where the lights went out. */
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { fail, mustSucceed, ok } from '@ishizue/outcome';
import { testAccess } from '@ishizue/registry/testing';
import { revokeDueCertificates } from '../card/revoke-due-certificates.ts';
import type { CardsContext } from '../cards-context.ts';
import { agreed, applicationStateOf, applied, codeOf, countryOf } from '../testing/counter.ts';
import { assertSoundHistories } from '../testing/histories.ts';
import { TestWorkshop } from '../testing/index.ts';
import type { CardWorkshop } from './card-workshop.ts';
import { makeCard } from './make-card.ts';
import { factoryDue } from './making-due.ts';
import { runFactory } from './run-factory.ts';
import { takeOrders } from './take-orders.ts';

const LEASE_MS = 1_800_000;

test('due dates are business days by the rule of the order; an express card leaves by the day that was agreed at the latest', () => {
  const cases: [orderedOn: string, expressDueOn: string | null, expected: string][] = [
    ['2026-11-20', null, '2026-12-21'], // 23 November is a holiday
    ['2026-12-25', '2027-01-05', '2027-01-05'], // offices are closed over the new year
    ['2026-11-20', '2026-11-27', '2026-11-26'],
    ['2026-11-20', '2026-11-24', '2026-11-24'], // agreed on days before the application
    ['2024-12-02', '2024-12-09', '2024-12-05'],
  ];
  for (const [on, expressDueOn, expected] of cases)
    assert.equal(factoryDue(on, expressDueOn), expected, JSON.stringify([on, expressDueOn]));
});

test('express before ordinary, then by due date; two factories at once share no order; a batch is bounded', async (t) => {
  const { country, codes } = await countryOf(t, 7);
  const { cards } = country;
  const ids: string[] = [];
  for (const [index, code] of codes.entries()) {
    if (index === 3) country.clock.advance(86_400_000 * 5);
    const express = { isExpress: true, eventOn: '2026-11-20' };
    const terms = index === 5 ? await agreed(country, code, 'newly-registered', express) : {};
    ids.push(await applied(country, code, terms));
  }
  const [first, second] = await Promise.all(
    ['east', 'west'].map((factory) => takeOrders(cards, testAccess, { factory, orders_max: 3 })),
  );
  assert.ok(first?.ok && second?.ok);
  const taken = [...first.value, ...second.value].map(({ applicationId }) => applicationId);
  assert.equal(new Set(taken).size, 6, 'no order twice');
  assert.ok(
    [first, second].some(({ value }) => value[0]?.applicationId === ids[5]),
    'express is first of a batch',
  );
  assert.deepEqual(
    new Set(taken.filter((id) => ids.slice(0, 3).includes(id))).size,
    3,
    'what is due first is taken',
  );
  const again = mustSucceed(await takeOrders(cards, testAccess, { factory: 'east', orders_max: 4 }), 'again');
  for (const { applicationId } of first.value)
    assert.ok(
      again.some((order) => order.applicationId === applicationId),
      'what it has already, it has',
    );
  assert.equal(again.length, 4);
  const refused = async (factory: string, orders_max: number) =>
    codeOf(await takeOrders(cards, testAccess, { factory, orders_max }));
  assert.equal(await refused('East!', 1), 'factory-malformed');
  assert.equal(await refused('east', 501), 'batch-out-of-bounds');
  const [mine] = second.value;
  assert.equal(
    codeOf(await makeCard(cards, testAccess, mine?.applicationId ?? '', country.workshop, 'east')),
    'making-elsewhere',
  );
  const third = mustSucceed(
    await takeOrders(cards, testAccess, { factory: 'south', orders_max: 9 }),
    'south',
  );
  assert.equal(third.length, 0, 'all are somebody’s');
});

test('a factory that is stopped, killed and started again makes each card once; what a dead one began is void, and another’s is made', async (t) => {
  const { country, codes } = await countryOf(t, 6);
  const { cards, workshop } = country;
  const ids: string[] = [];
  for (const code of codes) ids.push(await applied(country, code));
  const run = (factory: string, using: CardWorkshop, orders_max: number, isStopped?: () => boolean) =>
    runFactory(cards, testAccess, { factory, orders_max, workshop: using, ...(isStopped && { isStopped }) });
  let made = 0;
  const stopped = mustSucceed(await run('east', workshop, 6, () => made++ >= 2), 'stopped');
  assert.deepEqual([stopped.taken, stopped.made.length], [6, 2]);
  const dying: CardWorkshop = {
    make: (order) => workshop.make(order),
    writeCertificates: () => Promise.reject(new Error('the lights went out')),
    readBack: (cardId) => workshop.readBack(cardId),
    readContents: (cardId, files) => workshop.readContents(cardId, files),
  };
  await assert.rejects(run('east', dying, 6), /the lights went out/);
  const half = [...workshop.cards.keys()].at(-1) ?? '';
  const elsewhere = new TestWorkshop();
  const idle = mustSucceed(await run('west', elsewhere, 6), 'west finds nothing yet');
  assert.equal(idle.taken, 0);
  country.clock.advance(LEASE_MS);
  const west = mustSucceed(await run('west', elsewhere, 6), 'west takes over');
  assert.deepEqual([west.taken, west.made.length, west.troubles], [4, 4, []]);
  assert.ok(!west.made.includes(half), 'what lies half made at the other factory is not this card');
  const back = mustSucceed(await run('east', workshop, 6), 'east is back');
  assert.equal(back.taken, 0);
  country.clock.advance(600_000);
  await revokeDueCertificates(cards, testAccess);
  assert.deepEqual(country.certification.standingOf(half), [
    'authentication: unspecified',
    'signature: unspecified',
  ]);
  for (const id of ids) assert.equal(await applicationStateOf(country, id), 'made');
  const [rows] = await cards.sql<{ valid: number; persons: number }[]>`
    SELECT count(*)::int AS valid, count(DISTINCT resident_code)::int AS persons FROM cards.card WHERE state = 'made'`;
  assert.deepEqual({ ...rows }, { valid: 6, persons: 6 });
  await assertSoundHistories(cards.sql);
});

test('a factory that is overtaken in the middle of a card does not get it out', async (t) => {
  const { country, codes } = await countryOf(t, 1);
  const { cards, workshop } = country;
  const id = await applied(country, codes[0] ?? '');
  const elsewhere = new TestWorkshop();
  let overtaken = '';
  const slow: CardWorkshop = {
    make: (order) => workshop.make(order),
    readBack: (cardId) => workshop.readBack(cardId),
    readContents: (cardId, files) => workshop.readContents(cardId, files),
    writeCertificates: async (cardId, certificates) => {
      const written = await workshop.writeCertificates(cardId, certificates);
      country.clock.advance(LEASE_MS);
      overtaken = mustSucceed(await makeCard(cards, testAccess, id, elsewhere, 'west'), 'the other').cardId;
      return written;
    },
  };
  assert.equal(codeOf(await makeCard(cards, testAccess, id, slow, 'east')), 'card-void-meanwhile');
  assert.equal(
    mustSucceed(await makeCard(cards, testAccess, id, workshop, 'east'), 'as it is').cardId,
    overtaken,
  );
  assert.equal(workshop.cards.has(overtaken), false);
  await assertSoundHistories(cards.sql);
});

test('what cannot be in the signature certificate is left out at the factory, and the order says so', async (t) => {
  const { country, codes } = await countryOf(t, 2);
  const { workshop } = country;
  const refusing = (code: string): CardsContext => ({
    ...country.cards,
    certification: {
      issueCertificate: (access, order) =>
        order.kind === 'signature'
          ? Promise.resolve(fail(code, 'planted'))
          : country.certification.issueCertificate(access, order),
      revokeForCard: () => Promise.resolve(ok(undefined)),
      proveCard: (access, signed) => country.certification.proveCard(access, signed),
    },
  });
  const [one, two] = [await applied(country, codes[0] ?? ''), await applied(country, codes[1] ?? '')];
  const left = await makeCard(refusing('substitute-needed'), testAccess, one, workshop);
  const { cardId } = mustSucceed(left, 'without the signature certificate');
  assert.deepEqual(country.certification.standingOf(cardId), ['authentication: live']);
  const [order] = await country.cards
    .sql`SELECT left_out FROM cards.making_order WHERE application_id = ${one}`;
  assert.equal(order?.['left_out'], 'substitute-needed');
  assert.equal(
    codeOf(await makeCard(refusing('signing-refused'), testAccess, two, workshop)),
    'certificate-refused',
  );
});
