/**
 * JPEG 2000 by OpenJPEG in WebAssembly (`@cornerstonejs/codec-openjpeg`): the same pixels give the same octets. Its memory is
 * its own and grows, so that it is run in the thread of pictures alone, on what passed jp2-file.ts, and is opened
 * anew after whatever went wrong in it. Decision: docs/decisions/0015-jpeg-2000-by-openjpeg.md.
 */
import { createRequire } from 'node:module';
import type { Codestream } from './jp2-file.ts';
import type { Picture } from './picture.ts';

interface Frame {
  readonly width: number;
  readonly height: number;
  readonly bitsPerSample: number;
  readonly componentCount: number;
  readonly isSigned: boolean;
}

/** Buffers are views of the module’s memory: they are copied before anything else is asked. */
interface Encoder {
  getDecodedBuffer(frame: Frame): Uint8Array;
  setDecompositions(decompositions: number): void;
  setQuality(isLossless: boolean, layers: number): void;
  setCompressionRatio(layer: number, ratio: number): void;
  encode(): void;
  getEncodedBuffer(): Uint8Array;
  delete(): void;
}
interface Decoder {
  getEncodedBuffer(bytes: number): Uint8Array;
  decode(): void;
  getFrameInfo(): Frame;
  getDecodedBuffer(): Uint8Array;
  delete(): void;
}
interface OpenJpeg {
  readonly J2KEncoder: new () => Encoder;
  readonly J2KDecoder: new () => Decoder;
  readonly HEAPU8: Uint8Array;
}
type Open = (options: { readonly print: () => void; readonly printErr: () => void }) => Promise<OpenJpeg>;

const require = createRequire(import.meta.url);
/** It begins with 50 MiB; whatever a picture made of it beyond this is given back with it. */
const MEMORY_BYTES_MAX = 134_217_728;
const SAMPLES = 3;
const DECOMPOSITIONS_MAX = 5;
/** What the codec is told of the octets that it has: it goes over by some. */
const SHARES = [1, 0.96, 0.9, 0.75, 0.5];

export class Jpeg2000 {
  #open: Promise<OpenJpeg> | undefined;

  /** The codestream of a picture, in at most so many octets: as good as fits. */
  async encode({ width, height, rgb }: Picture, bytes_max: number): Promise<Buffer> {
    return this.#with(({ J2KEncoder }) => {
      const encoder = new J2KEncoder();
      const frame = { width, height, bitsPerSample: 8, componentCount: SAMPLES, isSigned: false };
      encoder.getDecodedBuffer(frame).set(rgb);
      encoder.setDecompositions(Math.min(DECOMPOSITIONS_MAX, Math.floor(Math.log2(Math.min(width, height)))));
      encoder.setQuality(false, 1);
      for (const share of SHARES) {
        encoder.setCompressionRatio(0, Math.max(1, rgb.length / (bytes_max * share)));
        encoder.encode();
        const encoded = encoder.getEncodedBuffer();
        if (encoded.length > bytes_max) continue;
        const codestream = Buffer.from(encoded);
        encoder.delete();
        return codestream;
      }
      throw new Error('the codec made more octets than it was given');
    });
  }

  /** Its pixels; undefined where the codec cannot read them all. */
  async decode({ width, height, octets }: Codestream): Promise<Picture | undefined> {
    return this.#with(({ J2KDecoder }) => {
      const decoder = new J2KDecoder();
      decoder.getEncodedBuffer(octets.length).set(octets);
      decoder.decode();
      const frame = decoder.getFrameInfo();
      const rgb = Buffer.from(decoder.getDecodedBuffer());
      decoder.delete();
      const isSize = frame.width === width && frame.height === height && frame.componentCount === SAMPLES;
      return isSize && rgb.length === width * height * SAMPLES ? { width, height, rgb } : undefined;
    });
  }

  async #with<T>(work: (codec: OpenJpeg) => T): Promise<T> {
    const open = require('@cornerstonejs/codec-openjpeg/wasmjs') as Open;
    this.#open ??= open({ print: () => undefined, printErr: () => undefined });
    try {
      const codec = await this.#open;
      const done = work(codec);
      if (codec.HEAPU8.length > MEMORY_BYTES_MAX) this.#open = undefined;
      return done;
    } catch (error) {
      this.#open = undefined; // after a fault its memory is not to be relied on
      throw new Error('the JPEG 2000 codec failed', { cause: error });
    }
  }
}
