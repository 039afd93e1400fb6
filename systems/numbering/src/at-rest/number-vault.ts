/**
 * Numbers at rest: AES-256-GCM under a data key of a version, bound to the row by its code and derivation, so that a sealed
 * number that is moved to another row does not open. The blind index (HMAC-SHA-256 under a key of its own) finds a
 * number and keeps it unique; its key never changes. Keys are derived inside the signer and live in this process only.
 */
import { createCipheriv, createDecipheriv, createHmac, randomBytes } from 'node:crypto';

/** Derives a key of 32 bytes from numbering's secret by its label; the signer does. */
export type DeriveNumberKey = (label: string) => Promise<Buffer>;

/** Whose number it is: the row that it belongs to. */
export interface NumberPlace {
  readonly code: string;
  readonly attempt: number;
}

export interface NumberAtRest {
  /** Nonce, ciphertext, tag. */
  readonly sealed: Buffer;
  readonly keyVersion: number;
}

const NONCE_BYTES = 12;
const TAG_BYTES = 16;
const CIPHER = 'aes-256-gcm';

export class NumberVault {
  readonly #derive: DeriveNumberKey;
  readonly #indexKey: Buffer;
  readonly #dataKeys = new Map<number, Buffer>();

  private constructor(derive: DeriveNumberKey, indexKey: Buffer) {
    this.#derive = derive;
    this.#indexKey = indexKey;
  }

  /** Asks for the index key; data keys are asked for when first needed. */
  static async open(derive: DeriveNumberKey): Promise<NumberVault> {
    return new NumberVault(derive, await derive('index/v1'));
  }

  /** The blind index of a number, 32 bytes: the same for the same number, whatever the data key. */
  indexOf(number: string): Buffer {
    return createHmac('sha256', this.#indexKey).update(number).digest();
  }

  /** Numbers sealed for their rows under the data key of a version. */
  async sealAll(
    numbers: readonly (NumberPlace & { readonly number: string })[],
    keyVersion: number,
  ): Promise<readonly Buffer[]> {
    const key = await this.#dataKey(keyVersion);
    return numbers.map(({ number, ...place }) => {
      const nonce = randomBytes(NONCE_BYTES);
      const cipher = createCipheriv(CIPHER, key, nonce).setAAD(boundTo(place, keyVersion));
      return Buffer.concat([nonce, cipher.update(number, 'latin1'), cipher.final(), cipher.getAuthTag()]);
    });
  }

  /** The numbers of rows, in their order. @throws where one was altered, or belongs to another row */
  async openAll(rows: readonly (NumberPlace & NumberAtRest)[]): Promise<readonly string[]> {
    for (const version of new Set(rows.map(({ keyVersion }) => keyVersion))) await this.#dataKey(version);
    return rows.map((row) => this.#open(row));
  }

  #open({ sealed, keyVersion, ...place }: NumberPlace & NumberAtRest): string {
    const key = this.#dataKeys.get(keyVersion);
    if (!key) throw new Error('a data key was not asked for');
    const decipher = createDecipheriv(CIPHER, key, sealed.subarray(0, NONCE_BYTES), {
      authTagLength: TAG_BYTES,
    });
    decipher.setAAD(boundTo(place, keyVersion)).setAuthTag(sealed.subarray(-TAG_BYTES));
    try {
      const clear = decipher.update(sealed.subarray(NONCE_BYTES, -TAG_BYTES));
      return Buffer.concat([clear, decipher.final()]).toString('latin1');
    } catch (cause) {
      throw new Error('a sealed number was altered or is not of its row', { cause });
    }
  }

  async #dataKey(version: number): Promise<Buffer> {
    const known = this.#dataKeys.get(version);
    if (known) return known;
    const key = await this.#derive(`data/v${version}`);
    this.#dataKeys.set(version, key);
    return key;
  }
}

const boundTo = ({ code, attempt }: NumberPlace, keyVersion: number): Buffer =>
  Buffer.from(`ishizue/individual-number/v1 ${code} ${attempt} ${keyVersion}`, 'latin1');

/** Bytes for a statement that takes many: the driver passes no arrays of bytes. */
export const hexOf = (values: readonly Buffer[]): string[] => values.map((value) => value.toString('hex'));
