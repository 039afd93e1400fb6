/**
 * The reset of a PIN as the card sees it (domain rules 6.7): the card draws a nonce, the issuer permits the reset of one PIN of
 * one card under that nonce with a MAC (HMAC-SHA-256) under the card's unblock key, and the card takes a permission once.
 * Whoever knows the unblock key and the other PIN can reset: the key is derived in the issuer's signer process.
 */
import { randomBytes, timingSafeEqual } from 'node:crypto';
import { resetPermission } from '@ishizue/cards';
import { fail, ok, type Result } from '@ishizue/outcome';
import type { CardRecord, KeyKind } from './card-record.ts';

const NONCE_BYTES = 16;

/** The key whose PIN has to be known. */
export const otherKeyOf = (kind: KeyKind): KeyKind => (kind === 'signature' ? 'authentication' : 'signature');

/** The record with a reset begun; one that was begun before is over. */
export function withReset(
  record: CardRecord,
  kind: KeyKind,
): Result<{ readonly record: CardRecord; readonly nonce: Buffer }, 'unblock-key-absent' | 'key-absent'> {
  if (record.unblockKey === undefined)
    return fail('unblock-key-absent', 'this card knows no issuer: its PINs are reset at the counter');
  if (!record.keys[kind]?.pin) return fail('key-absent', 'there is no PIN of this kind to reset');
  const nonce = randomBytes(NONCE_BYTES);
  return ok({ record: { ...record, reset: { kind, nonce: nonce.toString('base64') } }, nonce });
}

/** Whether the issuer permitted the reset that was begun. */
export function checkPermission(
  { cardId, unblockKey, reset }: CardRecord,
  kind: KeyKind,
  permission: Uint8Array,
): Result<undefined, 'reset-not-begun' | 'reset-not-permitted'> {
  if (reset?.kind !== kind || unblockKey === undefined)
    return fail('reset-not-begun', 'no reset of this PIN was begun, or it was tried once already');
  const nonce = Buffer.from(reset.nonce, 'base64');
  const expected = resetPermission(Buffer.from(unblockKey, 'base64'), { cardId, kind, nonce });
  return permission.length === expected.length && timingSafeEqual(permission, expected)
    ? ok(undefined)
    : fail('reset-not-permitted', 'the issuer did not permit this reset');
}
