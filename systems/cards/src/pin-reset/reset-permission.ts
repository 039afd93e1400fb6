/**
 * The issuer's permission to reset one PIN of one card: HMAC-SHA-256 (RFC 2104) under the card's unblock key over the card's
 * id, the PIN's kind and the nonce that the card drew, each with its length before it. It is worth nothing to another card,
 * for the other PIN, or under another nonce. Flow: docs/flows/pin-reset.md.
 */
import { createHmac } from 'node:crypto';
import type { CardKind } from '@ishizue/jpki';

export interface PermittedReset {
  readonly cardId: string;
  /** Whose PIN is reset. */
  readonly kind: CardKind;
  /** 16 bytes. */
  readonly nonce: Uint8Array;
}

/** 32 bytes. */
export function resetPermission(unblockKey: Uint8Array, { cardId, kind, nonce }: PermittedReset): Buffer {
  const mac = createHmac('sha256', unblockKey);
  for (const part of [Buffer.from('ishizue pin reset 1'), Buffer.from(cardId), Buffer.from(kind), nonce])
    mac.update(Buffer.of(part.length)).update(part);
  return mac.digest();
}
