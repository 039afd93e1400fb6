/**
 * The text of a checkpoint (C2SP tlog-checkpoint) and its signature line (C2SP signed-note, Ed25519 = type 1). The
 * note's key name is the origin, as tlog-checkpoint recommends.
 */
import { createHash } from 'node:crypto';
import type { TreeHead } from './merkle-consistency.ts';

const ED25519_TYPE = 1;
const ED25519_KEY_BYTES = 32;

/** The text that is signed: three lines, each with its newline. */
export const checkpointText = (origin: string, { size, rootHash }: TreeHead): string =>
  `${origin}\n${size}\n${rootHash.toString('base64')}\n`;

/** The four bytes by which a note names its key. `spki` is an Ed25519 public key. */
export function noteKeyId(keyName: string, spki: Buffer): Buffer {
  const publicKey = spki.subarray(spki.length - ED25519_KEY_BYTES);
  return createHash('sha256')
    .update(`${keyName}\n`)
    .update(Buffer.from([ED25519_TYPE]))
    .update(publicKey)
    .digest()
    .subarray(0, 4);
}

/** `— name base64(key id, signature)` with its newline. */
export const noteSignatureLine = (keyName: string, keyId: Buffer, signature: Buffer): string =>
  `— ${keyName} ${Buffer.concat([keyId, signature]).toString('base64')}\n`;
