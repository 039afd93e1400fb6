/**
 * RSA keys as cards have them, for tests. They take long to make: the first that a process asks for is made by the first
 * process of the run, and so on. No process gets the same one twice.
 */
import { createPrivateKey, createPublicKey, generateKeyPairSync } from 'node:crypto';
import { existsSync, readFileSync, renameSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { TEST_FOLDER_VARIABLE } from '@ishizue/db/testing';
import type { CardKey } from './holder-keys.ts';

const given = new Map<number, number>();

/** A key as cards have it today, RSA-2048, or of another size. */
export function makeCardKey(bits = 2048): CardKey {
  const nth = given.get(bits) ?? 0;
  given.set(bits, nth + 1);
  // a bench has no test run, and keys of its own
  const folder = process.env[TEST_FOLDER_VARIABLE];
  const pem =
    folder === undefined ? generate(bits) : keyOfTheRun(join(folder, `rsa-${bits}-${nth}.pem`), bits);
  const privateKey = createPrivateKey(pem);
  return { privateKey, publicKey: createPublicKey(privateKey).export({ format: 'der', type: 'spki' }) };
}

function keyOfTheRun(file: string, bits: number): string {
  if (existsSync(file)) return readFileSync(file, 'utf8');
  const pem = generate(bits);
  writeFileSync(`${file}.${process.pid}`, pem);
  renameSync(`${file}.${process.pid}`, file); // whole, whoever reads it
  return pem;
}

const generate = (bits: number): string =>
  generateKeyPairSync('rsa', {
    modulusLength: bits,
    privateKeyEncoding: { format: 'pem', type: 'pkcs8' },
    publicKeyEncoding: { format: 'pem', type: 'spki' },
  }).privateKey;
