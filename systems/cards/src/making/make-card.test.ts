/** The making of a card under adversity: cut off at every step, done twice at once, defective, overtaken by a death. */
import assert from 'node:assert/strict';
import { type TestContext, test } from 'node:test';
import { fail, mustSucceed, ok, type Result } from '@ishizue/outcome';
import { recordEvent } from '@ishizue/registry';
import { KIYOSE, testAccess } from '@ishizue/registry/testing';
import { applyForCard } from '../application/apply-for-card.ts';
import { findApplicationState } from '../application/find-application-state.ts';
import { revokeDueCertificates } from '../card/revoke-due-certificates.ts';
import type { CardsContext } from '../cards-context.ts';
import { assertSoundHistories } from '../testing/histories.ts';
import { type CardsCountry, cardsCountry } from '../testing/index.ts';
import type { CardWorkshop } from './card-workshop.ts';
import { makeCard } from './make-card.ts';

const codeOf = (result: Result<unknown>): string => (result.ok ? 'ok' : result.failure.code);

class PowerCut extends Error {}

/** What the maker leans on, failing before or after the nth call as a process does that is killed there. */
function cutAt(country: CardsCountry, n: number, when: 'before' | 'after') {
  let calls = 0;
  const passing = async <T>(work: () => Promise<T>): Promise<T> => {
    const isHere = ++calls === n;
    if (isHere && when === 'before') throw new PowerCut();
    const done = await work();
    if (isHere) throw new PowerCut();
    return done;
  };
  const { workshop, certification } = country;
  const cutWorkshop: CardWorkshop = {
    make: (order) => passing(() => workshop.make(order)),
    writeCertificates: (cardId, certificates) =>
      passing(() => workshop.writeCertificates(cardId, certificates)),
    readBack: (cardId) => passing(() => workshop.readBack(cardId)),
    readContents: (cardId, files) => passing(() => workshop.readContents(cardId, files)),
  };
  const context: CardsContext = {
    ...country.cards,
    certification: {
      issueCertificate: (access, order) => passing(() => certification.issueCertificate(access, order)),
      revokeForCard: (access, cardId, reason) => certification.revokeForCard(access, cardId, reason),
      proveCard: (access, signed) => certification.proveCard(access, signed),
    },
  };
  return { context, workshop: cutWorkshop, calls: () => calls };
}

async function applicantsOf(t: TestContext, count: number) {
  const country = await cardsCountry(t);
  const codes = await country.settleIn(
    Array.from({ length: count }, (_, index) => ({ resident_number: String(index + 1) })),
  );
  const applicationIds: string[] = [];
  for (const [index, residentCode] of codes.entries()) {
    const applied = await applyForCard(country.cards, testAccess, { requestId: `r-${index}`, residentCode });
    applicationIds.push(mustSucceed(applied, 'applying').applicationId);
  }
  return { country, codes, applicationIds };
}

const STEPS = 6; // make, two certificates, write, read back, read the contents back

test('killed before or after any step, the next call completes the same card', async (t) => {
  const { country, applicationIds } = await applicantsOf(t, 2 * STEPS + 1);
  const cuts = Array.from({ length: STEPS }, (_, index) => index + 1).flatMap((n) => [
    [n, 'before'] as const,
    [n, 'after'] as const,
  ]);
  for (const [index, [n, when]] of cuts.entries()) {
    const applicationId = applicationIds[index] ?? '';
    const cut = cutAt(country, n, when);
    await assert.rejects(
      makeCard(cut.context, testAccess, applicationId, cut.workshop),
      PowerCut,
      `${when} ${n}`,
    );
    await assertSoundHistories(country.cards.sql);
    country.clock.advance(86_400_000);
    const card = mustSucceed(
      await makeCard(country.cards, testAccess, applicationId, country.workshop),
      `${when} ${n}`,
    );
    assert.equal(card.state, 'made');
    assert.deepEqual(country.certification.standingOf(card.cardId), [
      'authentication: live',
      'signature: live',
    ]);
  }
  const whole = cutAt(country, 0, 'before');
  mustSucceed(
    await makeCard(whole.context, testAccess, applicationIds.at(-1) ?? '', whole.workshop),
    'uncut',
  );
  assert.equal(whole.calls(), STEPS, 'a new step needs its cuts here');
  assert.equal(country.workshop.cards.size, applicationIds.length);
  assert.equal(country.workshop.made, applicationIds.length);
  assert.equal(country.certification.issued.size, 2 * applicationIds.length);
  await assertSoundHistories(country.cards.sql);
});

test('two makers at once make one card', async (t) => {
  const { country, applicationIds } = await applicantsOf(t, 3);
  for (const applicationId of applicationIds) {
    const makers = Array.from({ length: 4 }, () =>
      makeCard(country.cards, testAccess, applicationId, country.workshop),
    );
    const cards = (await Promise.all(makers)).map((card) => mustSucceed(card, 'making').cardId);
    assert.equal(new Set(cards).size, 1);
  }
  assert.equal(country.certification.issued.size, 6);
  await assertSoundHistories(country.cards.sql);
});

test('a card that another reader finds otherwise does not leave: it is void, and the next is another one', async (t) => {
  const { country, applicationIds } = await applicantsOf(t, 1);
  const { cards, workshop, certification } = country;
  const [applicationId = ''] = applicationIds;
  const flip = (der: Uint8Array): Uint8Array => {
    const changed = Buffer.from(der);
    const last = changed.length - 1;
    changed[last] = (changed[last] ?? 0) ^ 1;
    return changed;
  };
  const damages: (typeof workshop.damage)[] = [
    () => [],
    (found) => found.slice(1),
    (found) => found.map(({ kind, der }, index) => ({ kind, der: index === 0 ? flip(der) : der })),
    (found) => found.map(({ kind }, index) => ({ kind, der: found[1 - index]?.der ?? Buffer.alloc(0) })),
  ];
  for (const damage of damages) {
    workshop.damage = damage;
    assert.equal(codeOf(await makeCard(cards, testAccess, applicationId, workshop)), 'card-defective');
    assert.deepEqual(await findApplicationState(cards, testAccess, applicationId), ok('accepted'));
  }
  workshop.damage = (found) => found;
  workshop.damageContents = (files) => ({
    ...files,
    'input-help/0001': flip(files['input-help/0001'] ?? Buffer.alloc(0)),
  });
  const other = await makeCard(cards, testAccess, applicationId, workshop);
  assert.match(other.ok ? '' : other.failure.detail, /^file input-help\/0001, number as text, digests/);
  workshop.damageContents = (files) => files;
  const card = mustSucceed(await makeCard(cards, testAccess, applicationId, workshop), 'the good one');
  assert.equal(workshop.made, damages.length + 2);
  for (const cardId of workshop.cards.keys()) {
    const expected = cardId === card.cardId ? 'live' : 'unspecified';
    assert.deepEqual(certification.standingOf(cardId), [
      `authentication: ${expected}`,
      `signature: ${expected}`,
    ]);
  }
  await assertSoundHistories(cards.sql);
});

test('a refusal of workshop or authority leaves the card begun, for another call', async (t) => {
  const { country, applicationIds } = await applicantsOf(t, 1);
  const { cards, workshop } = country;
  const [applicationId = ''] = applicationIds;
  const closed = () => Promise.resolve(fail('closed', 'no'));
  const withoutMake: CardWorkshop = { ...bound(workshop), make: closed };
  const withoutKey: CardWorkshop = { ...bound(workshop), make: () => Promise.resolve(ok([])) };
  assert.equal(codeOf(await makeCard(cards, testAccess, applicationId, withoutMake)), 'workshop-failed');
  assert.equal(codeOf(await makeCard(cards, testAccess, applicationId, withoutKey)), 'workshop-failed');
  const slow: CardWorkshop = {
    ...bound(workshop),
    make: (order) => {
      country.clock.advance(300_001);
      return workshop.make(order);
    },
  };
  assert.equal(codeOf(await makeCard(cards, testAccess, applicationId, slow)), 'workshop-failed');
  assert.equal(country.certification.issued.size, 0, 'no certificate for a making that took too long');
  const refusing: CardsContext = {
    ...cards,
    certification: { issueCertificate: closed, revokeForCard: closed, proveCard: closed },
  };
  assert.equal(codeOf(await makeCard(refusing, testAccess, applicationId, workshop)), 'certificate-refused');
  assert.deepEqual(await findApplicationState(cards, testAccess, applicationId), ok('manufacturing'));
  mustSucceed(await makeCard(cards, testAccess, applicationId, workshop), 'making');
  assert.equal(workshop.made, 1);
});

test('a death while the card is made voids it, and no certificate of it outlives that', async (t) => {
  const { country, codes, applicationIds } = await applicantsOf(t, 2);
  const { cards, workshop, certification } = country;
  const die = async (residentCode: string): Promise<void> => {
    const event = { reason: 'death', residentCode, eventDate: '2026-11-20' } as const;
    mustSucceed(await recordEvent(country.context, KIYOSE, testAccess, residentCode, event), 'the death');
    await country.settle();
  };
  const [one = '', two = ''] = codes;
  const [first = '', second = ''] = applicationIds;
  // the maker sees it through
  const overtaken: CardWorkshop = {
    ...bound(workshop),
    writeCertificates: async (cardId, certificates) => {
      await die(one);
      await revokeDueCertificates(cards, testAccess);
      return workshop.writeCertificates(cardId, certificates);
    },
  };
  assert.equal(codeOf(await makeCard(cards, testAccess, first, overtaken)), 'card-void-meanwhile');
  const [firstCard = ''] = [...workshop.cards.keys()];
  assert.deepEqual(certification.standingOf(firstCard), [
    'authentication: affiliationChanged',
    'signature: affiliationChanged',
  ]);
  // the maker is killed after certificates were issued for a card that was void already
  const killed: CardWorkshop = {
    ...bound(workshop),
    make: async (order) => {
      const requests = await workshop.make(order);
      await die(two);
      await revokeDueCertificates(cards, testAccess);
      return requests;
    },
    writeCertificates: () => Promise.reject(new PowerCut()),
  };
  await assert.rejects(makeCard(cards, testAccess, second, killed), PowerCut);
  const [, secondCard = ''] = [...workshop.cards.keys()];
  assert.deepEqual(certification.standingOf(secondCard), ['authentication: live', 'signature: live']);
  country.clock.advance(600_000);
  await revokeDueCertificates(cards, testAccess);
  assert.deepEqual(certification.standingOf(secondCard), [
    'authentication: affiliationChanged',
    'signature: affiliationChanged',
  ]);
  assert.equal(codeOf(await makeCard(cards, testAccess, second, workshop)), 'application-refused');
  await assertSoundHistories(cards.sql);
});

const bound = (workshop: CardWorkshop): CardWorkshop => ({
  make: (order) => workshop.make(order),
  writeCertificates: (cardId, certificates) => workshop.writeCertificates(cardId, certificates),
  readBack: (cardId) => workshop.readBack(cardId),
  readContents: (cardId, files) => workshop.readContents(cardId, files),
});

test('an application that is not there, or whose id has a wrong digit, makes nothing', async (t) => {
  const { country, applicationIds } = await applicantsOf(t, 1);
  const make = async (id: string) => codeOf(await makeCard(country.cards, testAccess, id, country.workshop));
  assert.equal(await make('10000000000000000000045'), 'application-id-malformed');
  assert.equal(
    await make(applicationIds[0]?.replace(/^./, (digit) => String((Number(digit) + 1) % 10)) ?? ''),
    'application-id-malformed',
  );
  assert.equal(await make('00000000000000000000097'), 'application-id-malformed');
  assert.equal(await make('00000000000000000079444'), 'application-unknown');
});
