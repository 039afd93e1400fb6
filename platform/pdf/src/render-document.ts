/**
 * A description becomes a PDF. All state belongs to the one document that is being made; what documents share (the
 * typeface, a background) cannot change. That is the answer to the wrong-person copies of 2023, where one document
 * came out of what another had left behind.
 *
 * ISO 32000-1. Invariant: the same description, fonts and zlib give the same bytes.
 */
import { createHash } from 'node:crypto';
import { once } from 'node:events';
import { setImmediate } from 'node:timers/promises';
import { ok, type Result } from '@ishizue/outcome';
import PdfKit from 'pdfkit';
import type { DocumentSpec } from './document-spec.ts';
import { everyPageLeaves, flowPages } from './flow.ts';
import { PagePainter } from './page-painter.ts';
import { type PdfCode, Refusals } from './pdf-failure.ts';
import { Shaper, type Substitute } from './shaper.ts';
import type { Typeface } from './typeface.ts';

/** A finished paper. */
export interface RenderedDocument {
  readonly bytes: Buffer;
  /** Hex. */
  readonly sha256: string;
  readonly pages: number;
  /** Characters that were drawn as others, by the caller's choice. */
  readonly substitutes: readonly Substitute[];
}

/** Makes a paper. Refusals are listed at `PdfCode`; a description that contradicts itself throws. */
export async function renderDocument(
  typeface: Typeface,
  spec: DocumentSpec,
): Promise<Result<RenderedDocument, PdfCode>> {
  if (!/^[!-~]{1,64}$/.test(spec.id)) throw new Error('a document id is 1 to 64 printable ASCII characters');
  const refusals = new Refusals();
  const shaper = new Shaper(typeface, refusals, spec.substituteFor);
  const setting = { typeface, shaper, refusals };
  const pages = flowPages(setting, spec).map((page, index, all) => ({
    page,
    everyPage: everyPageLeaves(setting, spec, { page: index + 1, pages: all.length }),
  }));
  const failure = refusals.failure();
  if (failure !== undefined) return { ok: false, failure };

  const doc = openDocument(spec);
  const chunks: Buffer[] = [];
  doc.on('data', (chunk: Buffer) => chunks.push(chunk));
  const ended = once(doc, 'end');
  const painter = new PagePainter(doc, typeface, spec);
  for (const { page, everyPage } of pages) {
    painter.paint(page, everyPage);
    await setImmediate(); // a long paper must not hold up the short ones
  }
  await painter.finish();
  doc.end();
  await ended;
  const bytes = Buffer.concat(chunks);
  const sha256 = createHash('sha256').update(bytes).digest('hex');
  return ok({ bytes, sha256, pages: pages.length, substitutes: shaper.substitutes });
}

function openDocument(spec: DocumentSpec): PDFKit.PDFDocument {
  const info = { Title: spec.title, ...(spec.author === undefined ? {} : { Author: spec.author }) };
  // pdfkit copies these into XML as they are
  if (/[<>&]/.test(Object.values(info).join(''))) throw new Error('title and author are without <, > and &');
  return new PdfKit({
    autoFirstPage: false,
    font: '', // none of pdfkit's own, which could not be embedded
    pdfVersion: '1.7',
    lang: 'ja-JP',
    tagged: true,
    displayTitle: true,
    info: {
      ...info,
      Keywords: spec.id,
      Creator: 'Ishizue',
      Producer: 'Ishizue',
      CreationDate: new Date(spec.createdAt),
      ModDate: new Date(spec.createdAt),
    },
  });
}
