/**
 * A secret at rest: AES-256-GCM under a key that scrypt (RFC 7914) makes of a passphrase. The header carries the
 * parameters, a MAC that tells a wrong passphrase from damage, and a checksum that tells damage from both; all of
 * it is authenticated with the ciphertext.
 *
 * | offset | bytes | field |
 * |---|---|---|
 * | 0 | 8 | `ISHIZUEK` |
 * | 8 | 4 | version 1, log2 N, r, p |
 * | 12 | 32 | salt |
 * | 44 | 12 | nonce, fresh for each seal |
 * | 56 | 4 | length of the ciphertext |
 * | 60 | 16 | HMAC-SHA-256 of bytes 0–59, first half |
 * | 76 | 8 | SHA-256 of bytes 0–75, first eight bytes |
 * | 84 | | ciphertext, then the 16-byte tag |
 */
import {
  createCipheriv,
  createDecipheriv,
  createHash,
  createHmac,
  randomBytes,
  scrypt,
  timingSafeEqual,
} from 'node:crypto';
import { fail, ok, type Result } from '@ishizue/outcome';

const MAGIC = Buffer.from('ISHIZUEK', 'latin1');
const VERSION = 1;
const MAC_AT = 60;
const CHECKSUM_AT = 76;
const HEADER_BYTES = 84;
const TAG_BYTES = 16;

/** scrypt's costs; memory is 128 × r × 2^log2N bytes. */
export interface ScryptCost {
  readonly log2N: number;
  readonly r: number;
  readonly p: number;
}

/** 128 MiB and about 0.3 s: a guess at the passphrase costs as much. */
export const DEFAULT_SCRYPT_COST: ScryptCost = { log2N: 17, r: 8, p: 1 };

const costIsBearable = ({ log2N, r, p }: ScryptCost): boolean =>
  log2N >= 10 && log2N <= 20 && r >= 1 && r <= 16 && p >= 1 && p <= 4;

/** Seals any number of times under one passphrase without deriving the key anew. */
export class SealingKey {
  readonly #cost: ScryptCost;
  readonly #salt: Buffer;
  readonly #cipherKey: Buffer;
  readonly #macKey: Buffer;

  private constructor(cost: ScryptCost, salt: Buffer, derived: Buffer) {
    this.#cost = cost;
    this.#salt = salt;
    this.#cipherKey = derived.subarray(0, 32);
    this.#macKey = derived.subarray(32);
  }

  static async create(
    passphrase: string,
    cost = DEFAULT_SCRYPT_COST,
    salt = randomBytes(32),
  ): Promise<SealingKey> {
    if (!costIsBearable(cost)) throw new Error(`scrypt cost out of range: ${JSON.stringify(cost)}`);
    const { log2N, r, p } = cost;
    const options = { N: 2 ** log2N, r, p, maxmem: 256 * r * 2 ** log2N };
    const derived = await new Promise<Buffer>((resolve, reject) => {
      scrypt(passphrase, salt, 64, options, (error, key) => (error ? reject(error) : resolve(key)));
    });
    return new SealingKey(cost, salt, derived);
  }

  seal(plaintext: Buffer): Buffer {
    const header = Buffer.alloc(HEADER_BYTES);
    MAGIC.copy(header);
    header.set([VERSION, this.#cost.log2N, this.#cost.r, this.#cost.p], 8);
    this.#salt.copy(header, 12);
    const nonce = randomBytes(12);
    nonce.copy(header, 44);
    header.writeUInt32BE(plaintext.length, 56);
    this.mac(header).copy(header, MAC_AT);
    checksum(header).copy(header, CHECKSUM_AT);
    const cipher = createCipheriv('aes-256-gcm', this.#cipherKey, nonce).setAAD(header);
    return Buffer.concat([header, cipher.update(plaintext), cipher.final(), cipher.getAuthTag()]);
  }

  /** The MAC over a header's first fields, as it is stored. */
  mac(header: Buffer): Buffer {
    return createHmac('sha256', this.#macKey).update(header.subarray(0, MAC_AT)).digest().subarray(0, 16);
  }

  /** Undefined where the ciphertext or its header was changed. */
  decrypt(box: Buffer): Buffer | undefined {
    const decipher = createDecipheriv('aes-256-gcm', this.#cipherKey, box.subarray(44, 56), {
      authTagLength: TAG_BYTES,
    });
    decipher.setAAD(box.subarray(0, HEADER_BYTES)).setAuthTag(box.subarray(box.length - TAG_BYTES));
    const plaintext = decipher.update(box.subarray(HEADER_BYTES, box.length - TAG_BYTES));
    try {
      return Buffer.concat([plaintext, decipher.final()]);
    } catch {
      return undefined;
    }
  }
}

/** Opens a sealed box; gives the key as well, to seal the next content with. */
export async function openSealedBox(
  box: Buffer,
  passphrase: string,
): Promise<Result<{ plaintext: Buffer; key: SealingKey }, 'key-store-damaged' | 'passphrase-wrong'>> {
  const damage = findDamage(box);
  if (damage !== undefined) return fail('key-store-damaged', damage);
  const cost = { log2N: box.readUInt8(9), r: box.readUInt8(10), p: box.readUInt8(11) };
  if (!costIsBearable(cost)) return fail('key-store-damaged', 'scrypt parameters out of range');
  const key = await SealingKey.create(passphrase, cost, Buffer.from(box.subarray(12, 44)));
  if (!timingSafeEqual(key.mac(box), box.subarray(MAC_AT, CHECKSUM_AT))) {
    return fail('passphrase-wrong', 'the passphrase does not open this key store');
  }
  const plaintext = key.decrypt(box);
  if (!plaintext) return fail('key-store-damaged', 'the content was changed');
  return ok({ plaintext, key });
}

function findDamage(box: Buffer): string | undefined {
  if (box.length < HEADER_BYTES + TAG_BYTES) return 'truncated';
  if (!box.subarray(0, MAGIC.length).equals(MAGIC)) return 'not a key store';
  if (!checksum(box).equals(box.subarray(CHECKSUM_AT, HEADER_BYTES))) return 'the header was changed';
  if (box.readUInt8(8) !== VERSION) return `unknown version ${box.readUInt8(8)}`;
  if (box.length !== HEADER_BYTES + box.readUInt32BE(56) + TAG_BYTES) return 'truncated or extended';
  return undefined;
}

const checksum = (header: Buffer): Buffer =>
  createHash('sha256').update(header.subarray(0, CHECKSUM_AT)).digest().subarray(0, 8);
