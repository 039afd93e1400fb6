/**
 * Says what a file is by its bytes, while they pass: PDF (ISO 32000-2 7.5), PNG (ISO/IEC 15948), JPEG (ITU-T T.81 annex B) or text.
 * A file that could also be taken for another kind is refused: readers look for `%PDF-` in the first 1024 bytes, and for a
 * ZIP directory in the last 64 KiB. Memory is bounded by those two.
 */
import { fail, ok, type Result } from '@ishizue/outcome';
import type { AttachmentType } from '../define/field.ts';

export type InspectionCode = 'attachment-type-refused' | 'attachment-malformed' | 'attachment-polyglot';

export const MEDIA_TYPES: Readonly<Record<AttachmentType, string>> = {
  pdf: 'application/pdf',
  jpeg: 'image/jpeg',
  png: 'image/png',
  text: 'text/plain',
};

const HEAD_BYTES = 1024;
const TAIL_BYTES = 22 + 65_535; // a ZIP's end record with the longest comment
const PNG_SIGNATURE = Buffer.from('89504e470d0a1a0a', 'hex');
const ZIP_END = Buffer.from('504b0506', 'hex');
const PDF_MARK = Buffer.from('%PDF-');

export class FileInspector {
  #head: Buffer = Buffer.alloc(0);
  #tail: Buffer = Buffer.alloc(0);
  readonly #png = new PngWalk();
  readonly #text = new TextWalk();

  push(chunk: Uint8Array): void {
    const bytes = Buffer.from(chunk.buffer, chunk.byteOffset, chunk.byteLength);
    if (this.#head.length < HEAD_BYTES)
      this.#head = Buffer.concat([this.#head, bytes.subarray(0, HEAD_BYTES - this.#head.length)]);
    this.#tail = Buffer.concat([this.#tail, bytes.subarray(-TAIL_BYTES)]).subarray(-TAIL_BYTES);
    this.#png.push(bytes);
    this.#text.push(bytes);
  }

  /** What it was. */
  finish(): Result<AttachmentType, InspectionCode> {
    const type = this.#beginsAs();
    if (type === undefined) return fail('attachment-type-refused', 'neither PDF, JPEG, PNG nor text');
    if (
      this.#tail.includes(ZIP_END) ||
      (type !== 'pdf' && this.#head.includes(PDF_MARK)) ||
      this.#isMarkup(type)
    )
      return fail('attachment-polyglot', 'the file is also one of another kind');
    return this.#isWhole(type)
      ? ok(type)
      : fail('attachment-malformed', 'cut short, or something comes after its end');
  }

  #beginsAs(): AttachmentType | undefined {
    const head = this.#head;
    if (head.subarray(0, 8).equals(PNG_SIGNATURE)) return 'png';
    if (head[0] === 0xff && head[1] === 0xd8 && head[2] === 0xff) return 'jpeg';
    if (/^%PDF-[12]\.\d/.test(head.subarray(0, 8).toString('latin1'))) return 'pdf';
    return this.#text.isText() ? 'text' : undefined;
  }

  /** Text that a browser or a shell would run. */
  #isMarkup(type: AttachmentType): boolean {
    return type === 'text' && /^\uFEFF?\s*(?:<[!?a-z/]|#!)/i.test(this.#head.toString('utf8'));
  }

  #isWhole(type: AttachmentType): boolean {
    if (type === 'png') return this.#png.isWhole();
    if (type === 'jpeg')
      return this.#tail.length > 4 && this.#tail.subarray(-2).equals(Buffer.from('ffd9', 'hex'));
    if (type === 'pdf') return /%%EOF\s*$/.test(this.#tail.subarray(-HEAD_BYTES).toString('latin1'));
    return true;
  }
}

/** Walks the chunks of a PNG: IHDR first, IEND last, and nothing after it. */
class PngWalk {
  #skip = 0;
  #header: Buffer = Buffer.alloc(0);
  #wants = PNG_SIGNATURE.length;
  #chunks = 0;
  #state: 'signature' | 'chunks' | 'ended' | 'broken' = 'signature';

  push(bytes: Buffer): void {
    let at = 0;
    while (at < bytes.length && this.#state !== 'broken') {
      if (this.#skip > 0) {
        const step = Math.min(this.#skip, bytes.length - at);
        this.#skip -= step;
        at += step;
        continue;
      }
      if (this.#state === 'ended') {
        this.#state = 'broken';
        return;
      }
      const part = bytes.subarray(at, at + this.#wants - this.#header.length);
      this.#header = Buffer.concat([this.#header, part]);
      at += part.length;
      if (this.#header.length === this.#wants) this.#take();
    }
  }

  #take(): void {
    const header = this.#header;
    this.#header = Buffer.alloc(0);
    this.#wants = 8;
    if (this.#state === 'signature') {
      this.#state = header.equals(PNG_SIGNATURE) ? 'chunks' : 'broken';
      return;
    }
    const type = header.toString('latin1', 4, 8);
    if ((this.#chunks++ === 0) !== (type === 'IHDR')) this.#state = 'broken';
    else if (type === 'IEND') this.#state = 'ended';
    this.#skip = header.readUInt32BE(0) + 4; // with its CRC
  }

  isWhole(): boolean {
    return this.#state === 'ended' && this.#skip === 0;
  }
}

/** UTF-8 or Shift_JIS without controls but tab and line ends. */
class TextWalk {
  readonly #decoders = [
    new TextDecoder('utf-8', { fatal: true }),
    new TextDecoder('shift_jis', { fatal: true }),
  ].map((decoder) => ({ decoder, isGood: true }));
  #hasControls = false;

  push(bytes: Buffer): void {
    if (this.#hasControls) return;
    this.#hasControls = bytes.some(
      (byte) => (byte < 0x20 && byte !== 9 && byte !== 10 && byte !== 13) || byte === 0x7f,
    );
    for (const one of this.#decoders) this.#feed(one, bytes);
  }

  #feed(one: { readonly decoder: InstanceType<typeof TextDecoder>; isGood: boolean }, bytes?: Buffer): void {
    if (!one.isGood) return;
    try {
      if (bytes) one.decoder.decode(bytes, { stream: true });
      else one.decoder.decode();
    } catch {
      one.isGood = false;
    }
  }

  isText(): boolean {
    for (const one of this.#decoders) this.#feed(one);
    return !this.#hasControls && this.#decoders.some(({ isGood }) => isGood);
  }
}
