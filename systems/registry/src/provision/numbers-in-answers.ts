/**
 * Answers of batch queries lie in the database with sealed numbers, and are opened a chunk at a time when the agency fetches
 * them. A sealed number stands as a field outside quotation marks; names and addresses are always inside, whatever they
 * say, and no other field has its form.
 */
import { type NumberCipher, sealedNumber } from '../numbers/number-cipher.ts';

const SEALED_FIELD = /(?<=,)[A-Za-z0-9_-]{28}(?=[,\r])/g;

/** The answer with its numbers in clear. */
export const openAnswer = (numbers: NumberCipher, answer: string): string =>
  replaceFields(answer, SEALED_FIELD, (fields) =>
    numbers.openAll(fields.map((field) => sealedNumber.parse(field))),
  );

/** Replaces all fields of a form at once; what is in quotation marks stays. */
export function replaceFields(
  csv: string,
  form: RegExp,
  replace: (fields: readonly string[]) => readonly string[],
): string {
  // a quotation mark in a quoted field is written twice: outside is every other piece, whatever is quoted
  const pieces = csv.split('"');
  const outside = pieces.map((piece, index) => (index % 2 === 0 ? piece : ''));
  const replaced = replace(outside.flatMap((piece) => piece.match(form) ?? [])).values();
  return pieces
    .map((piece, index) => (index % 2 === 0 ? piece.replace(form, () => replaced.next().value ?? '') : piece))
    .join('"');
}
