/**
 * A kiosk asks for the issuer's permission (docs/flows/pin-reset.md step 2): the token, the card there and then (a signature with
 * the other key, so its PIN was known again), the hours, and the nonce that the card drew. The token is used in the
 * transaction that is committed before the permission is given; asked again for the same nonce at the same kiosk, it is the
 * same permission, which the card takes once.
 */
import { dateInTokyo } from '@ishizue/clock';
import type { Tx } from '@ishizue/db';
import type { AuthenticateFailure, CardKind, HolderChallenge } from '@ishizue/jpki';
import { fail, ok, type Result } from '@ishizue/outcome';
import { actOnCard } from '../card/card-act.ts';
import { isFaceAuthentication } from '../card/card-store.ts';
import { holderAccess, type PinResets, type ResetAccess, signInAccess } from './pin-resets.ts';
import { digestOfToken } from './reserve-reset.ts';
import { resetPermission } from './reset-permission.ts';
import { isKioskOpen, otherKind } from './reset-rules.ts';

export type PermitResetFailure =
  | AuthenticateFailure
  | 'card-unknown'
  | 'card-state-refused'
  | 'card-expired'
  | 'outside-hours'
  /** There is none, or it is of another card or another PIN. */
  | 'token-unknown'
  /** Used, or replaced by another reservation. */
  | 'token-used'
  | 'token-expired';

export interface ResetAtKiosk {
  readonly token: string;
  readonly kind: CardKind;
  /** 16 bytes that the card drew for this reset. */
  readonly nonce: Buffer;
  /** A challenge of the centre, signed with the other key. */
  readonly signed: Omit<HolderChallenge, 'kind'>;
}

/** The permission for the card: 32 bytes. */
export async function permitReset(
  resets: PinResets,
  access: ResetAccess,
  { token, kind, nonce, signed }: ResetAtKiosk,
): Promise<Result<Buffer, PermitResetFailure>> {
  const { cards } = resets;
  const holder = await resets.authenticateHolder(signInAccess(access), {
    ...signed,
    kind: otherKind(kind),
  });
  if (!holder.ok) return holder;
  const { cardId } = holder.value;
  const unblockKey = await resets.unblockKeyOf(cardId);
  const own = holderAccess(resets, access, holder.value);
  return actOnCard<Buffer, PermitResetFailure>(
    cards,
    own,
    cardId,
    `${kind}-pin-reset`,
    async (tx, { card }) => {
      const now = cards.clock.now();
      if (!resets.alwaysOpen && !isKioskOpen(now))
        return fail('outside-hours', 'kiosks reset from 6:30 to 23:00');
      if (card.state !== 'active') return fail('card-state-refused', `the card is ${card.state}`);
      if (await isFaceAuthentication(tx, cardId))
        return fail('card-state-refused', 'the PINs of a face-authentication card are locked');
      if (dateInTokyo(now) > card.expiresOn) return fail('card-expired', 'the card is past its last day');
      const used = await useToken(tx, { token, cardId, kind, nonce, kiosk: access.terminal }, now);
      return used.ok ? ok(resetPermission(unblockKey, { cardId, kind, nonce })) : used;
    },
  );
}

interface TokenUse {
  readonly token: string;
  readonly cardId: string;
  readonly kind: CardKind;
  readonly nonce: Buffer;
  readonly kiosk: string;
}

interface Reservation {
  readonly cardId: string;
  readonly kind: string;
  readonly expiresAt: Date;
  readonly replacedAt: Date | null;
  readonly nonce: Buffer | null;
  readonly kiosk: string | null;
}

/** The card is locked, and with it whatever is reserved for it. */
async function useToken(
  tx: Tx,
  { token, cardId, kind, nonce, kiosk }: TokenUse,
  now: number,
): Promise<Result<undefined, 'token-unknown' | 'token-used' | 'token-expired'>> {
  const digest = digestOfToken(token);
  const [found] = await tx<Reservation[]>`
    SELECT card_id AS "cardId", kind, expires_at AS "expiresAt", replaced_at AS "replacedAt", nonce, kiosk
    FROM cards.pin_reset WHERE token_sha256 = ${digest}`;
  if (found?.cardId !== cardId || found.kind !== kind)
    return fail('token-unknown', 'nothing is reserved for this card under this token');
  if (now >= found.expiresAt.getTime())
    return fail('token-expired', 'the reservation is more than a day old');
  if (found.replacedAt) return fail('token-used', 'another reservation replaced this one');
  if (found.nonce)
    return found.nonce.equals(nonce) && found.kiosk === kiosk
      ? ok(undefined)
      : fail('token-used', 'a reservation is used once');
  await tx`
    UPDATE cards.pin_reset SET permitted_at = ${new Date(now)}, nonce = ${nonce}, kiosk = ${kiosk}
    WHERE token_sha256 = ${digest}`;
  return ok(undefined);
}
