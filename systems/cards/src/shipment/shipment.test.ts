/** From factory to counter: every scan has its answer, what is missing or lost has its path, and no step is half done. */
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { Pseudonyms } from '@ishizue/ledger';
import { mustSucceed } from '@ishizue/outcome';
import { openTypeface } from '@ishizue/pdf';
import { KIYOSE, testAccess } from '@ishizue/registry/testing';
import { voidCard } from '../card/void-card.ts';
import type { CardsContext } from '../cards-context.ts';
import { handOverInHouse } from '../hand-over/in-one-house.ts';
import { makeCard } from '../making/make-card.ts';
import { applicationStateOf, codeOf, countryOf, madeFor } from '../testing/counter.ts';
import { assertSoundHistories } from '../testing/histories.ts';
import { type CardsCountry, handOverCard } from '../testing/index.ts';
import { loseCard } from './lose-card.ts';
import { printParcelList } from './print-parcel-list.ts';
import { closeParcel, scanArrival } from './receive-parcel.ts';
import { packParcel, sendParcel } from './send-parcel.ts';
import { setUpCard } from './set-up-card.ts';
import { takeBackParcel } from './take-back-parcel.ts';

const typeface = mustSucceed(await openTypeface([]), 'the bundled face');

const pack = (country: CardsCountry, requestId: string, cardIds?: readonly string[]) =>
  packParcel(country.cards, testAccess, { requestId, municipality: KIYOSE, ...(cardIds && { cardIds }) });
const scan = async (country: CardsCountry, parcel: string, cardId: string, municipality = KIYOSE) =>
  codeOf(await scanArrival(country.cards, testAccess, { parcel, municipality, cardId }));

test('missing, surplus, twice, void, lost, returned: each has its code and its path, and every person gets a card in the end', async (t) => {
  const { country, codes } = await countryOf(t, 8);
  const { cards, workshop } = country;
  const made = await madeFor(country, codes);
  const [a = '', b = '', c = '', d = '', e = '', f = '', g = '', h = ''] = made.map(({ cardId }) => cardId);
  const packed = await Promise.all([
    pack(country, 'p-1', [a, b, c, d, e]),
    pack(country, 'p-1', [a, b, c, d, e]),
  ]);
  const [first] = packed.map((one) => mustSucceed(one, 'packing').number);
  assert.ok(first);
  assert.equal(mustSucceed(packed[1] ?? packed[0], 'again').number, first, 'the same request is one parcel');
  const list = mustSucceed(await printParcelList(cards, typeface, first), 'the list');
  assert.equal(list.subarray(0, 5).toString(), '%PDF-');
  assert.equal(codeOf(await printParcelList(cards, typeface, 'P000000010')), 'parcel-unknown');
  const second = mustSucceed(await pack(country, 'p-2', [a, f, g]), 'the second');
  assert.deepEqual(second.cards.map(({ cardId }) => cardId).sort(), [f, g].sort(), 'a card is in one parcel');
  assert.equal(
    codeOf(await packParcel(cards, testAccess, { requestId: 'p-1', municipality: '142042' })),
    'request-id-reused',
  );
  assert.equal(
    codeOf(await packParcel(cards, testAccess, { requestId: 'p-9', municipality: '142042' })),
    'nothing-to-send',
  );
  assert.equal(await scan(country, first, a), 'parcel-not-underway');
  mustSucceed(await voidCard(cards, testAccess, e, 'data-changed'), 'void before it is sent');
  const sent = mustSucceed(await sendParcel(cards, testAccess, first), 'sending');
  assert.equal(sent.cards.find(({ cardId }) => cardId === e)?.state, 'withdrawn');
  mustSucceed(await sendParcel(cards, testAccess, second.number), 'sending the second');
  mustSucceed(await voidCard(cards, testAccess, d, 'data-changed'), 'void on its way');

  assert.equal(await scan(country, first, a), 'ok');
  assert.equal(await scan(country, first, a), 'card-scanned-before');
  assert.equal(await scan(country, first, f), 'card-not-in-parcel', 'surplus: it is of the second parcel');
  assert.equal(await scan(country, first, h), 'card-not-in-parcel', 'surplus: it is in no parcel');
  assert.equal(await scan(country, first, e), 'card-not-in-parcel');
  assert.equal(await scan(country, first, d), 'card-already-void');
  assert.equal(await scan(country, first, '0000000000000000'), 'card-unknown');
  assert.equal(await scan(country, first, b, '142042'), 'parcel-of-another-municipality');
  assert.equal(await scan(country, 'P000000010', b), 'parcel-unknown');
  assert.equal(await scan(country, 'junk', b), 'parcel-unknown');
  const close = () => closeParcel(cards, testAccess, { parcel: first, municipality: KIYOSE });
  assert.deepEqual([...mustSucceed(await close(), 'closing').missing].sort(), [b, c, d].sort());
  assert.deepEqual([...mustSucceed(await close(), 'closing again').missing].sort(), [b, c, d].sort());
  assert.equal(await scan(country, first, b), 'ok', 'it turned up');
  mustSucceed(await loseCard(cards, testAccess, c), 'lost');
  assert.equal(mustSucceed(await loseCard(cards, testAccess, c), 'lost again').state, 'void');
  assert.equal(await scan(country, first, c), 'card-already-void', 'it turned up too late');
  assert.deepEqual(country.certification.standingOf(c), [
    'authentication: certificateHold',
    'signature: certificateHold',
  ]);
  const ofC = made.find(({ cardId }) => cardId === c)?.applicationId ?? '';
  assert.equal(await applicationStateOf(country, ofC), 'accepted');
  const anew = mustSucceed(await makeCard(cards, testAccess, ofC, workshop), 'another one');
  assert.notEqual(anew.cardId, c);

  const back = (cardIds: readonly string[], isWhole: boolean) =>
    takeBackParcel(cards, testAccess, { parcel: second.number, cardIds, isWhole });
  assert.equal(codeOf(await back([a], true)), 'card-not-in-parcel');
  const returned = mustSucceed(await back([f], true), 'the second came back, one short');
  assert.deepEqual(Object.fromEntries(returned.cards.map(({ cardId, state }) => [cardId, state])), {
    [f]: 'returned',
    [g]: 'missing',
  });
  assert.equal(
    mustSucceed(await back([f, g], true), 'the other was behind the shelf').cards.every(
      ({ state }) => state === 'returned',
    ),
    true,
  );

  for (const { cardId } of [...made.filter((card) => ![c, d, e].includes(card.cardId)), anew])
    assert.equal(mustSucceed(await handOverCard(country, cardId), cardId).state, 'active');
  const troubles = await cards.sql<{ scanned: string; code: string }[]>`
    SELECT scanned, code FROM cards.parcel_trouble ORDER BY code, scanned`;
  assert.equal(troubles.length, 6, 'what could not be taken is on record');
  assert.equal(
    codeOf(await loseCard(cards, testAccess, a)),
    'application-state-refused',
    'its holder has it',
  );
  await assertSoundHistories(cards.sql);
});

test('cut off before its commit a step has done nothing, and asked again it does all of it', async (t) => {
  const { country, codes } = await countryOf(t, 1);
  const [card] = await madeFor(country, codes);
  assert.ok(card);
  const { cardId, applicationId } = card;
  // the ledger entry is the last of every transaction: whoever is killed there has committed nothing
  const cut: CardsContext = {
    ...country.cards,
    pseudonyms: new Pseudonyms(() => assert.fail('killed')),
  };
  let parcel = '';
  const states: string[] = [];
  const at = { parcel: '', municipality: KIYOSE };
  const steps: ((context: CardsContext) => Promise<unknown>)[] = [
    async (context) => {
      const packed = await packParcel(context, testAccess, { requestId: 'p', municipality: KIYOSE });
      parcel = mustSucceed(packed, 'packing').number;
    },
    async (context) => mustSucceed(await sendParcel(context, testAccess, parcel), 'sending'),
    async (context) =>
      mustSucceed(await scanArrival(context, testAccess, { ...at, parcel, cardId }), 'scanning'),
    async (context) =>
      mustSucceed(await setUpCard(context, testAccess, { cardId, municipality: KIYOSE }), 'set-up'),
    async (context) =>
      mustSucceed(
        await handOverInHouse(context, testAccess, { cardId, inReader: country.workshop.inReader(cardId) }),
        'handing over',
      ),
  ];
  for (const step of steps) {
    const before = await snapshot(country);
    await assert.rejects(step(cut), /killed/);
    assert.deepEqual(await snapshot(country), before);
    await step(country.cards);
    states.push(await applicationStateOf(country, applicationId));
  }
  assert.deepEqual(states, ['made', 'shipped', 'arrived', 'set-up', 'handed-over']);
  await assertSoundHistories(country.cards.sql);
});

async function snapshot({ cards }: CardsCountry): Promise<unknown> {
  const [row] = await cards.sql`
    SELECT (SELECT jsonb_agg(to_jsonb(x)) FROM cards.application x) AS applications,
      (SELECT jsonb_agg(to_jsonb(x)) FROM cards.card x) AS cards, (SELECT jsonb_agg(to_jsonb(x)) FROM cards.parcel x) AS parcels,
      (SELECT jsonb_agg(to_jsonb(x)) FROM cards.parcel_card x) AS packed,
      (SELECT jsonb_agg(to_jsonb(x)) FROM cards.hand_over x) AS hands`;
  return { ...row };
}
