/** What OpenSSL itself signs on this machine: the limit of everything that answers with RSA signatures. */
import { execFile } from 'node:child_process';
import { availableParallelism } from 'node:os';
import { promisify } from 'node:util';

/** One signing process for each core: the name of the limit. */
export const OPENSSL_LIMIT_NAME = `openssl speed rsa2048, ${availableParallelism()} processes`;

/** RSA-2048 signatures a second, by as many processes as there are cores, in elapsed time. */
export async function opensslSignatures(seconds: number): Promise<number> {
  const options = [
    'speed',
    '-mr',
    '-seconds',
    String(seconds),
    '-multi',
    String(availableParallelism()),
    'rsa2048',
  ];
  const { stdout } = await promisify(execFile)('openssl', options, { timeout: (seconds * 4 + 30) * 1000 });
  // +F2:which:bits:signatures a second:verifications a second, of all processes together
  const signatures = /^\+F2:\d+:2048:([\d.]+):/m.exec(stdout)?.[1];
  if (signatures === undefined) throw new Error('openssl speed tells nothing of rsa2048');
  return Number(signatures);
}
