/**
 * Faults of the file rather than of a field, for the import's tests: lines that no list of columns can express. They are
 * appended to a written register as bytes; the quote that nobody closes is last, because it swallows what follows.
 */
import type { FileEncoding } from '@ishizue/text';
import { REGISTER_COLUMNS } from './register-row.ts';

const FIELDS = REGISTER_COLUMNS.length;
const commas = (fields: number): string => ','.repeat(fields - 1);

const LINES = {
  'empty-line': () => Buffer.from('\r\n'),
  'column-missing': () => Buffer.from(`9999999991${commas(FIELDS - 1)}\r\n`),
  'column-too-many': () => Buffer.from(`9999999992${commas(FIELDS + 1)}\r\n`),
  'quote-inside-field': () => Buffer.from(`99999"99993${commas(FIELDS)}\r\n`),
  // 0xFF begins no character in UTF-8; 0xA0 is nothing in CP932
  'bytes-invalid': (encoding: FileEncoding) =>
    Buffer.concat([
      Buffer.from('9999999994,,'),
      Buffer.from([encoding === 'utf-8' ? 0xff : 0xa0]),
      Buffer.from(`${commas(FIELDS - 2)}\r\n`),
    ]),
  'quote-not-closed': () => Buffer.from(`9999999995,"${commas(FIELDS - 1)}\r\n`),
} as const;

export type MalformedLineKind = keyof typeof LINES;

/** The kinds in the order in which they are appended. */
export const MALFORMED_LINE_KINDS = Object.keys(LINES) as readonly MalformedLineKind[];

/** The register with one malformed line of each kind asked for, in the order of `MALFORMED_LINE_KINDS`. */
export async function* appendMalformedLines(
  csv: AsyncIterable<Buffer>,
  encoding: FileEncoding,
  kinds: readonly MalformedLineKind[] = MALFORMED_LINE_KINDS,
): AsyncGenerator<Buffer, void, undefined> {
  yield* csv;
  for (const kind of MALFORMED_LINE_KINDS) if (kinds.includes(kind)) yield LINES[kind](encoding);
}
