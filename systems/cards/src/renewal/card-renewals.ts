/**
 * Renewing a certificate on a card that its holder has (docs/flows/renewal.md): only an active card that has not expired gets
 * one, and its last day bounds the certificate's. The certification authority does the rest, in two halves.
 */
import { dateInTokyo } from '@ishizue/clock';
import {
  type BeginRenewalFailure,
  beginRenewal,
  type CertificateKind,
  type ConfirmRenewalFailure,
  confirmRenewal,
  type JpkiContext,
  type RenewalFacts,
  type RenewalOffer,
  type RenewedCertificate,
} from '@ishizue/jpki';
import { fail, ok, type Result } from '@ishizue/outcome';
import type { Access } from '@ishizue/registry';
import type { Substitutes } from '@ishizue/text';
import { actOnCard } from '../card/card-act.ts';
import { type Card, isFaceAuthentication } from '../card/card-store.ts';
import type { CardsContext } from '../cards-context.ts';

/** Cards with the authority that renews. */
export interface CardRenewals {
  readonly cards: CardsContext;
  readonly jpki: JpkiContext;
}

export interface CardRenewalRequest {
  readonly cardId: string;
  readonly kind: CertificateKind;
  /** Of the desk's own: the same is the same renewal, however often it is asked for. */
  readonly requestId: string;
  /** PKCS#10 in DER, signed with the new key on the card. */
  readonly certificationRequest: Buffer;
  readonly facts: RenewalFacts;
  /** What the holder chose for characters that no signature certificate holds; the first that are offered for the others. */
  readonly substitutes?: Substitutes | undefined;
}

export type CardNotUsable = 'card-unknown' | 'card-state-refused' | 'card-expired';

/** Offers the card a certificate for its new key; nothing is good yet, and nothing is superseded. */
export async function beginCardRenewal(
  { cards, jpki }: CardRenewals,
  access: Access,
  { cardId, kind, requestId, certificationRequest, facts, substitutes }: CardRenewalRequest,
): Promise<Result<RenewalOffer, CardNotUsable | BeginRenewalFailure>> {
  const usable = await findUsable(cards, access, cardId, 'renewal', kind);
  if (!usable.ok) return usable;
  const { residentCode, expiresOn } = usable.value;
  const order = { kind, requestId, residentCode, cardId, cardExpiresOn: expiresOn, certificationRequest };
  return beginRenewal(jpki, access, { order: { ...order, ...(substitutes && { substitutes }) }, facts });
}

/** What the card holds now is what it was offered: from here on the new certificate is good and the one before is not. */
export async function confirmCardRenewal(
  { cards, jpki }: CardRenewals,
  access: Access,
  read: { readonly cardId: string; readonly requestId: string; readonly readBack: Buffer },
): Promise<Result<RenewedCertificate, CardNotUsable | ConfirmRenewalFailure>> {
  const usable = await findUsable(cards, access, read.cardId, 'renewal-read-back');
  return usable.ok ? confirmRenewal(jpki, access, read) : usable;
}

function findUsable(
  cards: CardsContext,
  access: Access,
  cardId: string,
  act: string,
  kind?: CertificateKind,
): Promise<Result<Card, CardNotUsable>> {
  return actOnCard(cards, access, cardId, act, async (tx, { card }) => {
    const isOver = dateInTokyo(cards.clock.now()) > card.expiresOn;
    if (card.state !== 'active')
      return fail('card-state-refused', `a card that is ${card.state} gets no certificate`);
    if (kind === 'signature' && (await isFaceAuthentication(tx, cardId)))
      return fail('card-state-refused', 'a face-authentication card has no signature certificate');
    return isOver ? fail('card-expired', 'the card is past its last day') : ok(card);
  });
}
