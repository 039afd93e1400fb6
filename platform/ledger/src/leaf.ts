/**
 * One entry and its leaf. The leaf is the JSON text of RFC 8785 (keys in order, no spaces, shortest escapes) in UTF-8:
 * `{"actor","actorKind","affair","article","at","correlation","fields","result","salt","site","subject","terminal","v"}`
 * with `at` as `2026-11-22T01:02:03.456Z`, `salt` in base64, `subject` in hexadecimal or null, and `v` 1. What a leaf is
 * can never change: a new layout is a new `v`.
 */
import { fail, ok, type Result } from '@ishizue/outcome';
import { decodeBase64 } from './tree/base64.ts';

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
}

const SALT_BYTES = 16;
const PSEUDONYM_BYTES = 32;

/** The text whose UTF-8 bytes are the entry's leaf. */
export function encodeLeaf(entry: RecordedEntry): string {
  const { subject } = entry;
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
    subject: subject === null ? null : asBuffer(subject).toString('hex'),
    terminal: entry.terminal,
    v: 1,
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
  const subject = value['subject'] === null ? null : Buffer.from(text('subject'), 'hex');
  const actorKind = ACTOR_KINDS.find((kind) => kind === value['actorKind']);
  const { fields } = value;
  if (Number.isNaN(at) || salt?.length !== SALT_BYTES || actorKind === undefined) return undefined;
  if (subject !== null && subject.length !== PSEUDONYM_BYTES) return undefined;
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
  };
}
