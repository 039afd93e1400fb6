/**
 * Reads the text back out of a finished PDF's bytes, page by page, so that what leaves can be compared with what was to
 * be printed: in 2023 a second page was another person's. It knows only the PDF that our own press makes (ISO 32000-1:
 * text in `BT … Tj ET` with two-byte codes, 9.10.3 ToUnicode maps) and refuses everything else.
 */
import { inflateSync } from 'node:zlib';
import { fail, ok, type Result } from '@ishizue/outcome';

const INFLATED_BYTES_MAX = 8 * 1024 * 1024;
const OBJECT = /(\d+) 0 obj\n/g;

interface PdfObject {
  readonly dictionary: string;
  readonly stream: Buffer | undefined;
}

/** The text of each page, in the order in which it is drawn. */
export function readBack(pdf: Buffer): Result<readonly string[], 'pdf-unreadable'> {
  try {
    const objects = objectsOf(pdf);
    const pages = pageNumbers(objects).map((page) => textOfPage(objects, page));
    return pages.length > 0 ? ok(pages) : fail('pdf-unreadable', 'no pages');
  } catch (error) {
    if (error instanceof NotOurPdf) return fail('pdf-unreadable', error.message);
    throw error;
  }
}

class NotOurPdf extends Error {
  override readonly name = 'NotOurPdf';
}

function objectsOf(pdf: Buffer): ReadonlyMap<number, PdfObject> {
  const text = pdf.toString('latin1');
  const objects = new Map<number, PdfObject>();
  OBJECT.lastIndex = 0;
  for (let match = OBJECT.exec(text); match !== null; match = OBJECT.exec(text)) {
    const start = OBJECT.lastIndex;
    const end = text.indexOf('endobj', start);
    const streamAt = text.indexOf('\nstream\n', start);
    const hasStream = streamAt >= 0 && streamAt < end;
    const dictionary = text.slice(start, hasStream ? streamAt : end);
    const length = Number(/\/Length (\d+)/.exec(dictionary)?.[1]);
    const from = streamAt + '\nstream\n'.length;
    if (hasStream && !(length >= 0)) throw new NotOurPdf('a stream without a length');
    const stream = hasStream ? pdf.subarray(from, from + length) : undefined;
    objects.set(Number(match[1]), { dictionary, stream });
    if (hasStream) OBJECT.lastIndex = from + length; // a stream's bytes may look like an object
  }
  return objects;
}

function getObject(objects: ReadonlyMap<number, PdfObject>, number: string | undefined): PdfObject {
  const found = objects.get(Number(number));
  if (found === undefined) throw new NotOurPdf('an object is missing');
  return found;
}

function contentOf(object: PdfObject): string {
  if (object.stream === undefined) throw new NotOurPdf('a stream is missing');
  if (!object.dictionary.includes('/FlateDecode')) return object.stream.toString('latin1');
  try {
    return inflateSync(object.stream, { maxOutputLength: INFLATED_BYTES_MAX }).toString('latin1');
  } catch {
    throw new NotOurPdf('a stream cannot be inflated');
  }
}

/** The pages in the order of the page tree, which is one level deep. */
function pageNumbers(objects: ReadonlyMap<number, PdfObject>): readonly string[] {
  for (const { dictionary } of objects.values()) {
    if (!/\/Type \/Pages\b/.test(dictionary)) continue;
    const kids = /\/Kids \[([^\]]*)\]/.exec(dictionary)?.[1] ?? '';
    return [...kids.matchAll(/(\d+) 0 R/g)].map((match) => match[1] ?? '');
  }
  throw new NotOurPdf('no page tree');
}

const TEXT = /BT \/(Face\d) [^<]*<([0-9a-fA-F]*)> Tj ET/g;

function textOfPage(objects: ReadonlyMap<number, PdfObject>, number: string): string {
  const page = getObject(objects, number).dictionary;
  const contents = getObject(objects, /\/Contents (\d+) 0 R/.exec(page)?.[1]);
  const resources = getObject(objects, /\/Resources (\d+) 0 R/.exec(page)?.[1]).dictionary;
  const faces = new Map<string, ReadonlyMap<string, string>>();
  let text = '';
  const drawn = contentOf(contents);
  for (const [, face = '', codes = ''] of drawn.matchAll(TEXT)) {
    const characters = faces.get(face) ?? charactersOfFace(objects, resources, face);
    faces.set(face, characters);
    for (let at = 0; at < codes.length; at += 4) {
      const character = characters.get(codes.slice(at, at + 4).toLowerCase());
      if (character === undefined) throw new NotOurPdf('a code without a character');
      text += character;
    }
  }
  if (drawn.split(' Tj').length !== [...drawn.matchAll(TEXT)].length + 1)
    throw new NotOurPdf('text that is drawn in another way');
  return text;
}

/** The characters of a face's codes, from the blocks of its ToUnicode map. */
function charactersOfFace(
  objects: ReadonlyMap<number, PdfObject>,
  resources: string,
  face: string,
): ReadonlyMap<string, string> {
  const font = getObject(objects, new RegExp(`/${face} (\\d+) 0 R`).exec(resources)?.[1]).dictionary;
  const map = contentOf(getObject(objects, /\/ToUnicode (\d+) 0 R/.exec(font)?.[1]));
  const characters = new Map<string, string>();
  for (const [, block = ''] of map.matchAll(/beginbfchar([^]*?)endbfchar/g))
    for (const [, code = '', utf16 = ''] of block.matchAll(/<([0-9a-fA-F]{4})>\s*<([0-9a-fA-F]+)>/g))
      characters.set(code.toLowerCase(), Buffer.from(utf16, 'hex').swap16().toString('utf16le'));
  return characters;
}
