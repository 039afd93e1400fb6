/**
 * PINs as scrypt hashes (RFC 7914) that carry their parameters. Four digits are ten thousand guesses, whatever the hash:
 * what keeps a PIN is the retry counter; the hash only keeps it from being read.
 */
import { randomBytes, scrypt, timingSafeEqual } from 'node:crypto';

const COST_LOG2 = 15; // 32 MiB, about a tenth of a second
/** Of 照合番号: number and birth date stand in the same record for whoever could read the hash. */
export const NUMBER_COST_LOG2 = 8;
const BLOCK_SIZE = 8;
const SALT_BYTES = 16;
const HASH_BYTES = 32;
const STORED = /^scrypt\$(8|15)\$8\$1\$([A-Za-z0-9_-]{22})\$([A-Za-z0-9_-]{43})$/;

export async function hashPin(pin: string, costLog2 = COST_LOG2): Promise<string> {
  const salt = randomBytes(SALT_BYTES);
  const derived = await derive(pin, salt, 2 ** costLog2);
  return `scrypt$${costLog2}$${BLOCK_SIZE}$1$${salt.toString('base64url')}$${derived.toString('base64url')}`;
}

/** Whether the hash is of this PIN. */
export async function pinMatches(pin: string, stored: string): Promise<boolean> {
  const [, costLog2, salt = '', expected = ''] = STORED.exec(stored) ?? [];
  if (expected === '') throw new Error('a stored PIN hash is not one of ours');
  return timingSafeEqual(
    await derive(pin, Buffer.from(salt, 'base64url'), 2 ** Number(costLog2)),
    Buffer.from(expected, 'base64url'),
  );
}

function derive(pin: string, salt: Buffer, cost: number): Promise<Buffer> {
  const options = { cost, blockSize: BLOCK_SIZE, parallelization: 1, maxmem: 128 * BLOCK_SIZE * (cost + 64) };
  return new Promise((resolve, reject) => {
    scrypt(pin, salt, HASH_BYTES, options, (error, derived) => {
      if (error) reject(error);
      else resolve(derived);
    });
  });
}
