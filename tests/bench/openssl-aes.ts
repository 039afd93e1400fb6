/** What OpenSSL itself encrypts on one core of this machine: the limit of FF1, whose ten rounds are ten AES blocks a value. */
import { execFile } from 'node:child_process';
import { promisify } from 'node:util';

const BLOCK_BYTES = 16;
const CHUNK_BYTES = 16_384;

/** AES-256 blocks a second on one core, in chunks as long as a batch of FF1's. */
export async function opensslAesBlocks(seconds: number): Promise<number> {
  const options = [
    'speed',
    '-mr',
    '-elapsed',
    '-seconds',
    String(seconds),
    '-bytes',
    String(CHUNK_BYTES),
    '-evp',
    'aes-256-ecb',
  ];
  const { stdout } = await promisify(execFile)('openssl', options, { timeout: (seconds * 4 + 30) * 1000 });
  // +F:which:cipher:bytes a second
  const bytes = /^\+F:\d+:AES-256-ECB:([\d.]+)/im.exec(stdout)?.[1];
  if (bytes === undefined) throw new Error('openssl speed tells nothing of aes-256-ecb');
  return Number(bytes) / BLOCK_BYTES;
}
