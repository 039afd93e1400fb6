/** From the notice to the end of a card that nobody fetches: told once, posted, returned, destroyed when its time is over. */
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { mustSucceed } from '@ishizue/outcome';
import { openTypeface } from '@ishizue/pdf';
import { printFilesInMemory } from '@ishizue/pdf/testing';
import { findAddressees, recordEvent } from '@ishizue/registry';
import { grantSupport, KIYOSE, testAccess } from '@ishizue/registry/testing';
import { revokeDueCertificates } from '../card/revoke-due-certificates.ts';
import { voidCard } from '../card/void-card.ts';
import { completeHandOver } from '../hand-over/complete-hand-over.ts';
import { postLetters } from '../letters/post-letters.ts';
import { takeReturns } from '../letters/take-returns.ts';
import { writeLetters } from '../letters/write-letters.ts';
import {
  applicationStateOf,
  applied,
  codeOf,
  countryOf,
  madeFor,
  open,
  proofBy,
  setUpFor,
} from '../testing/counter.ts';
import { assertSoundHistories } from '../testing/histories.ts';
import type { CardsCountry } from '../testing/index.ts';
import { DELIVERY_RETURNS, type DeliveryDesk, deliveryBook } from './delivery-book.ts';
import { destroyUndelivered, recordDestroyed } from './destroy-undelivered.ts';
import { keptUntil } from './keep-rule.ts';

const typeface = mustSucceed(await openTypeface([]), 'the bundled face');
const RUN = 'run-of-kiyose';

function deskOf(country: CardsCountry, more: Partial<DeliveryDesk> = {}) {
  const { files, written } = printFilesInMemory();
  const desk: DeliveryDesk = {
    cards: country.cards,
    typeface,
    files,
    findAddressees: (access, codes) => findAddressees(country.context, access, codes),
    ...more,
  };
  return { desk, files: written };
}

test('a batch tells whoever’s card is set up, once, over a kill; posted it is notified; what comes back is known; in the end the card is destroyed', async (t) => {
  const { country, codes } = await countryOf(t, 5);
  const { cards } = country;
  const [fetched, moved, kept, unmade] = await setUpFor(country, codes.slice(0, 4));
  assert.ok(fetched && moved && kept && unmade);
  await madeFor(country, codes.slice(4)); // made, and not there yet: told of later
  const { desk, files } = deskOf(country);
  const address = { wardCode: null, postalCode: null, town: '松山一丁目', lot: '1番1号', building: null };
  const order = { runId: RUN, municipality: KIYOSE };
  const killed = { ...desk, files: { ...desk.files, write: () => Promise.reject(new Error('killed')) } };
  await assert.rejects(writeLetters(killed, testAccess, deliveryBook(killed), order), /killed/);
  assert.equal(
    codeOf(await postLetters(cards, testAccess, deliveryBook({}), { runId: RUN, on: '2026-11-20' })),
    'run-not-finished',
  );
  const out = {
    reason: 'move-out',
    residentCode: codes[1] ?? '',
    eventDate: '2026-11-20',
    destination: '鎌倉市',
  } as const;
  mustSucceed(await recordEvent(country.context, KIYOSE, testAccess, 'out', out), 'moving out');
  const within = {
    reason: 'move-within',
    residentCode: codes[3] ?? '',
    eventDate: '2026-11-20',
    address,
  } as const;
  mustSucceed(await recordEvent(country.context, KIYOSE, testAccess, 'within', within), 'moving');
  await country.settle();
  const [one, two] = await Promise.all(
    [1, 2].map(() => writeLetters(desk, testAccess, deliveryBook(desk), order)),
  );
  assert.ok(one && two);
  const { states } = mustSucceed(one, 'the batch');
  assert.deepEqual(mustSucceed(two, 'the same at once').states, states);
  assert.deepEqual(states, { made: 3, left: 1 }, 'who moved out is not written to');
  const another = await writeLetters(desk, testAccess, deliveryBook(desk), {
    ...order,
    runId: 'run-another',
  });
  assert.deepEqual(mustSucceed(another, 'another').states, { left: 1 }, 'nobody is told twice');
  assert.equal(
    codeOf(await writeLetters(desk, testAccess, deliveryBook(desk), { ...order, runId: 'x' })),
    'run-id-malformed',
  );
  const elsewhere = { ...order, municipality: '142042' };
  assert.equal(
    codeOf(await writeLetters(desk, testAccess, deliveryBook(desk), elsewhere)),
    'run-of-another-municipality',
  );
  assert.equal(files.get(`${RUN}-132217.pdf`)?.subarray(0, 5).toString(), '%PDF-');
  const lines = files.get(`${RUN}-132217-addresses.csv`)?.toString().trim().split('\r\n') ?? [];
  assert.equal(lines.length, 4);

  const post = (on: string) => postLetters(cards, testAccess, deliveryBook({}), { runId: RUN, on });
  assert.equal(codeOf(await post('2026-11-21')), 'day-out-of-bounds');
  // fetched before the letter went out
  const opened = mustSucceed(await open(country, fetched), 'opening');
  mustSucceed(
    await completeHandOver(cards, testAccess, await proofBy(country, fetched.cardId, opened)),
    'fetched',
  );
  assert.equal(mustSucceed(await post('2026-11-20'), 'posting').posted, 3);
  assert.equal(mustSucceed(await post('2026-11-20'), 'posting again').posted, 0);
  assert.equal(await applicationStateOf(country, fetched.applicationId), 'handed-over');
  assert.equal(await applicationStateOf(country, kept.applicationId), 'notified');

  const [keptNotice] = await cards.sql<{ id: number }[]>`
    SELECT notice_id AS id FROM cards.delivery_notice WHERE card_id = ${kept.cardId} AND state = 'handed-over'`;
  const number = lines
    .map((line) => line.split(',')[0] ?? '')
    .find((cell) => cell.startsWith(`K${String(keptNotice?.id).padStart(8, '0')}`));
  const rejected: string[] = [];
  async function* text() {
    yield await Promise.resolve(
      `notice,reason,returned_on\r\n${number},not-collected,2026-11-20\r\n${number?.replace('K', 'E')},refused,2026-11-20\r\n`,
    );
  }
  const reject = (row: { readonly code: string }): Promise<void> =>
    Promise.resolve(void rejected.push(row.code));
  const returned = await takeReturns(cards, {
    text: text(),
    access: testAccess,
    reject,
    book: DELIVERY_RETURNS,
  });
  assert.deepEqual(mustSucceed(returned, 'returns'), { rows: 2, returned: 1, rejected: 1 });
  assert.deepEqual(rejected, ['notice-number-malformed'], 'a notice of expiry is not of this book');

  assert.deepEqual(await destroyUndelivered(cards, testAccess, KIYOSE), []);
  const last = keptUntil('2026-11-20', undefined);
  assert.equal(last, '2027-02-18');
  country.clock.advance(Date.parse(`${last}T14:59:59Z`) - country.clock.now());
  assert.deepEqual(await destroyUndelivered(cards, testAccess, KIYOSE), [], 'on the last day it is there');
  country.clock.advance(1_000);
  const destroyed = await destroyUndelivered(cards, testAccess, KIYOSE);
  assert.ok(destroyed.includes(kept.cardId) && !destroyed.includes(fetched.cardId));
  assert.deepEqual(await destroyUndelivered(cards, testAccess, KIYOSE), []);
  await revokeDueCertificates(cards, testAccess);
  assert.deepEqual(country.certification.standingOf(kept.cardId), [
    'authentication: unspecified',
    'signature: unspecified',
  ]);
  assert.equal(await applicationStateOf(country, kept.applicationId), 'undelivered');
  assert.ok(await applied(country, codes[2] ?? ''), 'the person may apply again');
  await assertSoundHistories(cards.sql);
});

test('the municipality’s own time goes before the rule; a void card’s destruction is recorded, a handed-over one’s is not', async (t) => {
  const { country, codes } = await countryOf(t, 2);
  const { cards } = country;
  const [one, two] = await setUpFor(country, codes);
  assert.ok(one && two);
  const { desk } = deskOf(country, { keepDaysOf: () => 10 });
  mustSucceed(
    await writeLetters(desk, testAccess, deliveryBook(desk), { runId: RUN, municipality: KIYOSE }),
    'the batch',
  );
  const destroy = async (cardId: string) => codeOf(await recordDestroyed(cards, testAccess, cardId));
  assert.equal(await destroy(one.cardId), 'card-not-void');
  mustSucceed(await voidCard(cards, testAccess, one.cardId, 'data-changed'), 'voiding');
  assert.deepEqual([await destroy(one.cardId), await destroy(one.cardId)], ['ok', 'ok']);
  const opened = mustSucceed(await open(country, two), 'opening');
  country.clock.advance(11 * 86_400_000);
  const late = mustSucceed(await open(country, two), 'opening late');
  assert.equal(
    codeOf(await completeHandOver(cards, testAccess, await proofBy(country, two.cardId, opened))),
    'hand-over-over',
  );
  // at the counter and at the shredder in the same moment: one of them has it
  const proof = await proofBy(country, two.cardId, late);
  const [handed, destroyed] = await Promise.all([
    completeHandOver(cards, testAccess, proof),
    destroyUndelivered(cards, testAccess, KIYOSE),
  ]);
  assert.equal(handed.ok, destroyed.length === 0);
  if (handed.ok) mustSucceed(await voidCard(cards, testAccess, two.cardId, 'damaged'), 'voiding');
  assert.equal(await destroy(two.cardId), handed.ok ? 'card-was-handed-over' : 'ok');
  await assertSoundHistories(cards.sql);
});

test('a letter of a try that was killed does not go out, where its person must not be written to any more', async (t) => {
  const { country, codes } = await countryOf(t, 1);
  await setUpFor(country, codes);
  const { desk, files } = deskOf(country);
  const order = { runId: RUN, municipality: KIYOSE };
  const dying: typeof desk = {
    ...desk,
    files: {
      ...desk.files,
      write: async (name, chunks) => {
        if (name.endsWith('.csv')) throw new Error('killed');
        await desk.files.write(name, chunks);
      },
    },
  };
  await assert.rejects(writeLetters(dying, testAccess, deliveryBook(dying), order), /killed/);
  assert.deepEqual([...files.keys()], [`${RUN}-132217.pdf`]);
  await grantSupport(country, KIYOSE, codes[0] ?? '');
  mustSucceed(await writeLetters(desk, testAccess, deliveryBook(desk), order), 'the batch');
  assert.deepEqual([...files.keys()].toSorted(), [
    `${RUN}-132217-addresses.csv`,
    `${RUN}-132217-counter.pdf`,
  ]);
});
