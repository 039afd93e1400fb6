/** Random lives of cards on the database: whatever is done in whatever order, the histories are sound. */
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { recordEvent } from '@ishizue/registry';
import { KIYOSE, testAccess } from '@ishizue/registry/testing';
import * as fc from 'fast-check';
import { applyForCard } from './application/apply-for-card.ts';
import { CARD_STATES } from './card/card-lifecycle.ts';
import { revokeDueCertificates } from './card/revoke-due-certificates.ts';
import { resumeCard, suspendCard, voidCard } from './card/void-card.ts';
import { makeCard } from './making/make-card.ts';
import { agreed } from './testing/counter.ts';
import { assertSoundHistories } from './testing/histories.ts';
import { type CardsCountry, cardsCountry, handOverCard } from './testing/index.ts';

const ACTS = ['apply', 'make', 'make-defective', 'hand-over', 'suspend', 'resume', 'void', 'death'] as const;
type Act = (typeof ACTS)[number];

const WALKS = 24;

/** Two walks that are always gone: through every state, and past a defective card. */
const FIXED: [Act[]][] = [
  [['apply', 'make', 'hand-over', 'suspend', 'resume', 'void', 'apply', 'death']],
  [['apply', 'make-defective', 'make', 'death', 'hand-over']],
];

/** For a card that was lost the terms are agreed on first. */
async function applyAtCounter(country: CardsCountry, residentCode: string, requestId: string): Promise<void> {
  const apply = () => applyForCard(country.cards, testAccess, { requestId, residentCode });
  const first = await apply();
  if (first.ok || first.failure.code !== 'terms-needed') return;
  await agreed(country, residentCode, 'lost', { requestId });
  await apply();
}

/** Does an act on the newest application or card of the person, if there is any. */
async function perform(
  country: CardsCountry,
  residentCode: string,
  act: Act,
  request: string,
): Promise<void> {
  const { cards, workshop } = country;
  const [newest] = await cards.sql<{ application: string; card: string | null }[]>`
    SELECT application_id AS application, card_id AS card FROM cards.application
    LEFT JOIN cards.card USING (application_id) JOIN cards.application_change f USING (application_id)
    WHERE cards.application.resident_code = ${residentCode} AND f.sequence = 1
    ORDER BY f.changed_at DESC, card.state <> 'void' DESC NULLS LAST LIMIT 1`;
  country.clock.advance(1000);
  const cardId = newest?.card ?? '0000000000000000';
  const made = () => makeCard(cards, testAccess, newest?.application ?? '', workshop);
  switch (act) {
    case 'apply':
      await applyAtCounter(country, residentCode, request);
      break;
    case 'make':
      await made();
      break;
    case 'make-defective':
      workshop.damage = () => [];
      await made();
      workshop.damage = (found) => found;
      break;
    case 'hand-over':
      await handOverCard(country, cardId);
      break;
    case 'suspend':
      await suspendCard(cards, testAccess, cardId);
      break;
    case 'resume':
      await resumeCard(cards, testAccess, cardId);
      break;
    case 'void':
      await voidCard(cards, testAccess, cardId, 'lost');
      break;
    case 'death':
      await recordEvent(country.context, KIYOSE, testAccess, request, {
        reason: 'death',
        residentCode,
        eventDate: '2026-11-20',
      });
      await country.settle();
      break;
  }
}

test('random acts on random persons leave sound histories, and no live certificate on a void card', async (t) => {
  const country = await cardsCountry(t);
  const codes = await country.settleIn(
    Array.from({ length: WALKS }, (_, index) => ({ resident_number: String(index + 1) })),
  );
  // mostly forward, so that walks get far; a death is rare, since nothing comes after it
  const act = fc.oneof(
    { weight: 5, arbitrary: fc.constantFrom<Act>('apply', 'make', 'hand-over') },
    { weight: 3, arbitrary: fc.constantFrom<Act>('make-defective', 'suspend', 'resume', 'void') },
    { weight: 1, arbitrary: fc.constant<Act>('death') },
  );
  let walk = 0;
  await fc.assert(
    fc.asyncProperty(fc.array(act, { minLength: 6, maxLength: 14 }), async (acts) => {
      walk += 1;
      const residentCode = codes[walk % WALKS] ?? '';
      for (const [step, each] of acts.entries())
        await perform(country, residentCode, each, `w-${walk}-${step}`);
      await assertSoundHistories(country.cards.sql);
    }),
    { numRuns: WALKS, examples: FIXED, endOnFailure: true },
  );
  country.clock.advance(600_000);
  await revokeDueCertificates(country.cards, testAccess);
  const rows = await country.cards.sql<
    { id: string; state: string }[]
  >`SELECT card_id AS id, state FROM cards.card`;
  const [passed] = await country.cards.sql`SELECT count(DISTINCT state) AS states FROM cards.card_change`;
  assert.equal(passed?.['states'], CARD_STATES.length, 'the walks came through every state');
  for (const { id, state } of rows)
    if (state === 'void')
      assert.ok(
        country.certification.standingOf(id).every((standing) => !standing.endsWith('live')),
        id,
      );
});
