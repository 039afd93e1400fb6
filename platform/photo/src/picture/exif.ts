/**
 * The two things that are read from a picture's EXIF (CIPA DC-008, a TIFF): when it was taken, and which way up it is. What
 * is broken there is as if it were absent: a camera without a clock is no reason to refuse a picture.
 */
import { Buffer } from 'node:buffer';

export interface ExifFacts {
  /** `YYYY-MM-DD` by the camera's clock, which has no zone; undefined where it does not say. */
  readonly takenOn: string | undefined;
  /** 1 to 8 as in EXIF: which turn or mirroring brings it upright. */
  readonly orientation: number;
}

const ORIENTATION = 0x0112;
const EXIF_DIRECTORY = 0x8769;
const TAKEN_AT = 0x9003;
const ENTRIES_MAX = 200;
const ENTRY_BYTES = 12;

interface Entry {
  readonly count: number;
  /** Where the value or its offset stands. */
  readonly at: number;
}

class Tiff {
  readonly #bytes: Buffer;
  readonly #isLittle: boolean;

  constructor(bytes: Buffer) {
    this.#bytes = bytes;
    this.#isLittle = bytes.toString('latin1', 0, 2) === 'II';
  }

  u16 = (at: number): number =>
    this.#isLittle ? this.#bytes.readUInt16LE(at) : this.#bytes.readUInt16BE(at);
  u32 = (at: number): number =>
    this.#isLittle ? this.#bytes.readUInt32LE(at) : this.#bytes.readUInt32BE(at);
  text = (at: number, length: number): string => this.#bytes.toString('latin1', at, at + length);

  entry(directory: number, tag: number): Entry | undefined {
    const count = Math.min(this.u16(directory), ENTRIES_MAX);
    for (let index = 0; index < count; index++) {
      const at = directory + 2 + index * ENTRY_BYTES;
      if (this.u16(at) === tag) return { count: this.u32(at + 4), at: at + 8 };
    }
    return undefined;
  }
}

export function readExif(bytes: Buffer | undefined): ExifFacts {
  try {
    if (bytes) return factsOf(new Tiff(bytes));
  } catch (error) {
    if (!(error instanceof RangeError)) throw error; // an offset outside of the block
  }
  return { takenOn: undefined, orientation: 1 };
}

function factsOf(tiff: Tiff): ExifFacts {
  const first = tiff.u32(4);
  const turn = tiff.entry(first, ORIENTATION);
  const orientation = turn ? tiff.u16(turn.at) : 1;
  const directory = tiff.entry(first, EXIF_DIRECTORY);
  const taken = directory && tiff.entry(tiff.u32(directory.at), TAKEN_AT);
  const date =
    taken && /^(\d{4}):(\d{2}):(\d{2}) /.exec(tiff.text(tiff.u32(taken.at), Math.min(taken.count, 20)));
  return {
    takenOn: date ? `${date[1]}-${date[2]}-${date[3]}` : undefined,
    orientation: orientation >= 1 && orientation <= 8 ? orientation : 1,
  };
}
