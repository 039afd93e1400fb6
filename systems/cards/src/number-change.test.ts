import assert from 'node:assert/strict';
import { test } from 'node:test';
import { inTransaction } from '@ishizue/db';
import { sendAll } from '@ishizue/link';
import { mustSucceed } from '@ishizue/outcome';
import { INDIVIDUAL_NUMBER_ASSIGNED, INDIVIDUAL_NUMBER_CHANGED } from '@ishizue/registry';
import { sealed, testAccess } from '@ishizue/registry/testing';
import { applyForCard } from './application/apply-for-card.ts';
import { makeCard } from './making/make-card.ts';
import { cardsCountry, handOverCard } from './testing/index.ts';

test('another individual number voids the card that shows the old one; a first number leaves cards as they are', async (t) => {
  const country = await cardsCountry(t);
  const [residentCode = ''] = await country.settleIn([
    { resident_number: '1', birth_date: '1980-02-17', sex: '2' },
  ]);
  const { cards, workshop } = country;
  const applied = await applyForCard(cards, testAccess, { requestId: 'r', residentCode });
  const { applicationId } = mustSucceed(applied, 'applying');
  const { cardId } = mustSucceed(await makeCard(cards, testAccess, applicationId, workshop), 'making');
  mustSucceed(await handOverCard(country, cardId), 'handing over');
  const give = async (topic: string, body: object): Promise<readonly unknown[]> => {
    const link = 'national>municipal/132217:registry';
    await inTransaction(country.context.sql, { site: 'national' }, (tx) =>
      sendAll(tx, [{ link, subject: residentCode, topic, body: { residentCode, ...body } }]),
    );
    country.wake();
    await country.settle();
    const [row] = await cards.sql<{ state: string; reason: string | null }[]>`
      SELECT c.state, h.reason FROM cards.card c JOIN cards.card_change h USING (card_id, sequence)
      WHERE card_id = ${cardId}`;
    return [row?.state, row?.reason];
  };
  const first = { individualNumber: sealed('123456789018') };
  assert.equal((await give(INDIVIDUAL_NUMBER_ASSIGNED, first))[0], 'active');
  const another = { individualNumber: sealed('983205673214'), replaces: first.individualNumber };
  assert.deepEqual(await give(INDIVIDUAL_NUMBER_CHANGED, another), ['void', 'number-changed']);
});
