/** A file of letters, of whatever kind: a page that cannot be set is found and left, and the others are set without it. */
import { writeRecord } from '@ishizue/csv';
import type { Result } from '@ishizue/outcome';
import type { PdfCode, RenderedDocument } from '@ishizue/pdf';

export interface SoundFile<Letter> {
  /** Undefined where there is no letter in it. */
  readonly document: RenderedDocument | undefined;
  readonly printed: readonly Letter[];
  readonly failed: readonly { readonly letter: Letter; readonly code: PdfCode }[];
}

export async function renderSound<Letter>(
  wanted: readonly Letter[],
  render: (letters: readonly Letter[]) => Promise<Result<RenderedDocument, PdfCode>>,
): Promise<SoundFile<Letter>> {
  if (wanted.length === 0) return { document: undefined, printed: [], failed: [] };
  const whole = await render(wanted);
  if (whole.ok) return { document: whole.value, printed: wanted, failed: [] };
  const printed: Letter[] = [];
  const failed: { letter: Letter; code: PdfCode }[] = [];
  for (const letter of wanted) {
    const alone = await render([letter]);
    if (alone.ok) printed.push(letter);
    else failed.push({ letter, code: alone.failure.code });
  }
  if (printed.length === 0) return { document: undefined, printed, failed };
  const rest = await render(printed);
  if (!rest.ok) throw new Error(`pages that can be set alone cannot be set together: ${rest.failure.code}`);
  return { document: rest.value, printed, failed };
}

/** A line of an address file; a cell that a spreadsheet would take for a formula is kept a text. */
export const lineOf = (cells: readonly (string | number)[]): string =>
  writeRecord(cells.map((cell) => (typeof cell === 'string' && /^[=+\-@\t]/.test(cell) ? `'${cell}` : cell)));
