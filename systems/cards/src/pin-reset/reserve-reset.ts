/**
 * A phone reserves the reset of a PIN (docs/flows/pin-reset.md step 1): the card signed with the other key, so the other PIN was
 * known; the living face was compared with the photo in the chip. The token that is given works once, for this card and this
 * PIN, for 24 hours; another reservation of the same PIN replaces it.
 */
import { createHash, randomBytes } from 'node:crypto';
import { dateInTokyo } from '@ishizue/clock';
import type { AuthenticateFailure, CardKind, HolderChallenge } from '@ishizue/jpki';
import { fail, ok, type Result } from '@ishizue/outcome';
import { actOnCard } from '../card/card-act.ts';
import { isFaceAuthentication } from '../card/card-store.ts';
import { holderAccess, type PinResets, type ResetAccess, signInAccess } from './pin-resets.ts';
import { isResettable, otherKind, reservationEnd } from './reset-rules.ts';

export type ReserveResetFailure =
  | AuthenticateFailure
  | 'card-unknown'
  | 'card-state-refused'
  | 'card-expired'
  /** Kiosks do not reset this PIN: the counter does. */
  | 'pin-not-resettable'
  | 'face-not-matched';

export interface ResetReservation {
  /** 43 characters of base64url; kept by nobody but the phone. */
  readonly token: string;
  readonly expiresAt: number;
}

export interface ResetWish {
  /** Whose PIN is reset. */
  readonly kind: CardKind;
  /** A challenge of the centre, signed with the other key. */
  readonly signed: Omit<HolderChallenge, 'kind'>;
  readonly faceReference: string;
}

const TOKEN_BYTES = 32;

export const digestOfToken = (token: string): Buffer => createHash('sha256').update(token).digest();

export async function reserveReset(
  resets: PinResets,
  access: ResetAccess,
  { kind, signed, faceReference }: ResetWish,
): Promise<Result<ResetReservation, ReserveResetFailure>> {
  const { cards } = resets;
  const holder = await resets.authenticateHolder(signInAccess(access), {
    ...signed,
    kind: otherKind(kind),
  });
  if (!holder.ok) return holder;
  const { cardId } = holder.value;
  const isMatched = await resets.isFaceMatched(faceReference, cardId);
  const token = randomBytes(TOKEN_BYTES).toString('base64url');
  const own = holderAccess(resets, access, holder.value);
  return actOnCard(cards, own, cardId, `${kind}-pin-reset-reservation`, async (tx, { card }) => {
    const now = cards.clock.now();
    if (!isResettable(kind, now)) return fail('pin-not-resettable', 'kiosks do not reset this PIN');
    if (card.state !== 'active') return fail('card-state-refused', `the card is ${card.state}`);
    if (await isFaceAuthentication(tx, cardId))
      return fail('card-state-refused', 'the PINs of a face-authentication card are locked');
    if (dateInTokyo(now) > card.expiresOn) return fail('card-expired', 'the card is past its last day');
    if (!isMatched)
      return fail('face-not-matched', 'the face is not that of the photo, or nobody compared them');
    const expiresAt = reservationEnd(now);
    // the card is locked: of two reservations at once the second replaces the first
    await tx`
      UPDATE cards.pin_reset SET replaced_at = ${new Date(now)}
      WHERE card_id = ${cardId} AND kind = ${kind} AND replaced_at IS NULL AND permitted_at IS NULL`;
    await tx`
      INSERT INTO cards.pin_reset (token_sha256, card_id, kind, face_reference, reserved_at, expires_at)
      VALUES (${digestOfToken(token)}, ${cardId}, ${kind}, ${faceReference}, ${new Date(now)}, ${new Date(expiresAt)})`;
    return ok({ token, expiresAt });
  });
}
