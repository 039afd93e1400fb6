/**
 * Prints a copy and proves it before it may leave: the finished bytes are read back, and they must hold exactly the
 * characters of this one description, with the certificate's number on every page. Domain rule of the wrong-person copies
 * of 2023: each paper is rendered in memory for one request, hashed, and checked before it is sent.
 */
import { fail, ok, type Result } from '@ishizue/outcome';
import { type DocumentSpec, type PdfCode, renderDocument } from '@ishizue/pdf';
import { layOutCopy } from './lay-out-copy.ts';
import type { Press } from './press.ts';
import { readBack } from './read-back.ts';
import { digestOf, type RecordCopy } from './record-copy.ts';
import { type ChosenSubstitute, chooseSubstitutes } from './substitutes.ts';
import { textsOf } from './texts-of.ts';

/** A paper that is ready to leave. */
export interface PrintedPaper {
  readonly certificateId: string;
  readonly bytes: Buffer;
  /** Of the bytes, hexadecimal. */
  readonly sha256: string;
  /** Of the content that was printed, hexadecimal. */
  readonly contentSha256: string;
  readonly pages: number;
}

export type PrintFailure = PdfCode | 'character-not-printable' | 'paper-differs' | 'document-too-large';

/** What one certificate may weigh: in base64 it must go into one message. */
const DOCUMENT_BYTES_MAX = 700_000;

/** Prints the copy of a resident record. */
export function printCopy(
  press: Press,
  copy: RecordCopy,
  issuedAt: number,
): Promise<Result<PrintedPaper, PrintFailure>> {
  return printPaper(press, copy, (substitutes) => layOutCopy(press, copy, substitutes, issuedAt));
}

/** Prints the paper of a content, as it is laid out with the substitutes chosen for its texts. */
export async function printPaper(
  press: Press,
  content: { readonly certificateId: string },
  layOut: (substitutes: readonly ChosenSubstitute[]) => DocumentSpec,
): Promise<Result<PrintedPaper, PrintFailure>> {
  const substitutes = chooseSubstitutes(press.typeface, JSON.stringify(content));
  if (!substitutes.ok) return substitutes;
  const spec = layOut(substitutes.value);
  const rendered = await renderDocument(press.typeface, spec);
  if (!rendered.ok) return rendered;
  const { bytes, sha256, pages } = rendered.value;
  if (bytes.length > DOCUMENT_BYTES_MAX)
    return fail('document-too-large', `the paper has more than ${DOCUMENT_BYTES_MAX} bytes`);
  const checked = checkPaper(spec, bytes, pages);
  if (!checked.ok) return checked;
  return ok({ certificateId: content.certificateId, bytes, sha256, contentSha256: digestOf(content), pages });
}

/** Whether the bytes are the paper of the description: every page its number, all its characters, no other. */
export function checkPaper(spec: DocumentSpec, bytes: Buffer, pages: number): Result<void, 'paper-differs'> {
  const read = readBack(bytes);
  if (!read.ok) return fail('paper-differs', read.failure.detail);
  if (read.value.length !== pages) return fail('paper-differs', 'another number of pages');
  if (read.value.some((text) => text.split(spec.id).length !== 2))
    return fail('paper-differs', 'a page without the certificate’s number, or with several');
  const expected = inventory(textsOf(spec, pages));
  if (inventory(read.value.join('')) !== expected)
    return fail('paper-differs', 'the paper holds other characters than its content');
  return ok(undefined);
}

/** The characters of a text in one order, without spaces: two texts with the same are made of the same characters. */
const inventory = (text: string): string => Array.from(text.replaceAll(/\s/g, '')).sort().join('');
