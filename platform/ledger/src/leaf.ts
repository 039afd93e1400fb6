/**
 * One entry and its leaf. The leaf is the JSON text of RFC 8785 (keys in order, no spaces, shortest escapes) in UTF-8:
 * `{"actor","actorKind","affair","article","at","correlation","fields","result","salt","site","subject","terminal","v"}`
 * with `at` as `2026-11-22T01:02:03.456Z`, `salt` in base64, `subject` in hexadecimal or null, and `v` 1. That of a joint
 * entry has, in the place of `subject`, `"subjects":{"count","root"}` with the root in hexadecimal, and `v` 2. What a leaf
 * is can never change: a new layout is a new `v`.
 */
import { fail, ok, type Result } from '@ishizue/outcome';
import { decodeBase64 } from './tree/base64.ts';
import { HASH_BYTES } from './tree/hashes.ts';
import { SALT_BYTES, SUBJECT_BYTES } from './tree/subjects-tree.ts';

/** Who acted: a person by their pseudonym, an operator or a terminal of a site by an opaque id, or a program. */
export const ACTOR_KINDS = ['person', 'operator', 'site', 'system'] as const;
export type ActorKind = (typeof ACTOR_KINDS)[number];

/** One access to a person's data, allowed or refused. Nothing in it is a name, number or code in clear. */
export interface LedgerEntry {
  /** Whose ledger: the site where the access happened, `municipal/131016`. */
  readonly site: string;
  /** When, in milliseconds since the epoch, by the caller's clock. */
  readonly at: number;
  readonly actorKind: ActorKind;
  /** An opaque id; for a person, their pseudonym in hexadecimal. */
  readonly actor: string;
  /** The terminal, or '' where there is none. */
  readonly terminal: string;
  /** The legal basis, `住民基本台帳法 第12条`. */
  readonly article: string;
  /** The business code, kebab-case. */
  readonly affair: string;
  /** The person's pseudonym (32 bytes); null where nobody was found. */
  readonly subject: Uint8Array | null;
  /** The names of the data items, never their values. */
  readonly fields: readonly string[];
  /** `ok`, or the code of the refusal. */
  readonly result: string;
  /** The request's id, by which the entries of several sites belong together. */
  readonly correlation: string;
}

/** An entry as it was recorded: with the random bytes that keep its hash from being guessed. */
export interface RecordedEntry extends LedgerEntry {
  readonly salt: Uint8Array;
  /** Of a joint entry, whose `subject` is null. */
  readonly subjects?: JointSubjects;
}

/** The persons of a joint entry, as its leaf tells them. */
export interface JointSubjects {
  readonly count: number;
  /** The root of the tree over them (`subjectsRoot`). */
  readonly root: Uint8Array;
}

/** The text whose UTF-8 bytes are the entry's leaf. */
export function encodeLeaf(entry: RecordedEntry): string {
  const { subject, subjects } = entry;
  // JSON.stringify writes strings as RFC 8785 does; the order of these keys is its order
  return JSON.stringify({
    actor: entry.actor,
    actorKind: entry.actorKind,
    affair: entry.affair,
    article: entry.article,
    at: new Date(entry.at).toISOString(),
    correlation: entry.correlation,
    fields: entry.fields,
    result: entry.result,
    salt: asBuffer(entry.salt).toString('base64'),
    site: entry.site,
    ...(subjects
      ? { subjects: { count: subjects.count, root: asBuffer(subjects.root).toString('hex') } }
      : { subject: subject === null ? null : asBuffer(subject).toString('hex') }),
    terminal: entry.terminal,
    v: subjects ? 2 : 1,
  });
}

const asBuffer = (bytes: Uint8Array): Buffer => Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength);

/** Reads a leaf; only the one canonical spelling is taken. */
export function decodeLeaf(leaf: string): Result<RecordedEntry, 'leaf-malformed'> {
  const entry = readEntry(leaf);
  if (entry === undefined || encodeLeaf(entry) !== leaf)
    return fail('leaf-malformed', 'not the canonical text of an entry');
  return ok(entry);
}

function readEntry(leaf: string): RecordedEntry | undefined {
  let json: unknown;
  try {
    json = JSON.parse(leaf);
  } catch {
    return undefined;
  }
  if (typeof json !== 'object' || json === null) return undefined;
  const value = json as Readonly<Record<string, unknown>>;
  const text = (key: string): string => (typeof value[key] === 'string' ? value[key] : '');
  const at = Date.parse(text('at'));
  const salt = decodeBase64(text('salt'));
  const subjects = value['v'] === 2 ? readSubjects(value['subjects']) : undefined;
  const subject =
    value['subject'] === null || subjects !== undefined ? null : Buffer.from(text('subject'), 'hex');
  const actorKind = ACTOR_KINDS.find((kind) => kind === value['actorKind']);
  const { fields } = value;
  if (Number.isNaN(at) || salt?.length !== SALT_BYTES || actorKind === undefined) return undefined;
  if (subject !== null && subject.length !== SUBJECT_BYTES) return undefined;
  if (!Array.isArray(fields) || !fields.every((field) => typeof field === 'string')) return undefined;
  return {
    site: text('site'),
    at,
    actorKind,
    actor: text('actor'),
    terminal: text('terminal'),
    article: text('article'),
    affair: text('affair'),
    subject,
    fields,
    result: text('result'),
    correlation: text('correlation'),
    salt,
    ...(subjects && { subjects }),
  };
}

function readSubjects(value: unknown): JointSubjects | undefined {
  if (typeof value !== 'object' || value === null) return undefined;
  const { count, root } = value as Readonly<Record<string, unknown>>;
  if (typeof count !== 'number' || !Number.isSafeInteger(count) || count < 1) return undefined;
  const bytes = Buffer.from(typeof root === 'string' ? root : '', 'hex');
  return bytes.length === HASH_BYTES ? { count, root: bytes } : undefined;
}
