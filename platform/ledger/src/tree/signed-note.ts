/**
 * Signed notes: C2SP signed-note with Ed25519 (signature type 0x01), and the verifier keys `name+hash+key` of Go's note
 * package. A note's text is nothing until a known key's signature has been verified.
 */
import { createPublicKey, hash, verify } from 'node:crypto';
import { fail, ok, type Result } from '@ishizue/outcome';
import { decodeBase64 } from './base64.ts';
import type { TreeCode } from './failure-codes.ts';

/** One signature line: whose (name and 4-byte key id) and what. */
export interface NoteSignature {
  readonly name: string;
  readonly keyId: Uint8Array;
  readonly signature: Uint8Array;
}

/** A note taken apart, nothing verified. */
export interface Note {
  /** With its last newline. */
  readonly text: string;
  readonly signatures: readonly NoteSignature[];
}

/** A key whose signatures are believed. */
export interface VerifierKey {
  readonly name: string;
  /** The raw 32 bytes of RFC 8032. */
  readonly publicKey: Uint8Array;
}

const ED25519 = 0x01;
const KEY_ID_BYTES = 4;
const PUBLIC_KEY_BYTES = 32;
const SIGNATURE_BYTES = 64;
const NOTE_LENGTH_MAX = 200_000; // 16 signatures of 5 kB each must be accepted
const SIGNATURES_MAX = 64;
const NAME = /^[^\p{White_Space}\p{Cc}+]{1,255}$/u;
const SIGNATURE_LINE = /^— (?<name>[^ ]+) (?<signature>[A-Za-z0-9+/=]+)$/;

const isName = (name: string): boolean => NAME.test(name) && name.isWellFormed();

/** The 4 bytes by which signatures name an Ed25519 key. */
export function noteKeyId(key: VerifierKey): Buffer {
  if (!isName(key.name)) throw new Error(`not a key name: ${key.name}`);
  if (key.publicKey.length !== PUBLIC_KEY_BYTES) throw new Error('an Ed25519 public key has 32 bytes');
  const named = Buffer.concat([Buffer.from(`${key.name}\n`), Buffer.of(ED25519), key.publicKey]);
  return hash('sha256', named, 'buffer').subarray(0, KEY_ID_BYTES);
}

/** The key as one line for people and configuration: `name+c74f20a3+ARpc…`. */
export function formatVerifierKey(key: VerifierKey): string {
  const encoded = Buffer.concat([Buffer.of(ED25519), key.publicKey]).toString('base64');
  return `${key.name}+${noteKeyId(key).toString('hex')}+${encoded}`;
}

/** Reads a verifier key of the Ed25519 type. */
export function parseVerifierKey(text: string): Result<VerifierKey, 'key-malformed'> {
  // the key's base64 may hold a plus; the name cannot
  const parts = /^(?<name>[^+]+)\+(?<id>[0-9a-f]{8})\+(?<key>.+)$/s.exec(text)?.groups;
  const name = parts?.['name'] ?? '';
  const bytes = decodeBase64(parts?.['key'] ?? '');
  if (!isName(name) || bytes?.length !== 1 + PUBLIC_KEY_BYTES || bytes[0] !== ED25519)
    return fail('key-malformed', 'not name+hash+key of an Ed25519 key');
  const key: VerifierKey = { name, publicKey: bytes.subarray(1) };
  if (noteKeyId(key).toString('hex') !== parts?.['id'])
    return fail('key-malformed', `the hash is not that of the key ${name}`);
  return ok(key);
}

/** Whether a note can have this text: it ends in a newline and has no other control character. */
function isNoteText(text: string): boolean {
  // oxlint-disable-next-line no-control-regex -- the format forbids exactly these
  return text.endsWith('\n') && text.isWellFormed() && !/[\u0000-\u0009\u000b-\u001f]/.test(text);
}

/** The note of a text and its signatures. */
export function formatNote(note: Note): string {
  if (!isNoteText(note.text))
    throw new Error('a note’s text ends in a newline and has no control characters');
  if (note.signatures.length === 0) throw new Error('a note without a signature');
  const lines = note.signatures.map(({ name, keyId, signature }) => {
    if (!isName(name) || keyId.length !== KEY_ID_BYTES) throw new Error(`not a key of a note: ${name}`);
    return `— ${name} ${Buffer.concat([keyId, signature]).toString('base64')}\n`;
  });
  return `${note.text}\n${lines.join('')}`;
}

/** Takes a note apart without believing it. */
export function parseNote(note: string): Result<Note, 'note-malformed'> {
  if (note.length > NOTE_LENGTH_MAX) return fail('note-malformed', 'the note is too long');
  if (!isNoteText(note)) return fail('note-malformed', 'control characters, or no newline at the end');
  const split = note.lastIndexOf('\n\n');
  if (split < 0) return fail('note-malformed', 'there is no empty line before the signatures');
  const lines = note.slice(split + 2, -1).split('\n');
  if (lines.length > SIGNATURES_MAX) return fail('note-malformed', 'too many signatures');
  const signatures: NoteSignature[] = [];
  for (const line of lines) {
    const groups = SIGNATURE_LINE.exec(line)?.groups;
    const name = groups?.['name'] ?? '';
    const bytes = decodeBase64(groups?.['signature'] ?? '');
    if (!isName(name) || bytes === undefined || bytes.length <= KEY_ID_BYTES)
      return fail('note-malformed', 'a signature line is not — name base64');
    signatures.push({
      name,
      keyId: bytes.subarray(0, KEY_ID_BYTES),
      signature: bytes.subarray(KEY_ID_BYTES),
    });
  }
  return ok({ text: note.slice(0, split + 1), signatures });
}

/** Whether an Ed25519 signature over the text is by the key (RFC 8032). */
export function verifyNoteSignature(text: string, signature: Uint8Array, key: VerifierKey): boolean {
  if (signature.length !== SIGNATURE_BYTES) return false;
  const x = Buffer.from(key.publicKey).toString('base64url');
  const publicKey = createPublicKey({ key: { kty: 'OKP', crv: 'Ed25519', x }, format: 'jwk' });
  return verify(null, Buffer.from(text), publicKey, signature);
}

/** A note whose text may be believed. */
export interface VerifiedNote {
  readonly text: string;
  /** The known keys that signed it, at least one. */
  readonly keys: readonly VerifierKey[];
}

/**
 * Takes a note apart and verifies it: at least one known key must have signed, and every signature that names a known
 * key must verify. Signatures of unknown keys are ignored.
 */
export function openNote(
  note: string,
  known: readonly VerifierKey[],
): Result<VerifiedNote, Extract<TreeCode, 'note-malformed' | 'key-unknown' | 'signature-invalid'>> {
  const parsed = parseNote(note);
  if (!parsed.ok) return parsed;
  const { text, signatures } = parsed.value;
  const keys = new Set<VerifierKey>();
  for (const key of known) {
    const id = noteKeyId(key);
    for (const line of signatures) {
      if (line.name !== key.name || Buffer.compare(line.keyId, id) !== 0) continue;
      if (!verifyNoteSignature(text, line.signature, key))
        return fail('signature-invalid', `the signature of ${key.name} does not verify`);
      keys.add(key);
    }
  }
  if (keys.size === 0) return fail('key-unknown', 'no known key signed the note');
  return ok({ text, keys: [...keys] });
}
