/**
 * AES-SIV (RFC 5297) for many texts of less than a block each, under one associated datum: S2V is then one encrypted block a
 * text, and so is CTR, and a batch of any size is two calls of the block cipher. Deterministic: the same text gives
 * the same sealing, and one that was altered does not open.
 */
import { createCipheriv, timingSafeEqual } from 'node:crypto';

const BLOCK = 16;

export class ShortSiv {
  readonly #macKey: Buffer;
  readonly #ctrKey: Buffer;
  readonly #textBytes: number;
  /** Everything that goes into the last block of S2V besides the text: the same for all texts. */
  readonly #constant: Buffer;

  /**
   * @param key both halves, 32, 48 or 64 bytes: for S2V, for CTR
   * @param associated the one associated datum
   * @param textBytes length of each text, 0 to 15
   */
  constructor(key: Buffer, associated: Buffer, textBytes: number) {
    if (textBytes < 0 || textBytes >= BLOCK) throw new Error(`a text of ${textBytes} bytes is no short one`);
    this.#macKey = key.subarray(0, key.length / 2);
    this.#ctrKey = key.subarray(key.length / 2);
    this.#textBytes = textBytes;
    const subkey = doubled(encryptBlocks(this.#macKey, Buffer.alloc(BLOCK)));
    const ofZero = cmac(this.#macKey, subkey, Buffer.alloc(BLOCK));
    const chained = xor(doubled(ofZero), cmac(this.#macKey, subkey, associated));
    this.#constant = xor(doubled(chained), subkey);
    this.#constant[textBytes] = (this.#constant[textBytes] ?? 0) ^ 0x80; // the padding of a text that is too short
  }

  /** Bytes of a sealed text: the synthetic IV, then the ciphertext. */
  get sealedBytes(): number {
    return BLOCK + this.#textBytes;
  }

  /** @param texts one after the other, each of the agreed length */
  seal(texts: Buffer): Buffer {
    const count = this.#countOf(texts, this.#textBytes);
    const ivs = this.#ivsOf(texts, count);
    const streams = this.#streamsOf(ivs);
    const sealed = Buffer.allocUnsafe(count * this.sealedBytes);
    for (let nth = 0; nth < count; nth++) {
      const start = nth * this.sealedBytes;
      ivs.copy(sealed, start, nth * BLOCK, (nth + 1) * BLOCK);
      for (let byte = 0; byte < this.#textBytes; byte++)
        sealed[start + BLOCK + byte] =
          (texts[nth * this.#textBytes + byte] ?? 0) ^ (streams[nth * BLOCK + byte] ?? 0);
    }
    return sealed;
  }

  /** The texts, one after the other; undefined where one of them was altered or sealed under another key. */
  open(sealed: Buffer): Buffer | undefined {
    const count = this.#countOf(sealed, this.sealedBytes);
    const ivs = Buffer.allocUnsafe(count * BLOCK);
    for (let nth = 0; nth < count; nth++)
      sealed.copy(ivs, nth * BLOCK, nth * this.sealedBytes, nth * this.sealedBytes + BLOCK);
    const streams = this.#streamsOf(ivs);
    const texts = Buffer.allocUnsafe(count * this.#textBytes);
    for (let nth = 0; nth < count; nth++)
      for (let byte = 0; byte < this.#textBytes; byte++)
        texts[nth * this.#textBytes + byte] =
          (sealed[nth * this.sealedBytes + BLOCK + byte] ?? 0) ^ (streams[nth * BLOCK + byte] ?? 0);
    return timingSafeEqual(this.#ivsOf(texts, count), ivs) ? texts : undefined;
  }

  #countOf(bytes: Buffer, each: number): number {
    const count = each === 0 ? 1 : bytes.length / each;
    if (!Number.isInteger(count)) throw new Error(`${bytes.length} bytes are no whole number of texts`);
    return count;
  }

  /** S2V of each text: the chain so far is doubled and joined to the padded text, and the last block is encrypted. */
  #ivsOf(texts: Buffer, count: number): Buffer {
    const blocks = Buffer.alloc(count * BLOCK);
    for (let nth = 0; nth < count; nth++)
      for (let byte = 0; byte < BLOCK; byte++) {
        const text = byte < this.#textBytes ? (texts[nth * this.#textBytes + byte] ?? 0) : 0;
        blocks[nth * BLOCK + byte] = (this.#constant[byte] ?? 0) ^ text;
      }
    return encryptBlocks(this.#macKey, blocks);
  }

  /** The first block of CTR for each IV, which begins with two of its bits cleared. */
  #streamsOf(ivs: Buffer): Buffer {
    const counters = Buffer.from(ivs);
    for (let start = 0; start < counters.length; start += BLOCK) {
      counters[start + 8] = (counters[start + 8] ?? 0) & 0x7f;
      counters[start + 12] = (counters[start + 12] ?? 0) & 0x7f;
    }
    return encryptBlocks(this.#ctrKey, counters);
  }
}

/** The bare block cipher, a block at a time: chaining is the mode's own. */
function encryptBlocks(key: Buffer, blocks: Buffer): Buffer {
  return createCipheriv(`aes-${key.length * 8}-ecb`, key, null)
    .setAutoPadding(false)
    .update(blocks);
}

/** CMAC (NIST SP 800-38B) of a text of any length. */
function cmac(key: Buffer, subkey: Buffer, text: Buffer): Buffer {
  const whole = Math.max(Math.ceil(text.length / BLOCK) - 1, 0) * BLOCK;
  let state: Buffer = Buffer.alloc(BLOCK);
  for (let start = 0; start < whole; start += BLOCK)
    state = encryptBlocks(key, xor(state, text.subarray(start, start + BLOCK)));
  const rest = text.subarray(whole);
  if (rest.length === BLOCK) return encryptBlocks(key, xor(xor(state, rest), subkey));
  const padded = Buffer.alloc(BLOCK);
  rest.copy(padded);
  padded[rest.length] = 0x80;
  return encryptBlocks(key, xor(xor(state, padded), doubled(subkey)));
}

const xor = (one: Buffer, other: Buffer): Buffer =>
  Buffer.from(one.map((byte, index) => byte ^ (other[index] ?? 0)));

/** Multiplied by x in the field of 2^128 elements. */
function doubled(block: Buffer): Buffer {
  const result = Buffer.from(
    block.map((byte, index) => ((byte << 1) | ((block[index + 1] ?? 0) >> 7)) & 0xff),
  );
  const last = (result[BLOCK - 1] ?? 0) ^ ((block[0] ?? 0) >> 7 === 1 ? 0x87 : 0);
  result[BLOCK - 1] = last;
  return result;
}
