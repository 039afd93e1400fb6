/**
 * At the counter: who gets a card, who does not, and that two counters, a call and a clock in any order put no card into wrong
 * hands. The property reads the tables and its own record of what was signed, past the code that it tests.
 */
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { isIdentityProved } from '@ishizue/jpki';
import { mustSucceed } from '@ishizue/outcome';
import { recordEvent } from '@ishizue/registry';
import { KIYOSE, testAccess } from '@ishizue/registry/testing';
import * as fc from 'fast-check';
import { suspendCard, voidCard } from '../card/void-card.ts';
import { makeCard } from '../making/make-card.ts';
import { loseCard } from '../shipment/lose-card.ts';
import { setUpCard } from '../shipment/set-up-card.ts';
import { agreed, applied, codeOf, countryOf, madeFor, open, proofBy, setUpFor } from '../testing/counter.ts';
import { assertSoundHistories } from '../testing/histories.ts';
import { type CardsCountry, handOverCard } from '../testing/index.ts';
import { completeHandOver } from './complete-hand-over.ts';
import type { HandOverFacts } from './hand-over-facts.ts';
import { deliverInHouse } from './in-one-house.ts';
import type { OpenedHandOver } from './open-hand-over.ts';

test('who comes, with what: the documents of the day, representatives and proxies with a certified ground', async (t) => {
  const { country, codes } = await countryOf(t, [{}, { birth_date: '2015-06-01' }]);
  const [adult, child] = await setUpFor(country, codes);
  assert.ok(adult && child);
  const proxy = {
    receiver: 'proxy',
    receiverDocuments: ['drivers-licence'],
    ground: 'illness-by-doctor',
  } as const;
  const parent = { receiver: 'legal-representative', ground: 'parent-by-family-register' } as const;
  const two = ['student-card', 'bank-book'];
  const cases: [typeof adult, Partial<HandOverFacts>, string][] = [
    [adult, { documents: [] }, 'identity-not-proved'],
    [adult, { documents: ['student-card', 'student-card'] }, 'identity-not-proved'],
    [adult, { documents: ['health-insurance-card', 'student-card'] }, 'identity-not-proved'],
    [adult, { documents: two }, 'ok'],
    [adult, { ...proxy, receiverDocuments: ['bank-book'] }, 'receiver-not-proved'],
    [adult, { ...proxy, ground: null }, 'ground-not-certified'],
    [adult, { ...proxy, ground: 'parent-by-family-register' }, 'ground-not-certified'],
    [adult, { ...proxy, documents: two }, 'photograph-needed'],
    [adult, proxy, 'ok'],
    [adult, { receiver: 'post', documents: [] }, 'not-by-post'],
    [child, {}, 'representative-needed'],
    [child, parent, 'receiver-not-proved'],
    [child, { ...parent, documents: two, receiverDocuments: ['passport'] }, 'ok'],
  ];
  for (const [card, facts, expected] of cases)
    assert.equal(codeOf(await open(country, card, facts)), expected, JSON.stringify(facts));
  assert.ok(isIdentityProved(['health-insurance-card', 'student-card'], '2025-12-01'));
  assert.ok(!isIdentityProved(['health-insurance-card', 'student-card'], '2025-12-02'));
  const [entries] = await country.database.superuser()<{ n: number }[]>`
    SELECT count(*)::int AS n FROM ledger.entry WHERE fields @> ARRAY['hand-over-open'] AND result <> 'ok'`;
  assert.equal(entries?.n, cases.filter(([, , code]) => code !== 'ok').length, 'refusals are on the ledger');
});

test('a hand-over ends by the card itself, the face, the time and the register of this very day', async (t) => {
  const { country, codes } = await countryOf(t, 5);
  const [one, two, three, four, five] = await setUpFor(country, codes);
  assert.ok(one && two && three && four && five);
  const complete = (proof: Parameters<typeof completeHandOver>[2]) =>
    completeHandOver(country.cards, testAccess, proof);
  assert.equal(
    codeOf(await open(country, { ...one, applicationId: two.applicationId })),
    'card-of-another-record',
  );
  assert.equal(
    codeOf(await open(country, one, {}, { municipality: '142042' })),
    'card-at-another-municipality',
  );
  assert.equal(codeOf(await open(country, { ...one, cardId: 'SCANNED?' })), 'card-unknown');
  const opened = mustSucceed(await open(country, one), 'opening');
  const proof = await proofBy(country, one.cardId, opened);
  assert.equal(codeOf(await complete({ ...proof, signature: Buffer.alloc(70) })), 'card-not-proved');
  const other = await proofBy(country, two.cardId, opened);
  assert.equal(codeOf(await complete(other)), 'card-of-another-record', 'another card is in the reader');
  assert.equal(codeOf(await complete({ ...proof, comparedWith: 'document' })), 'face-not-compared');
  assert.equal(codeOf(await complete({ ...proof, resembles: false })), 'photo-does-not-resemble');
  assert.equal(codeOf(await complete(proof)), 'hand-over-over', 'a refusal is not taken back');
  const again = await proofBy(country, one.cardId, mustSucceed(await open(country, one), 'opening again'));
  country.clock.advance(900_000);
  assert.equal(codeOf(await complete(again)), 'challenge-expired');
  const last = mustSucceed(await open(country, one), 'opening once more');
  assert.equal(
    codeOf(await complete({ ...proof, handOverId: last.handOverId })),
    'card-not-proved',
    'an old signature',
  );
  const good = await proofBy(country, one.cardId, last);
  assert.equal(mustSucceed(await complete(good), 'the act').state, 'active');
  assert.equal(codeOf(await complete(good)), 'ok', 'asked again');
  assert.equal(
    codeOf(await complete({ ...good, handOverId: '00000000-0000-4000-8000-000000000000' })),
    'hand-over-unknown',
  );

  const late = await proofBy(country, two.cardId, mustSucceed(await open(country, two), 'two'));
  const move = { reason: 'move-within', eventDate: '2026-11-20' } as const;
  const address = { wardCode: null, postalCode: null, town: '松山一丁目', lot: '1番1号', building: null };
  const moved = { ...move, residentCode: codes[1] ?? '', address };
  mustSucceed(await recordEvent(country.context, KIYOSE, testAccess, 'move', moved), 'the move');
  await country.settle();
  assert.equal(codeOf(await complete(late)), 'data-changed');
  const dead = await proofBy(country, three.cardId, mustSucceed(await open(country, three), 'three'));
  mustSucceed(await voidCard(country.cards, testAccess, three.cardId, 'damaged'), 'voiding');
  assert.equal(codeOf(await complete(dead)), 'card-state-refused');
  const lost = await proofBy(country, four.cardId, mustSucceed(await open(country, four), 'four'));
  mustSucceed(await loseCard(country.cards, testAccess, four.cardId), 'losing');
  assert.equal(codeOf(await complete(lost)), 'card-state-refused');

  // planted, past the program: the database lets no card become active that nobody was handed
  const sql = country.database.superuser();
  await assert.rejects(
    sql`UPDATE cards.card SET state = 'active', sequence = sequence + 1 WHERE card_id = ${five.cardId}`,
    {
      constraint_name: 'handed_over',
    },
  );
  await assert.rejects(
    sql`UPDATE cards.hand_over SET state = 'open', done_at = NULL WHERE card_id = ${one.cardId}`,
    { constraint_name: 'ended_once' },
  );
  await sql.end();
  await assertSoundHistories(country.cards.sql);
});

test('a card before this one comes back; a card by post was asked for in person', async (t) => {
  const { country, codes } = await countryOf(t, 2);
  const [code = '', byPost = ''] = codes;
  const [first] = await setUpFor(country, [code]);
  mustSucceed(await handOverCard(country, first?.cardId ?? ''), 'the first');
  mustSucceed(await voidCard(country.cards, testAccess, first?.cardId ?? '', 'damaged'), 'voiding');
  const [second] = await setUpFor(country, [code], await agreed(country, code, 'damaged'));
  assert.ok(second);
  assert.equal(codeOf(await open(country, second)), 'old-card-missing');
  assert.equal(codeOf(await open(country, second, { oldCard: 'returned' })), 'ok');

  const visit = { documents: ['passport'], checkedBy: 'o-test' };
  await assert.rejects(
    applied(country, byPost, { visit: { ...visit, documents: ['bank-book'] } }),
    /identity-not-proved/,
  );
  await applied(country, byPost, { visit });
  const [row] = await country.cards.sql<{ id: string }[]>`
    SELECT application_id AS id FROM cards.making_order WHERE delivery = 'post'`;
  const posted = await madeAndDelivered(country, row?.id ?? '');
  const opened = mustSucceed(await open(country, posted, { receiver: 'post', documents: [] }), 'by post');
  const proof = await proofBy(country, posted.cardId, opened);
  const completed = await completeHandOver(country.cards, testAccess, { ...proof, comparedWith: null });
  assert.equal(mustSucceed(completed, 'by post').state, 'active');
});

async function madeAndDelivered(country: CardsCountry, applicationId: string) {
  const made = mustSucceed(
    await makeCard(country.cards, testAccess, applicationId, country.workshop),
    'making',
  );
  return mustSucceed(await deliverInHouse(country.cards, testAccess, made.cardId), 'delivering');
}

/** What may happen at two counters: each has a record on its screen and a card in its reader. */
type Act =
  | { readonly do: 'open'; readonly counter: 0 | 1; readonly record: 0 | 1; readonly scanned: 0 | 1 }
  | { readonly do: 'complete'; readonly counter: 0 | 1; readonly inReader: 0 | 1; readonly signs: 0 | 1 }
  | { readonly do: 'void' | 'lose' | 'suspend'; readonly card: 0 | 1 }
  | { readonly do: 'wait' };

const bit = fc.constantFrom<0 | 1>(0, 1);
const anAct: fc.Arbitrary<Act> = fc.oneof(
  {
    weight: 5,
    arbitrary: fc.record({ do: fc.constant('open' as const), counter: bit, record: bit, scanned: bit }),
  },
  {
    weight: 6,
    arbitrary: fc.record({ do: fc.constant('complete' as const), counter: bit, inReader: bit, signs: bit }),
  },
  {
    weight: 1,
    arbitrary: fc.record({
      do: fc.constantFrom('void' as const, 'lose' as const, 'suspend' as const),
      card: bit,
    }),
  },
  { weight: 1, arbitrary: fc.constant({ do: 'wait' as const }) },
);

const RUNS = 14;

test('two counters in any order, at once, with calls between: a card goes to its own record only, once, and only by its own signature', async (t) => {
  const { country, codes } = await countryOf(t, 2 * RUNS);
  let run = 0;
  let handedOver = 0;
  await fc.assert(
    fc.asyncProperty(fc.array(fc.tuple(anAct, anAct), { minLength: 4, maxLength: 9 }), async (pairs) => {
      const two = await setUpFor(country, codes.slice(2 * run, 2 * run + 2));
      run += 1;
      handedOver += await playAndCheck(country, two, pairs);
    }),
    {
      numRuns: RUNS,
      endOnFailure: true,
      examples: [
        // both counters have the same card; the later opening counts; the wrong card is tried; then both complete at once
        [
          [
            [opening(0, 0, 0), opening(1, 0, 0)],
            [opening(1, 1, 1), opening(0, 0, 0)],
            [completing(0, 1, 1), completing(1, 0, 0)],
            [completing(0, 0, 0), completing(1, 1, 1)],
            [completing(0, 0, 0), { do: 'void', card: 0 }],
          ],
        ],
      ],
    },
  );
  assert.ok(handedOver > 0, 'some cards were handed over');
  await assertSoundHistories(country.cards.sql);
});

const opening = (counter: 0 | 1, record: 0 | 1, scanned: 0 | 1): Act => ({
  do: 'open',
  counter,
  record,
  scanned,
});
const completing = (counter: 0 | 1, inReader: 0 | 1, signs: 0 | 1): Act => ({
  do: 'complete',
  counter,
  inReader,
  signs,
});

type Two = Awaited<ReturnType<typeof setUpFor>>;

/** Plays pairs of acts at once; answers how many cards their holders have, each for a reason that the test knows itself. */
async function playAndCheck(country: CardsCountry, two: Two, pairs: readonly [Act, Act][]): Promise<number> {
  const screens: (OpenedHandOver | undefined)[] = [];
  const signedBy = new Map<string, Set<string>>();
  const perform = async (act: Act): Promise<void> => {
    const { cards } = country;
    if (act.do === 'open') {
      const [record, scanned] = [two[act.record], two[act.scanned]];
      if (!record || !scanned) throw new Error('two cards');
      const opened = await open(country, { applicationId: record.applicationId, cardId: scanned.cardId });
      if (opened.ok) {
        assert.equal(act.record, act.scanned, 'a card of another record was opened');
        screens[act.counter] = opened.value;
      }
    } else if (act.do === 'complete') {
      const screen = screens[act.counter];
      const [reader, signer] = [two[act.inReader]?.cardId ?? '', two[act.signs]?.cardId ?? ''];
      if (!screen) return;
      const proof = await proofBy(country, signer, screen);
      const certificate = await country.workshop.inReader(reader).readCertificate();
      if (reader === signer)
        signedBy.set(screen.handOverId, (signedBy.get(screen.handOverId) ?? new Set()).add(signer));
      await completeHandOver(cards, testAccess, { ...proof, certificate });
    } else if (act.do === 'wait') country.clock.advance(500_000);
    else {
      const cardId = two[act.card]?.cardId ?? '';
      if (act.do === 'void') await voidCard(cards, testAccess, cardId, 'damaged');
      else if (act.do === 'lose') await loseCard(cards, testAccess, cardId);
      else await suspendCard(cards, testAccess, cardId);
    }
  };
  for (const pair of pairs) await Promise.all(pair.map(perform));
  const rows = await country.cards.sql<
    {
      card: string;
      state: string;
      passed: string[];
      handOvers: string[];
      application: string;
      isOne: boolean;
    }[]
  >`
    SELECT c.card_id AS card, c.state, c.application_id AS application,
      ARRAY(SELECT state FROM cards.card_change h WHERE h.card_id = c.card_id) AS passed,
      ARRAY(SELECT hand_over_id::text FROM cards.hand_over h WHERE h.card_id = c.card_id AND h.state = 'completed')
        AS "handOvers",
      a.resident_code = c.resident_code AS "isOne"
    FROM cards.card c JOIN cards.application a USING (application_id)
    WHERE c.card_id = ANY(${two.map(({ cardId }) => cardId)})`;
  for (const row of rows) {
    const wasActive = row.passed.filter((state) => state === 'active').length;
    assert.equal(row.handOvers.length, wasActive, 'as many hand-overs as times it came into hands');
    assert.ok(row.handOvers.length <= 1 && row.isOne);
    for (const id of row.handOvers)
      assert.ok(
        signedBy.get(id)?.has(row.card),
        'handed over without the signature of this card for this hand-over',
      );
    if (row.state === 'active' || row.state === 'suspended') assert.equal(row.handOvers.length, 1);
  }
  return rows.filter(({ handOvers }) => handOvers.length === 1).length;
}

test('what has not arrived or was not set up is not handed over', async (t) => {
  const { country, codes } = await countryOf(t, 1);
  const [card] = await madeFor(country, codes);
  assert.ok(card);
  assert.equal(codeOf(await open(country, card)), 'card-not-at-counter');
  const at = { cardId: card.cardId, municipality: KIYOSE };
  assert.equal(codeOf(await setUpCard(country.cards, testAccess, at)), 'card-not-at-counter');
});
