/**
 * The address file of a print batch: UTF-8 CSV (RFC 4180) with the place of each paper. It holds no number and no birth
 * date: who puts papers into envelopes needs neither.
 */
import type { NoticePage } from './notice-paper.ts';

const ADDRESS_COLUMNS = ['notice', 'file', 'page', 'municipality', 'name', 'address'] as const;

export interface AddressedPage extends NoticePage {
  readonly municipality: string;
}

export const addressHeader = (): string => lineOf(ADDRESS_COLUMNS);

/** The lines of one part. */
export function addressLines(file: string, pages: readonly AddressedPage[]): string {
  return pages
    .map(({ noticeId, municipality, name, address }, index) =>
      lineOf([String(noticeId), file, String(index + 1), municipality, name, address]),
    )
    .join('');
}

const lineOf = (cells: readonly string[]): string => `${cells.map(quoted).join(',')}\r\n`;

/** Quoted where RFC 4180 asks; a cell that a spreadsheet would take for a formula is kept a text. */
function quoted(cell: string): string {
  const text = /^[=+\-@\t]/.test(cell) ? `'${cell}` : cell;
  return /[",\r\n]/.test(text) ? `"${text.replaceAll('"', '""')}"` : text;
}
