/**
 * A register as a CSV file (RFC 4180): a header, CRLF, quotes where needed. The bytes come in pieces of some 64 KiB, so
 * that a register of a million residents needs no more memory than one of a thousand.
 */
import { writeRecord } from '@ishizue/csv';
import type { FileEncoding } from '@ishizue/text';
import { encodeCp932 } from './cp932.ts';
import { REGISTER_COLUMNS, type RegisterRow } from './register-row.ts';

const PIECE_UNITS = 32_768;

/** Writes rows as they come: `utf-8` without a byte order mark, or `cp932` with `{MJ…}` for what JIS X 0208 lacks. */
export async function* writeRegisterCsv(
  rows: AsyncIterable<RegisterRow>,
  encoding: FileEncoding = 'utf-8',
): AsyncGenerator<Buffer, void, undefined> {
  const encode = encoding === 'utf-8' ? (text: string) => Buffer.from(text, 'utf8') : encodeCp932;
  let piece = writeRecord(REGISTER_COLUMNS);
  for await (const row of rows) {
    piece += writeRecord(REGISTER_COLUMNS.map((column) => row[column]));
    if (piece.length < PIECE_UNITS) continue;
    yield encode(piece);
    piece = '';
  }
  if (piece !== '') yield encode(piece);
}
