/** What OpenSSL itself signs on this machine: the limit of everything that answers with signatures. */
import { execFile } from 'node:child_process';
import { availableParallelism } from 'node:os';
import { promisify } from 'node:util';

/** The keys that are measured, as `openssl speed` names them. */
export type SpeedKey = 'rsa2048' | 'ecdsap256';

/** One signing process for each core: the name of the limit. */
export const opensslLimitName = (key: SpeedKey): string =>
  `openssl speed ${key}, ${availableParallelism()} processes`;

// of all processes together: signatures a second, then verifications; in front of them which key, and its bits
const LINES: Readonly<Record<SpeedKey, RegExp>> = {
  rsa2048: /^\+F2:\d+:2048:([\d.]+):/m,
  ecdsap256: /^\+F4:\d+:256:([\d.]+):/m,
};

/** Signatures a second, by as many processes as there are cores, in elapsed time. */
export async function opensslSignatures(seconds: number, key: SpeedKey = 'rsa2048'): Promise<number> {
  const options = [
    'speed',
    '-mr',
    '-seconds',
    String(seconds),
    '-multi',
    String(availableParallelism()),
    key,
  ];
  const { stdout } = await promisify(execFile)('openssl', options, { timeout: (seconds * 4 + 30) * 1000 });
  const signatures = LINES[key].exec(stdout)?.[1];
  if (signatures === undefined) throw new Error(`openssl speed tells nothing of ${key}`);
  return Number(signatures);
}
