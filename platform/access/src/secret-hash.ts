/**
 * Secrets of operators, as scrypt hashes (RFC 7914) that carry their parameters, so that stronger ones can be taken
 * later without anyone's help. Hashing is slow and large on purpose, therefore few run at once and the queue is short.
 */
import { randomBytes, scrypt, timingSafeEqual } from 'node:crypto';
import { fail, ok, type Result } from '@ishizue/outcome';

/** N = 2^costLog2, block size r, parallelisation p. */
export interface ScryptParameters {
  readonly costLog2: number;
  readonly blockSize: number;
  readonly parallelisation: number;
}

// 32 MiB and about a quarter of a second; equals N = 2^17, p = 1 in work with a quarter of the memory
const CURRENT: ScryptParameters = { costLog2: 15, blockSize: 8, parallelisation: 3 };
const SALT_BYTES = 16;
const HASH_BYTES = 32;
const STORED = /^scrypt\$(\d{1,2})\$(\d{1,2})\$(\d{1,2})\$([A-Za-z0-9_-]{22})\$([A-Za-z0-9_-]{43})$/;

interface StoredHash {
  readonly parameters: ScryptParameters;
  readonly salt: Buffer;
  readonly hash: Buffer;
}

/** Hashes and checks secrets, `atOnce` at a time with `waitingMax` waiting. */
export class SecretHasher {
  readonly #parameters: ScryptParameters;
  readonly #nobody: string;
  readonly #atOnce: number;
  readonly #waitingMax: number;
  readonly #waiting: (() => void)[] = [];
  #running = 0;

  constructor(
    options: {
      readonly parameters?: ScryptParameters;
      readonly atOnce?: number;
      readonly waitingMax?: number;
    } = {},
  ) {
    this.#parameters = options.parameters ?? CURRENT;
    // What is compared with when there is nobody: as much work, and never equal.
    this.#nobody = format(this.#parameters, randomBytes(SALT_BYTES), randomBytes(HASH_BYTES));
    this.#atOnce = options.atOnce ?? 2;
    this.#waitingMax = options.waitingMax ?? 32;
  }

  /** The text to store for a secret. */
  async hash(secret: string): Promise<Result<string, 'sign-in-busy'>> {
    const salt = randomBytes(SALT_BYTES);
    const derived = await this.#derive(secret, salt, this.#parameters);
    return derived.ok ? ok(format(this.#parameters, salt, derived.value)) : derived;
  }

  /** Whether the secret is the one whose hash was stored; takes the same time without a stored hash. */
  async matches(secret: string, stored: string | undefined): Promise<Result<boolean, 'sign-in-busy'>> {
    const { parameters, salt, hash } = parse(stored ?? this.#nobody);
    const derived = await this.#derive(secret, salt, parameters);
    if (!derived.ok) return derived;
    return ok(timingSafeEqual(derived.value, hash) && stored !== undefined);
  }

  /** Whether a stored hash was made with other parameters than this hasher's. */
  isOutdated(stored: string): boolean {
    const { parameters } = parse(stored);
    return (
      parameters.costLog2 !== this.#parameters.costLog2 ||
      parameters.blockSize !== this.#parameters.blockSize ||
      parameters.parallelisation !== this.#parameters.parallelisation
    );
  }

  async #derive(
    secret: string,
    salt: Buffer,
    parameters: ScryptParameters,
  ): Promise<Result<Buffer, 'sign-in-busy'>> {
    if (this.#running >= this.#atOnce) {
      if (this.#waiting.length >= this.#waitingMax)
        return fail('sign-in-busy', 'Too many are signing in at the moment');
      // Whoever ends hands its place over, so nobody who comes later can take it.
      await new Promise<void>((resolve) => {
        this.#waiting.push(resolve);
      });
    } else this.#running += 1;
    try {
      return ok(await derive(secret, salt, parameters));
    } finally {
      const next = this.#waiting.shift();
      if (next) next();
      else this.#running -= 1;
    }
  }
}

function derive(secret: string, salt: Buffer, parameters: ScryptParameters): Promise<Buffer> {
  const cost = 2 ** parameters.costLog2;
  const options = {
    cost,
    blockSize: parameters.blockSize,
    parallelization: parameters.parallelisation,
    maxmem: 128 * parameters.blockSize * (cost + parameters.parallelisation + 32),
  };
  return new Promise((resolve, reject) => {
    // The same characters may be typed composed or decomposed (RFC 8265 section 4.2).
    scrypt(secret.normalize('NFC'), salt, HASH_BYTES, options, (error, hash) => {
      if (error) reject(error);
      else resolve(hash);
    });
  });
}

function format(parameters: ScryptParameters, salt: Buffer, hash: Buffer): string {
  const { costLog2, blockSize, parallelisation } = parameters;
  return [
    'scrypt',
    costLog2,
    blockSize,
    parallelisation,
    salt.toString('base64url'),
    hash.toString('base64url'),
  ].join('$');
}

function parse(stored: string): StoredHash {
  const [, costLog2 = '', blockSize = '', parallelisation = '', salt = '', hash = ''] =
    STORED.exec(stored) ?? [];
  const parameters = {
    costLog2: Number(costLog2),
    blockSize: Number(blockSize),
    parallelisation: Number(parallelisation),
  };
  if (salt === '' || parameters.costLog2 > 20 || parameters.blockSize > 16 || parameters.parallelisation > 16)
    throw new Error('a stored secret hash is not one of ours');
  return { parameters, salt: Buffer.from(salt, 'base64url'), hash: Buffer.from(hash, 'base64url') };
}
