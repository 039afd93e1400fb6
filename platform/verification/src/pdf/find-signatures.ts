/**
 * The signatures of a PDF (ISO 32000-2 12.8.1, 12.8.3): found by their byte ranges, each of which must leave out exactly
 * the hexadecimal string of its own /Contents and nothing else. What cannot be read so is refused, never passed over: a
 * second /ByteRange hidden somewhere makes the file invalid, not unsigned.
 */
import { fail, ok, type Result } from '@ishizue/outcome';
import type { VerificationFailureCode } from '../failure.ts';

export interface PdfSignature {
  /** `adbe.pkcs7.detached` and the like. */
  readonly kind: string;
  /** The CMS message, with whatever fills up its room. */
  readonly message: Uint8Array;
  /** The octets before and after the message. */
  readonly content: readonly [Uint8Array, Uint8Array];
  /** Octets from the start of the file that this signature is about. */
  readonly covers: number;
}

const SIGNATURES_MAX = 16;
const BYTE_RANGE = /\/ByteRange\s*\[([^\]]{0,200})\]/g;
const FOUR_NUMBERS = /^\s*(\d{1,10})\s+(\d{1,10})\s+(\d{1,10})\s+(\d{1,10})\s*$/;
/** The white space of PDF (ISO 32000-2 7.2.3), which may stand among the digits; `\s` would take more for it. */
const BLANKS = /[\0\t\n\f\r ]/g;
const DIGITS = /^(?:[0-9A-Fa-f]{2})+$/;
const SUB_FILTER = /\/SubFilter\s*\/([A-Za-z0-9._]{1,64})/;

const malformed = (what: string): Result<never, VerificationFailureCode> =>
  fail('pdf-signature-malformed', what);

/** Where the object around a place begins and ends, in which its other entries stand; nowhere where it is in none. */
function objectAround(text: string, at: number): { readonly from: number; readonly to: number } {
  const from = text.lastIndexOf(' obj', at);
  const to = text.indexOf('endobj', at);
  return from < 0 || to < 0 || text.lastIndexOf('endobj', at) > from ? { from: at, to: at } : { from, to };
}

function readSignature(
  file: Uint8Array,
  text: string,
  at: number,
  numbers: string,
): Result<PdfSignature, VerificationFailureCode> {
  const [, ...given] = FOUR_NUMBERS.exec(numbers) ?? [];
  const [start = -1, before = -1, resume = -1, after = -1] = given.map(Number);
  const end = resume + after;
  if (start !== 0 || before <= 0 || resume < before + 2 || end > file.length)
    return malformed('a byte range that is none');
  const object = objectAround(text, at);
  const isOwn = text
    .slice(Math.max(0, before - 16), before)
    .trimEnd()
    .endsWith('/Contents');
  const isInObject = object.from < before && resume <= object.to;
  if (!isOwn || text[before] !== '<' || text[resume - 1] !== '>' || !isInObject)
    return malformed('a byte range that leaves out more or less than its contents');
  if (at >= before && at < resume) return malformed('a byte range inside of what is left out');
  const digits = text.slice(before + 1, resume - 1).replaceAll(BLANKS, '');
  if (!DIGITS.test(digits)) return malformed('contents that are no octets');
  return ok({
    kind: SUB_FILTER.exec(text.slice(object.from, object.to))?.[1] ?? 'none',
    message: Buffer.from(digits, 'hex'),
    content: [file.subarray(0, before), file.subarray(resume, end)],
    covers: end,
  });
}

/** All signatures, the one that covers least first. */
export function findPdfSignatures(
  file: Uint8Array,
): Result<readonly PdfSignature[], VerificationFailureCode> {
  const text = Buffer.from(file.buffer, file.byteOffset, file.length).toString('latin1');
  const signatures: PdfSignature[] = [];
  for (const match of text.matchAll(BYTE_RANGE)) {
    if (signatures.length >= SIGNATURES_MAX) return malformed(`more than ${SIGNATURES_MAX} signatures`);
    const signature = readSignature(file, text, match.index, match[1] ?? '');
    if (!signature.ok) return signature;
    signatures.push(signature.value);
  }
  if (signatures.length === 0) return fail('pdf-no-signature', 'the file is not signed');
  return ok(signatures.toSorted((a, b) => a.covers - b.covers));
}
