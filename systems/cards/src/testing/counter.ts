/** Cards at a counter, for the tests of what happens there: made, sent, received and set up for their residents of Kiyose. */
import { randomUUID } from 'node:crypto';
import type { TestContext } from 'node:test';
import { mustSucceed, type Result } from '@ishizue/outcome';
import { KIYOSE, testAccess } from '@ishizue/registry/testing';
import { applyForCard } from '../application/apply-for-card.ts';
import type { CardView } from '../card/card-view.ts';
import type { HandOverFacts } from '../hand-over/hand-over-facts.ts';
import { deliverInHouse } from '../hand-over/in-one-house.ts';
import { type HandOverOrder, openHandOver } from '../hand-over/open-hand-over.ts';
import { agreeTerms, type TermsWish } from '../issue-terms/agree-terms.ts';
import type { IssueGround } from '../issue-terms/issue-grounds.ts';
import { makeCard } from '../making/make-card.ts';
import { photoDigest } from '../photo/card-photo.ts';
import { type CardsCountry, cardsCountry } from './index.ts';

export const codeOf = (result: Result<unknown>): string => (result.ok ? 'ok' : result.failure.code);

const ALONE: HandOverFacts = {
  receiver: 'holder',
  documents: ['passport'],
  receiverDocuments: [],
  ground: null,
  oldCard: 'none',
  checkedBy: 'o-test',
};

/** A country with so many residents, grown up unless their rows say otherwise. */
export async function countryOf(t: TestContext, rows: number | readonly Readonly<Record<string, string>>[]) {
  const country = await cardsCountry(t);
  const given = typeof rows === 'number' ? Array.from({ length: rows }, () => ({})) : rows;
  const codes = await country.settleIn(
    given.map((row, index) => ({ resident_number: String(index + 1), ...row })),
  );
  return { country, codes };
}

export async function applied(
  country: CardsCountry,
  residentCode: string,
  more: object = {},
): Promise<string> {
  const wish = { requestId: randomUUID(), residentCode, ...more };
  return mustSucceed(await applyForCard(country.cards, testAccess, wish), 'applying').applicationId;
}

/** Terms agreed at the counter of Kiyose; under the id that is answered the application takes them. */
export async function agreed(
  { cards }: Pick<CardsCountry, 'cards'>,
  residentCode: string,
  ground: IssueGround,
  more: Partial<TermsWish> = {},
): Promise<{ readonly requestId: string }> {
  const requestId = more.requestId ?? randomUUID();
  const wish = { residentCode, ground, isExpress: false, isOnline: false, withCertificates: true, ...more };
  const terms = await agreeTerms(
    { cards },
    { access: testAccess, municipality: KIYOSE },
    { ...wish, requestId },
  );
  mustSucceed(terms, 'agreeing on terms');
  return { requestId };
}

/** Cards of these persons, made. */
export async function madeFor(
  country: CardsCountry,
  codes: readonly string[],
  more: object = {},
): Promise<CardView[]> {
  const made: CardView[] = [];
  for (const code of codes) {
    const id = await applied(country, code, more);
    made.push(mustSucceed(await makeCard(country.cards, testAccess, id, country.workshop), 'making'));
  }
  return made;
}

/** Cards of these persons, set up at the counter of Kiyose. */
export async function setUpFor(
  country: CardsCountry,
  codes: readonly string[],
  more: object = {},
): Promise<CardView[]> {
  const cards = await madeFor(country, codes, more);
  for (const { cardId } of cards)
    mustSucceed(await deliverInHouse(country.cards, testAccess, cardId), 'delivering');
  return cards;
}

export const open = (
  country: CardsCountry,
  { cardId, applicationId }: Pick<CardView, 'cardId' | 'applicationId'>,
  facts: Partial<HandOverFacts> = {},
  more: Partial<HandOverOrder> = {},
) =>
  openHandOver(country.cards, testAccess, {
    requestId: randomUUID(),
    cardId,
    applicationId,
    municipality: KIYOSE,
    facts: { ...ALONE, ...facts },
    ...more,
  });

/** What the card in the reader answers to a challenge, and what the clerk saw. */
export async function proofBy(
  { workshop }: CardsCountry,
  cardId: string,
  { handOverId, challenge }: { readonly handOverId: string; readonly challenge: Buffer },
) {
  const inReader = workshop.inReader(cardId);
  const photo = await inReader.readPhoto();
  return {
    handOverId,
    municipality: KIYOSE,
    certificate: await inReader.readCertificate(),
    signature: await inReader.sign(challenge),
    resembles: true,
    comparedWith: 'camera',
    faceSha256: photo ? photoDigest(photo) : null,
  } as const;
}

/** The state of the application of a card. */
export async function applicationStateOf({ cards }: CardsCountry, applicationId: string): Promise<string> {
  const [row] = await cards.sql<{ state: string }[]>`
    SELECT state FROM cards.application WHERE application_id = ${applicationId}`;
  return row?.state ?? 'none';
}
