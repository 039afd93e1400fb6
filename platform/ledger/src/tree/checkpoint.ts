/**
 * Checkpoints: C2SP tlog-checkpoint. Three lines say which log, how many leaves and what root; as a signed note they
 * are the log's promise that it will never show another tree of that size.
 */
import { fail, ok, type Result } from '@ishizue/outcome';
import { decodeBase64 } from './base64.ts';
import type { TreeCode } from './failure-codes.ts';
import { HASH_BYTES } from './hashes.ts';
import { requireCount } from './ranges.ts';
import { openNote, type VerifierKey } from './signed-note.ts';

/** A tree head. */
export interface Checkpoint {
  /** The log's unique name: its URL without the scheme. */
  readonly origin: string;
  /** Leaves in the tree. */
  readonly size: number;
  readonly rootHash: Uint8Array;
}

const ORIGIN = /^[^\p{White_Space}\p{Cc}+]{1,255}$/u;

/** The text that is signed. */
export function formatCheckpoint(checkpoint: Checkpoint): string {
  const { origin, size, rootHash } = checkpoint;
  if (!ORIGIN.test(origin) || !origin.isWellFormed()) throw new Error(`not an origin: ${origin}`);
  requireCount(size, 'size');
  if (rootHash.length !== HASH_BYTES) throw new Error('a root hash has 32 bytes');
  return `${origin}\n${size}\n${Buffer.from(rootHash).toString('base64')}\n`;
}

/** Reads a checkpoint's text. Extension lines, which the specification allows and advises against, are refused. */
export function parseCheckpoint(text: string): Result<Checkpoint, 'checkpoint-malformed'> {
  const [origin = '', size = '', root = '', end, ...more] = text.split('\n');
  if (end !== '' || more.length > 0) return fail('checkpoint-malformed', 'not three lines');
  const rootHash = decodeBase64(root);
  if (!ORIGIN.test(origin) || !/^(?:0|[1-9]\d{0,15})$/.test(size) || rootHash?.length !== HASH_BYTES)
    return fail('checkpoint-malformed', 'not an origin, a size and a root hash');
  if (!Number.isSafeInteger(Number(size))) return fail('checkpoint-malformed', 'the size is too great');
  return ok({ origin, size: Number(size), rootHash });
}

/** Verifies a checkpoint's note and reads it. */
export function openCheckpoint(
  note: string,
  known: readonly VerifierKey[],
): Result<
  Checkpoint & { readonly keys: readonly VerifierKey[] },
  Extract<TreeCode, 'note-malformed' | 'key-unknown' | 'signature-invalid' | 'checkpoint-malformed'>
> {
  const opened = openNote(note, known);
  if (!opened.ok) return opened;
  const parsed = parseCheckpoint(opened.value.text);
  return parsed.ok ? ok({ ...parsed.value, keys: opened.value.keys }) : parsed;
}
