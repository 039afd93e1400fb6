/**
 * The two fields of HTTP Message Signatures (RFC 9421 section 4) as structured fields (RFC 9651): only what they need,
 * dictionaries of inner lists of plain strings, and of byte sequences. Anything else is not understood, never guessed.
 */

/** One member of Signature-Input: what a signature covers, and its parameters in their order. */
export interface SignatureInput {
  readonly components: readonly string[];
  readonly parameters: ReadonlyMap<string, string | number>;
}

const FIELD_CHARACTERS_MAX = 4096;
const MEMBERS_MAX = 4;
const COMPONENTS_MAX = 20;
const PARAMETERS_MAX = 10;

const KEY = /[a-z*][a-z0-9_.*-]{0,63}/y;
const STRING = /"((?:[\x20\x21\x23-\x5b\x5d-\x7e]|\\["\\])*)"/y;
const INTEGER = /-?\d{1,15}(?![\d.])/y;
const BYTES = /:([A-Za-z0-9+/]*={0,2}):/y;
const SPACES = / */y;
const BETWEEN_MEMBERS = /[ \t]*,[ \t]*/y;

/** Takes tokens from a text, from left to right. */
class Scanner {
  readonly #text: string;
  #at = 0;

  constructor(text: string) {
    this.#text = text.trim();
  }

  /** The first group (or all) of what matches here, and goes past it. */
  take(pattern: RegExp): string | undefined {
    pattern.lastIndex = this.#at;
    const match = pattern.exec(this.#text);
    if (!match) return undefined;
    this.#at = pattern.lastIndex;
    return match[1] ?? match[0];
  }

  skip(text: string): boolean {
    if (!this.#text.startsWith(text, this.#at)) return false;
    this.#at += text.length;
    return true;
  }

  get atEnd(): boolean {
    return this.#at === this.#text.length;
  }
}

/** The members of a dictionary, or undefined where it is malformed, too long, or names a member twice. */
function parseDictionary<T>(
  text: string,
  parseMember: (scanner: Scanner) => T | undefined,
): ReadonlyMap<string, T> | undefined {
  if (text.length > FIELD_CHARACTERS_MAX) return undefined;
  const scanner = new Scanner(text);
  const members = new Map<string, T>();
  while (members.size < MEMBERS_MAX) {
    const key = scanner.take(KEY);
    if (key === undefined || members.has(key) || !scanner.skip('=')) return undefined;
    const member = parseMember(scanner);
    if (member === undefined) return undefined;
    members.set(key, member);
    if (scanner.atEnd) return members;
    if (scanner.take(BETWEEN_MEMBERS) === undefined) return undefined;
  }
  return undefined;
}

/** Parses Signature-Input. */
export const parseSignatureInput = (text: string): ReadonlyMap<string, SignatureInput> | undefined =>
  parseDictionary(text, (scanner) => {
    const components = parseComponents(scanner);
    const parameters = components && parseParameters(scanner);
    return components && parameters ? { components, parameters } : undefined;
  });

/** Parses Signature. */
export const parseSignature = (text: string): ReadonlyMap<string, Buffer> | undefined =>
  parseDictionary(text, (scanner) => {
    const base64 = scanner.take(BYTES);
    return base64 === undefined ? undefined : Buffer.from(base64, 'base64');
  });

function parseComponents(scanner: Scanner): readonly string[] | undefined {
  if (!scanner.skip('(')) return undefined;
  const components: string[] = [];
  for (;;) {
    const spaces = scanner.take(SPACES) ?? '';
    if (scanner.skip(')')) return components;
    if (components.length > 0 && spaces === '') return undefined;
    const component = parseString(scanner);
    // A component with parameters is another component than without; they are not part of this profile.
    if (component === undefined || components.includes(component) || components.length >= COMPONENTS_MAX)
      return undefined;
    components.push(component);
  }
}

function parseParameters(scanner: Scanner): ReadonlyMap<string, string | number> | undefined {
  const parameters = new Map<string, string | number>();
  while (scanner.skip(';')) {
    scanner.take(SPACES);
    const key = scanner.take(KEY);
    if (key === undefined || parameters.has(key) || parameters.size >= PARAMETERS_MAX) return undefined;
    if (!scanner.skip('=')) return undefined;
    const integer = scanner.take(INTEGER);
    const value = integer === undefined ? parseString(scanner) : Number(integer);
    if (value === undefined) return undefined;
    parameters.set(key, value);
  }
  return parameters;
}

const parseString = (scanner: Scanner): string | undefined =>
  scanner.take(STRING)?.replaceAll(/\\(["\\])/g, '$1');

/** A string as structured fields write it; throws for characters that they do not know. */
function formatString(text: string): string {
  if (!/^[\x20-\x7e]*$/.test(text)) throw new Error('a structured field holds ASCII only');
  return `"${text.replaceAll(/["\\]/g, '\\$&')}"`;
}

/** The value of `@signature-params`: the list and its parameters as the signature covers them. */
export function formatSignatureInput(input: SignatureInput): string {
  const parameters = [...input.parameters].map(
    ([name, value]) => `;${name}=${typeof value === 'number' ? value : formatString(value)}`,
  );
  return `(${input.components.map(formatString).join(' ')})${parameters.join('')}`;
}
