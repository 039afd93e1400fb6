/**
 * The proof that a person takes home: one entry, its place in the tree, the path to the root and the signed checkpoint,
 * in one JSON file that verifies offline, without us and without the database.
 */
import { fail, ok, type Result } from '@ishizue/outcome';
import { decodeBase64 } from './base64.ts';
import { type Checkpoint, openCheckpoint } from './checkpoint.ts';
import type { TreeCode } from './failure-codes.ts';
import { leafHash } from './hashes.ts';
import { parseVerifierKey, type VerifierKey } from './signed-note.ts';
import { verifyInclusion } from './verify-proofs.ts';

const FORMAT = 'ishizue-ledger-proof/1';
const PROOF_FILE_LENGTH_MAX = 400_000;
const PROOF_HASHES_MAX = 64;

/** What goes into a proof file. */
export interface ProofFile {
  /** The leaf exactly as it was hashed. */
  readonly leaf: string;
  readonly index: number;
  readonly proof: readonly Uint8Array[];
  /** The checkpoint's whole note. */
  readonly checkpoint: string;
  /** The log's verifier key line: for the reader's convenience, not for belief. */
  readonly vkey: string;
}

/** What a proof file proves. */
export interface ProvenLeaf {
  readonly leaf: string;
  readonly index: number;
  readonly checkpoint: Checkpoint;
  /** The key that signed; who did not pin a key beforehand must compare it with one got elsewhere. */
  readonly key: VerifierKey;
}

/** The file's text. */
export function formatProofFile(file: ProofFile): string {
  const proof = file.proof.map((hash) => Buffer.from(hash).toString('base64'));
  const { leaf, index, checkpoint, vkey } = file;
  return `${JSON.stringify({ format: FORMAT, vkey, leaf, index, proof, checkpoint }, undefined, 2)}\n`;
}

const malformed = (detail: string) => fail('proof-file-malformed', detail);

/** Takes a proof file apart without believing it. */
export function parseProofFile(text: string): Result<ProofFile, 'proof-file-malformed'> {
  if (text.length > PROOF_FILE_LENGTH_MAX) return malformed('the file is too long');
  let json: unknown;
  try {
    json = JSON.parse(text);
  } catch {
    return malformed('not JSON');
  }
  if (typeof json !== 'object' || json === null) return malformed('not an object');
  const { format, vkey, leaf, index, proof, checkpoint } = json as Readonly<Record<string, unknown>>;
  if (format !== FORMAT) return malformed(`not of the format ${FORMAT}`);
  if (typeof vkey !== 'string' || typeof leaf !== 'string' || typeof checkpoint !== 'string')
    return malformed('vkey, leaf and checkpoint are texts');
  // a lone surrogate would be hashed as another character
  if (!leaf.isWellFormed()) return malformed('the leaf is no UTF-8');
  if (typeof index !== 'number' || !Number.isSafeInteger(index) || index < 0)
    return malformed('index is a whole number');
  if (!Array.isArray(proof) || proof.length > PROOF_HASHES_MAX) return malformed('proof is a list of hashes');
  const hashes: Buffer[] = [];
  for (const item of proof) {
    const hash = typeof item === 'string' ? decodeBase64(item) : undefined;
    if (!hash) return malformed('a hash of the proof is not base64');
    hashes.push(hash);
  }
  return ok({ vkey, leaf, index, proof: hashes, checkpoint });
}

/**
 * Verifies a proof file: the checkpoint's signature, and the leaf's place under its root.
 * @param text the file
 * @param pinned the key that the reader believes beforehand; without it the file's own key is taken, and the answer
 *   only says that the file agrees with itself under that key
 */
export function verifyProofFile(text: string, pinned?: VerifierKey): Result<ProvenLeaf, TreeCode> {
  const parsed = parseProofFile(text);
  if (!parsed.ok) return parsed;
  const { vkey, leaf, index, proof, checkpoint: note } = parsed.value;
  const claimed = parseVerifierKey(vkey);
  if (!claimed.ok) return claimed;
  const key = pinned ?? claimed.value;
  const opened = openCheckpoint(note, [key]);
  if (!opened.ok) return opened;
  const { origin, size, rootHash } = opened.value;
  if (origin !== key.name) return fail('checkpoint-malformed', 'the key is that of another log');
  const included = verifyInclusion({
    leafHash: leafHash(leaf),
    index,
    size,
    proof,
    root: rootHash,
  });
  if (!included.ok) return included;
  return ok({ leaf, index, checkpoint: { origin, size, rootHash }, key });
}
