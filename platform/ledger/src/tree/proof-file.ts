/**
 * The proof that a person takes home: one entry, its place in the tree, the path to the root and the signed checkpoint,
 * in one JSON file that verifies offline, without us and without the database. Of a joint entry it is format 2, with the
 * person's pseudonym and the path from it to the root that is in the leaf.
 */
import { fail, ok, type Result } from '@ishizue/outcome';
import { decodeLeaf } from '../leaf.ts';
import { decodeBase64 } from './base64.ts';
import { type Checkpoint, openCheckpoint } from './checkpoint.ts';
import type { TreeCode } from './failure-codes.ts';
import { leafHash } from './hashes.ts';
import { parseVerifierKey, type VerifierKey } from './signed-note.ts';
import { SUBJECT_BYTES, subjectLeaf } from './subjects-tree.ts';
import { verifyInclusion } from './verify-proofs.ts';

const FORMAT = 'ishizue-ledger-proof/1';
const FORMAT_OF_JOINT = 'ishizue-ledger-proof/2';
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
  /** Of a joint entry, whose place among its subjects is proved. */
  readonly joint?: JointProof | undefined;
}

/** A person's place among the subjects of a joint entry. */
export interface JointProof {
  /** The person's pseudonym. */
  readonly subject: Uint8Array;
  readonly index: number;
  readonly proof: readonly Uint8Array[];
}

/** What a proof file proves. */
export interface ProvenLeaf {
  readonly leaf: string;
  readonly index: number;
  /** Of a joint entry, the pseudonym that is proved to be among its subjects; of another the leaf itself has it. */
  readonly subject?: string;
  readonly checkpoint: Checkpoint;
  /** The key that signed; who did not pin a key beforehand must compare it with one got elsewhere. */
  readonly key: VerifierKey;
}

/** The file's text. */
export function formatProofFile(file: ProofFile): string {
  const { leaf, index, checkpoint, vkey, joint } = file;
  const whole = {
    format: joint ? FORMAT_OF_JOINT : FORMAT,
    vkey,
    leaf,
    index,
    proof: textsOf(file.proof),
    ...(joint && {
      joint: {
        subject: Buffer.from(joint.subject).toString('hex'),
        index: joint.index,
        proof: textsOf(joint.proof),
      },
    }),
    checkpoint,
  };
  return `${JSON.stringify(whole, undefined, 2)}\n`;
}

const textsOf = (hashes: readonly Uint8Array[]): string[] =>
  hashes.map((hash) => Buffer.from(hash).toString('base64'));

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
  const { format, vkey, leaf, checkpoint, ...rest } = json as Readonly<Record<string, unknown>>;
  if (format !== FORMAT && format !== FORMAT_OF_JOINT) return malformed(`not of the format ${FORMAT}`);
  if (typeof vkey !== 'string' || typeof leaf !== 'string' || typeof checkpoint !== 'string')
    return malformed('vkey, leaf and checkpoint are texts');
  // a lone surrogate would be hashed as another character
  if (!leaf.isWellFormed()) return malformed('the leaf is no UTF-8');
  const place = readPlace(rest);
  if (!place.ok) return place;
  const file = { vkey, leaf, ...place.value, checkpoint };
  if (format === FORMAT) return ok(file);
  const joint = readJoint(rest['joint']);
  return joint.ok ? ok({ ...file, joint: joint.value }) : joint;
}

interface Place {
  readonly index: number;
  readonly proof: readonly Buffer[];
}

function readPlace({
  index,
  proof,
}: Readonly<Record<string, unknown>>): Result<Place, 'proof-file-malformed'> {
  if (typeof index !== 'number' || !Number.isSafeInteger(index) || index < 0)
    return malformed('index is a whole number');
  if (!Array.isArray(proof) || proof.length > PROOF_HASHES_MAX) return malformed('proof is a list of hashes');
  const hashes: Buffer[] = [];
  for (const item of proof) {
    const hash = typeof item === 'string' ? decodeBase64(item) : undefined;
    if (!hash) return malformed('a hash of the proof is not base64');
    hashes.push(hash);
  }
  return ok({ index, proof: hashes });
}

function readJoint(joint: unknown): Result<JointProof, 'proof-file-malformed'> {
  if (typeof joint !== 'object' || joint === null) return malformed('joint is not an object');
  const { subject, ...rest } = joint as Readonly<Record<string, unknown>>;
  const bytes = Buffer.from(typeof subject === 'string' ? subject : '', 'hex');
  if (bytes.length !== SUBJECT_BYTES || bytes.toString('hex') !== subject)
    return malformed('subject is no pseudonym');
  const place = readPlace(rest);
  return place.ok ? ok({ subject: bytes, ...place.value }) : place;
}

/**
 * Verifies a proof file: the checkpoint's signature, the leaf's place under its root and, of a joint entry, the person's
 * place in it.
 * @param text the file
 * @param pinned the key that the reader believes beforehand; without it the file's own key is taken, and the answer
 *   only says that the file agrees with itself under that key
 */
export function verifyProofFile(text: string, pinned?: VerifierKey): Result<ProvenLeaf, TreeCode> {
  const parsed = parseProofFile(text);
  if (!parsed.ok) return parsed;
  const { vkey, leaf, index, proof, checkpoint: note, joint } = parsed.value;
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
  const isOfPerson = verifyJoint(leaf, joint);
  if (!isOfPerson.ok) return isOfPerson;
  const subject = joint && Buffer.from(joint.subject).toString('hex');
  return ok({
    leaf,
    index,
    checkpoint: { origin, size, rootHash },
    key,
    ...(subject !== undefined && { subject }),
  });
}

/** A joint entry is proved to a person only with the person's place in it; any other entry has no such place. */
function verifyJoint(leaf: string, joint: JointProof | undefined): Result<undefined, TreeCode> {
  const entry = decodeLeaf(leaf);
  const subjects = entry.ok ? entry.value.subjects : undefined;
  if (!entry.ok || !subjects) return joint ? fail('leaf-malformed', 'not a joint entry') : ok(undefined);
  if (!joint) return malformed('a joint entry without the place of a person in it');
  return verifyInclusion({
    leafHash: leafHash(subjectLeaf(entry.value.salt, joint.subject)),
    index: joint.index,
    size: subjects.count,
    proof: joint.proof,
    root: subjects.root,
  });
}
