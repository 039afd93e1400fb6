/**
 * A register as a CSV file (RFC 4180): a header, CRLF, quotes where needed. The bytes come in pieces of some 64 KiB, so
 * that a register of a million residents needs no more memory than one of a thousand.
 */
import type { FileEncoding } from '@ishizue/text';
import { encodeCp932 } from './cp932.ts';
import { REGISTER_COLUMNS, type RegisterRow } from './register-row.ts';

const PIECE_UNITS = 32_768;
const NEEDS_QUOTES = /[",\r\n]/;

/** Writes rows as they come: `utf-8` without a byte order mark, or `cp932` with `{MJ…}` for what JIS X 0208 lacks. */
export async function* writeRegisterCsv(
  rows: AsyncIterable<RegisterRow>,
  encoding: FileEncoding = 'utf-8',
): AsyncGenerator<Buffer, void, undefined> {
  const encode = encoding === 'utf-8' ? (text: string) => Buffer.from(text, 'utf8') : encodeCp932;
  let piece = `${REGISTER_COLUMNS.join(',')}\r\n`;
  for await (const row of rows) {
    piece += lineOf(row);
    if (piece.length < PIECE_UNITS) continue;
    yield encode(piece);
    piece = '';
  }
  if (piece !== '') yield encode(piece);
}

function lineOf(row: RegisterRow): string {
  let line = '';
  for (const column of REGISTER_COLUMNS) {
    const field = row[column];
    line += NEEDS_QUOTES.test(field) ? `"${field.replaceAll('"', '""')}",` : `${field},`;
  }
  return `${line.slice(0, -1)}\r\n`;
}
