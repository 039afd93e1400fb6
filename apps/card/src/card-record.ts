/**
 * What a card holds: for each key its pair, its certificate and its PIN; of the other applications what the factory wrote
 * and their PINs. The chip's files (chip/) are views of this record, so that nothing is kept twice.
 * Octets are base64 because the record is stored as JSON, sealed as a whole (card-file.ts).
 */
import { z } from 'zod';
import { channelKeys, loadedApplication } from './chip/free-area/loaded-record.ts';
import { pinSlot } from './pin-slot.ts';

/** The two keys of the JPKI application (公的個人認証法 3, 22). */
export const KEY_KINDS = ['authentication', 'signature'] as const;
export type KeyKind = (typeof KEY_KINDS)[number];

const keySlot = z.strictObject({
  /** PKCS#8 */
  privateKey: z.base64().max(4096),
  /** SubjectPublicKeyInfo */
  publicKey: z.base64().max(1024),
  certificate: z.base64().max(8192).nullable(),
  /** null until the holder sets it: until then the card is in the hands of the factory. */
  pin: pinSlot.nullable(),
  /** A pair that waits for its certificate: until that is written, the pair before it is the card's key. */
  next: z.strictObject({ privateKey: z.base64().max(4096), publicKey: z.base64().max(1024) }).optional(),
});

/** The reset of a PIN that was begun: it is spent by the first try to end it, right or wrong. */
const resetSlot = z.strictObject({
  kind: z.enum(KEY_KINDS),
  /** 16 bytes that the card drew. */
  nonce: z.base64().max(32),
});

const fileName = z.string().regex(/^[a-z-]{1,20}\/[0-9a-f]{4}$/);

export const cardRecord = z.strictObject({
  cardId: z.string().regex(/^[0-9A-Z]{1,32}$/),
  keys: z.strictObject({ authentication: keySlot.nullable(), signature: keySlot.nullable() }),
  /** 32 bytes that the issuer can derive too: by it the card knows whose permission a reset is. */
  unblockKey: z.base64().max(64).optional(),
  reset: resetSlot.optional(),
  /** 32 octets: by it the factory reads what it wrote, until the holder has set a PIN. */
  transportKey: z.base64().max(64).optional(),
  /** By which applications are installed into the free area; without them none is. */
  freeAreaKeys: channelKeys.optional(),
  /** What is in the free area. */
  loaded: z.array(loadedApplication).max(16).optional(),
  /** The PINs that are no key’s, by application and EF: `input-help/0011`. */
  pins: z.record(fileName, pinSlot).optional(),
  /** What is printed on the plastic that this card does not have, for whoever holds it: 照合番号B. */
  printed: z.strictObject({ numberB: z.string().regex(/^[0-9]{14}$/) }).optional(),
  /** What the factory wrote into the EFs, by application and EF. */
  files: z.record(fileName, z.base64().max(43_692)).optional(),
});

export type KeySlot = z.infer<typeof keySlot>;
export type CardRecord = z.infer<typeof cardRecord>;

/** The record with one key's slot changed. */
export function withSlot(record: CardRecord, kind: KeyKind, slot: KeySlot): CardRecord {
  return { ...record, keys: { ...record.keys, [kind]: slot } };
}
