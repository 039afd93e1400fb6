/**
 * Card applications over the signer: keys of channels are derived in it by label, each secret for one purpose, and come to this
 * process one card at a time.
 */
import { randomBytes } from 'node:crypto';
import { applicationKeys, type CardApplicationsContext, freeAreaKeys } from '@ishizue/card-applications';
import { type CardsContext, findCardStates, findVoidCards, strikeVoidCards } from '@ishizue/cards';
import { authenticateHolder, type JpkiContext } from '@ishizue/jpki';
import { mustSucceed } from '@ishizue/outcome';
import type { SignerClient } from '@ishizue/signer';
import type { Ground } from './ground.ts';

const SECRET = 'card-applications/keys';

type Keys = Pick<CardApplicationsContext, 'freeAreaKeysOf' | 'applicationKeysOf'>;

export async function openApplicationKeys(signer: SignerClient): Promise<Keys> {
  mustSucceed(await signer.ensureSecret(SECRET, ['derive']), 'the secret of card applications');
  const derive = async (label: string): Promise<Uint8Array> =>
    mustSucceed(await signer.deriveKey({ secret: SECRET, label }), 'a key of a card application');
  return {
    freeAreaKeysOf: (cardId) => freeAreaKeys(derive, cardId),
    applicationKeysOf: (aid, keyVersion, cardId) => applicationKeys(derive, aid, keyVersion, cardId),
  };
}

export const openCardApplications = (
  { database, clock, pseudonyms }: Ground,
  keys: Keys,
  jpki: JpkiContext,
  cards: CardsContext,
): CardApplicationsContext => ({
  ...keys,
  sql: database.pool('card_applications'),
  clock,
  pseudonyms,
  authenticateHolder: (access, signed) => authenticateHolder(jpki, access, signed),
  findCardStates: (cardIds) => findCardStates(cards, cardIds),
  findVoidCards: (limit) => findVoidCards(cards, limit),
  strikeVoidCards: (cardIds) => strikeVoidCards(cards, cardIds),
  randomBytes,
});
