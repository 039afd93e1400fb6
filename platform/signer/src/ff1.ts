/**
 * FF1 format-preserving encryption (NIST SP 800-38G, 5.1) over decimal strings of 6 to 18 digits, AES-128/192/256.
 * Of the PRF's CBC-MAC only the last block depends on the value, so a round over a whole batch is one AES-ECB call
 * on (chain XOR last block). Invariant: `invert` undoes `permute` for the same key, tweak and length.
 * Digits travel packed: the ASCII digits of all values, one after the other, without separators.
 */
import { type Cipheriv, createCipheriv } from 'node:crypto';

/** 10^6 is the smallest domain that SP 800-38G Rev. 1 allows; halves of 9 digits keep all arithmetic in integers. */
const FF1_DIGITS_MIN = 6;
const FF1_DIGITS_MAX = 18;

const ROUNDS = 10;
const BLOCK = 16;
const BATCH = 2048; // values a pass: input and output blocks stay in the second-level cache
const TWEAK_MAX_BYTES = 65_535;
const ASCII_ZERO = 0x30;

/** What depends on the key, the tweak and the number of digits only. */
interface Layout {
  readonly leftDigits: number; // u
  readonly rightDigits: number; // v
  readonly halfBytes: number; // b: bytes of a half in the block
  readonly chain: Buffer; // CBC-MAC state before the last block, XOR the tweak bytes that reach into that block
}

/** The permutation under one key and tweak. It holds no state between calls. */
export class Ff1 {
  readonly #aes: Cipheriv;
  readonly #tweak: Buffer;
  readonly #layouts = new Map<number, Layout>();

  /** `key` of 16, 24 or 32 bytes. */
  constructor(key: Buffer, tweak: Buffer = Buffer.alloc(0)) {
    if (tweak.length > TWEAK_MAX_BYTES) throw new Error(`tweak of ${tweak.length} bytes`);
    this.#aes = createCipheriv(`aes-${key.length * 8}-ecb`, key, null).setAutoPadding(false);
    this.#tweak = tweak;
  }

  /** Encrypts packed values of `digits` digits each. The input must have passed `arePackedDigits`. */
  permute(packed: Buffer, digits: number): Buffer {
    return this.#run(packed, digits, forward);
  }

  /** Decrypts what `permute` gave. */
  invert(packed: Buffer, digits: number): Buffer {
    return this.#run(packed, digits, backward);
  }

  #run(packed: Buffer, digits: number, rounds: typeof forward): Buffer {
    if (!arePackedDigits(packed, digits)) throw new Error(`not packed values of ${digits} digits`);
    const layout = this.#layoutFor(digits);
    const out = Buffer.allocUnsafe(packed.length);
    for (let start = 0; start < packed.length; start += BATCH * digits) {
      const part = packed.subarray(start, start + BATCH * digits);
      const count = part.length / digits;
      const left = readColumn(part, digits, 0, layout.leftDigits, count);
      const right = readColumn(part, digits, layout.leftDigits, layout.rightDigits, count);
      const [newLeft, newRight] = rounds(this.#aes, layout, left, right);
      writeColumn(out, start, digits, 0, layout.leftDigits, newLeft);
      writeColumn(out, start, digits, layout.leftDigits, layout.rightDigits, newRight);
    }
    return out;
  }

  #layoutFor(digits: number): Layout {
    const known = this.#layouts.get(digits);
    if (known) return known;
    const layout = makeLayout(this.#aes, this.#tweak, digits);
    this.#layouts.set(digits, layout);
    return layout;
  }
}

/** Whether a buffer holds whole values of `digits` ASCII digits, with `digits` in FF1's range here. */
export function arePackedDigits(packed: Buffer, digits: number): boolean {
  if (!Number.isInteger(digits) || digits < FF1_DIGITS_MIN || digits > FF1_DIGITS_MAX) return false;
  if (packed.length % digits !== 0) return false;
  for (const byte of packed) if (byte < ASCII_ZERO || byte > ASCII_ZERO + 9) return false;
  return true;
}

/** Packs decimal strings; undefined where one is not exactly `digits` ASCII digits. */
export function packDigits(values: readonly string[], digits: number): Buffer | undefined {
  for (const value of values) if (value.length !== digits) return undefined;
  const packed = Buffer.from(values.join(''), 'utf8'); // a character that is no ASCII digit fails the check below
  return packed.length === values.length * digits && arePackedDigits(packed, digits) ? packed : undefined;
}

/** The values of a packed buffer as strings. */
export function unpackDigits(packed: Buffer, digits: number): string[] {
  const text = packed.toString('latin1');
  const values: string[] = [];
  for (let at = 0; at < text.length; at += digits) values.push(text.slice(at, at + digits));
  return values;
}

function makeLayout(aes: Cipheriv, tweak: Buffer, digits: number): Layout {
  const leftDigits = Math.floor(digits / 2);
  const rightDigits = digits - leftDigits;
  const halfBytes = Math.ceil(Math.ceil(rightDigits * Math.log2(10)) / 8);
  const first = Buffer.from([1, 2, 1, 0, 0, 10, ROUNDS, leftDigits, 0, 0, 0, digits, 0, 0, 0, 0]);
  first.writeUInt32BE(tweak.length, 12);
  // Q = tweak, zeros, round, half: its length is the next multiple of the block
  const q = Buffer.alloc(Math.ceil((tweak.length + halfBytes + 1) / BLOCK) * BLOCK);
  tweak.copy(q);
  let chain = aes.update(first);
  for (let at = 0; at < q.length - BLOCK; at += BLOCK) chain = aes.update(xor(chain, q.subarray(at)));
  return { leftDigits, rightDigits, halfBytes, chain: xor(chain, q.subarray(q.length - BLOCK)) };
}

function xor(a: Buffer, b: Buffer): Buffer {
  const out = Buffer.allocUnsafe(BLOCK);
  for (let i = 0; i < BLOCK; i++) out[i] = (a[i] ?? 0) ^ (b[i] ?? 0);
  return out;
}

function forward(
  aes: Cipheriv,
  layout: Layout,
  left: Int32Array,
  right: Int32Array,
): [Int32Array, Int32Array] {
  const blocks = makeBlocks(layout, left.length);
  let [a, b] = [left, right];
  for (let round = 0; round < ROUNDS; round++) {
    const modulus = 10 ** (round % 2 === 0 ? layout.leftDigits : layout.rightDigits);
    fillBlocks(blocks, layout, round, b);
    mix(a, aes.update(blocks), modulus, 1);
    [a, b] = [b, a];
  }
  return [a, b];
}

function backward(
  aes: Cipheriv,
  layout: Layout,
  left: Int32Array,
  right: Int32Array,
): [Int32Array, Int32Array] {
  const blocks = makeBlocks(layout, left.length);
  let [a, b] = [left, right];
  for (let round = ROUNDS - 1; round >= 0; round--) {
    const modulus = 10 ** (round % 2 === 0 ? layout.leftDigits : layout.rightDigits);
    fillBlocks(blocks, layout, round, a);
    mix(b, aes.update(blocks), modulus, -1);
    [a, b] = [b, a];
  }
  return [a, b];
}

function makeBlocks(layout: Layout, count: number): Buffer {
  const blocks = Buffer.allocUnsafe(count * BLOCK);
  for (let i = 0; i < count; i++) layout.chain.copy(blocks, i * BLOCK);
  return blocks;
}

/** Writes the round number and the halves into the last bytes of each block; the rest stays from `makeBlocks`. */
function fillBlocks(blocks: Buffer, layout: Layout, round: number, halves: Int32Array): void {
  const view = new DataView(blocks.buffer, blocks.byteOffset, blocks.length);
  const { chain, halfBytes } = layout;
  const roundAt = BLOCK - 1 - halfBytes;
  const roundByte = (chain[roundAt] ?? 0) ^ round;
  const tail = chain.readUInt32BE(12);
  const roundInTail = halfBytes < 4 ? round << (8 * halfBytes) : 0;
  for (let i = 0; i < halves.length; i++) {
    const at = i * BLOCK;
    if (halfBytes === 4) view.setUint8(at + roundAt, roundByte);
    view.setUint32(at + 12, tail ^ (halves[i] ?? 0) ^ roundInTail);
  }
}

/**
 * Adds (or takes away) the first eight bytes of each output block, modulo a power of ten up to 10^9. The 64-bit
 * number is reduced in 16-bit steps: each intermediate stays below 10^9 × 2^16 < 2^53, where floor division of
 * doubles is exact.
 */
function mix(halves: Int32Array, output: Buffer, modulus: number, sign: 1 | -1): void {
  const view = new DataView(output.buffer, output.byteOffset, output.length);
  for (let i = 0; i < halves.length; i++) {
    const low = view.getUint32(i * BLOCK + 4);
    let rest = view.getUint32(i * BLOCK);
    rest -= Math.floor(rest / modulus) * modulus;
    rest = rest * 65_536 + (low >>> 16);
    rest -= Math.floor(rest / modulus) * modulus;
    rest = rest * 65_536 + (low & 0xffff);
    rest -= Math.floor(rest / modulus) * modulus;
    let sum = (halves[i] ?? 0) + sign * rest;
    if (sum >= modulus) sum -= modulus;
    else if (sum < 0) sum += modulus;
    halves[i] = sum;
  }
}

function readColumn(
  packed: Buffer,
  stride: number,
  offset: number,
  digits: number,
  count: number,
): Int32Array {
  const column = new Int32Array(count);
  for (let i = 0; i < count; i++) {
    let value = 0;
    const start = i * stride + offset;
    for (let at = start; at < start + digits; at++) value = value * 10 + (packed[at] ?? 0) - ASCII_ZERO;
    column[i] = value;
  }
  return column;
}

function writeColumn(
  out: Buffer,
  start: number,
  stride: number,
  offset: number,
  digits: number,
  column: Int32Array,
): void {
  for (let i = 0; i < column.length; i++) {
    let value = column[i] ?? 0;
    const first = start + i * stride + offset;
    for (let at = first + digits - 1; at >= first; at--) {
      const tens = (value / 10) | 0;
      out[at] = ASCII_ZERO + value - tens * 10;
      value = tens;
    }
  }
}
