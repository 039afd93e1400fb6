/** A changed resident code ends the card (番号法施行令 art. 14); the person gets another one under the new code. */
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { mustSucceed } from '@ishizue/outcome';
import { recordEvent } from '@ishizue/registry';
import { KIYOSE, testAccess } from '@ishizue/registry/testing';
import { applyForCard } from './application/apply-for-card.ts';
import { findApplicationState } from './application/find-application-state.ts';
import { revokeDueCertificates } from './card/revoke-due-certificates.ts';
import { makeCard } from './making/make-card.ts';
import { type CardsCountry, cardsCountry, handOverCard } from './testing/index.ts';

async function apply(country: CardsCountry, residentCode: string, requestId: string): Promise<string> {
  const applied = await applyForCard(country.cards, testAccess, { requestId, residentCode });
  return mustSucceed(applied, 'applying').applicationId;
}

async function active(country: CardsCountry, residentCode: string, requestId: string): Promise<string> {
  const application = await apply(country, residentCode, requestId);
  const { cardId } = mustSucceed(
    await makeCard(country.cards, testAccess, application, country.workshop),
    'making',
  );
  mustSucceed(await handOverCard(country, cardId), 'handing over');
  return cardId;
}

test('card and application of the person end with the old code, nobody else’s do, and a new card is made', async (t) => {
  const country = await cardsCountry(t);
  const [adult = '', other = '', waiting = ''] = await country.settleIn([
    { resident_number: '1' },
    { resident_number: '2', name: '清瀬　太郎', birth_date: '1970-01-01' },
    { resident_number: '3', name: '清瀬　花', birth_date: '1975-01-01' },
  ]);
  const cards = [await active(country, adult, 'card-1'), await active(country, other, 'card-2')];
  const application = await apply(country, waiting, 'card-3');
  const change = async (residentCode: string): Promise<string> => {
    const changed = await recordEvent(country.context, KIYOSE, testAccess, `change ${residentCode}`, {
      reason: 'resident-code-change',
      residentCode,
      eventDate: '2026-11-20',
    });
    return mustSucceed(changed, 'the change').residentCode;
  };
  const newCode = await change(adult);
  await change(waiting);
  await country.settle();
  const rows = await country.cards.sql<{ id: string; state: string; reason: string | null }[]>`
    SELECT c.card_id AS id, c.state, h.reason FROM cards.card c
    JOIN cards.card_change h USING (card_id, sequence) WHERE c.card_id = ANY(${cards})`;
  const stateOf = new Map(rows.map(({ id, state, reason }) => [id, `${state} ${reason}`]));
  assert.deepEqual(
    cards.map((card) => stateOf.get(card)),
    ['void code-changed', 'active null'],
  );
  assert.equal(
    mustSucceed(await findApplicationState(country.cards, testAccess, application), 'its state'),
    'refused',
  );
  await revokeDueCertificates(country.cards, testAccess);
  assert.deepEqual(country.certification.standingOf(cards[0] ?? ''), [
    'authentication: affiliationChanged',
    'signature: affiliationChanged',
  ]);
  assert.deepEqual(country.certification.standingOf(cards[1] ?? ''), [
    'authentication: live',
    'signature: live',
  ]);
  const again = await applyForCard(country.cards, testAccess, { requestId: 'card-4', residentCode: newCode });
  assert.ok(again.ok, 'the person may have a card under the new code');
});
