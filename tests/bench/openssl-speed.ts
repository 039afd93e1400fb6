/** What OpenSSL itself signs on this machine: the limit of everything that answers with RSA signatures. */
import { execFile } from 'node:child_process';
import { availableParallelism } from 'node:os';
import { promisify } from 'node:util';

/** One signing process for each core: the name of the limit. */
export const OPENSSL_LIMIT_NAME = `openssl speed rsa2048, ${availableParallelism()} processes`;

/** RSA-2048 signatures and verifications a second, by so many processes together, in elapsed time. */
async function opensslSpeed(
  seconds: number,
  processes: number,
): Promise<{ readonly signatures: number; readonly verifications: number }> {
  const options = ['speed', '-mr', '-seconds', String(seconds), '-multi', String(processes), 'rsa2048'];
  const { stdout } = await promisify(execFile)('openssl', options, { timeout: (seconds * 4 + 30) * 1000 });
  // +F2:which:bits:signatures a second:verifications a second, of all processes together
  const [, signatures, verifications] = /^\+F2:\d+:2048:([\d.]+):([\d.]+)/m.exec(stdout) ?? [];
  if (signatures === undefined || verifications === undefined)
    throw new Error('openssl speed tells nothing of rsa2048');
  return { signatures: Number(signatures), verifications: Number(verifications) };
}

/** Signatures by as many processes as there are cores. */
export const opensslSignatures = async (seconds: number): Promise<number> =>
  (await opensslSpeed(seconds, availableParallelism())).signatures;

/** Verifications by one process. */
export const opensslVerifications = async (seconds: number): Promise<number> =>
  (await opensslSpeed(seconds, 1)).verifications;
