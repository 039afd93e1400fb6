/** What OpenSSL itself signs on this machine: the limit of everything that answers with signatures. */
import { execFile } from 'node:child_process';
import { availableParallelism } from 'node:os';
import { promisify } from 'node:util';

/** The keys that are measured, as `openssl speed` names them. */
export type SpeedKey = 'rsa2048' | 'ecdsap256';

/** The limit's name: one signing process for each core. */
export const opensslLimitName = (key: SpeedKey): string =>
  `openssl speed ${key}, ${availableParallelism()} processes`;

// +F2:which:bits:signatures a second:verifications a second, of all processes together
const LINES: Readonly<Record<SpeedKey, RegExp>> = {
  rsa2048: /^\+F2:\d+:2048:([\d.]+):([\d.]+)/m,
  ecdsap256: /^\+F4:\d+:256:([\d.]+):([\d.]+)/m,
};

/** Signatures and verifications a second, by so many processes together in elapsed time, or by one in its CPU time. */
async function opensslSpeed(
  seconds: number,
  processes: number | 'cpu-time',
  key: SpeedKey,
): Promise<{ readonly signatures: number; readonly verifications: number }> {
  const multi = processes === 'cpu-time' ? [] : ['-multi', String(processes)];
  const options = ['speed', '-mr', '-seconds', String(seconds), ...multi, key];
  const { stdout } = await promisify(execFile)('openssl', options, { timeout: (seconds * 4 + 30) * 1000 });
  const [, signatures, verifications] = LINES[key].exec(stdout) ?? [];
  if (signatures === undefined || verifications === undefined)
    throw new Error(`openssl speed tells nothing of ${key}`);
  return { signatures: Number(signatures), verifications: Number(verifications) };
}

/** Signatures, by as many processes as there are cores unless another number is given. */
export const opensslSignatures = async (
  seconds: number,
  key: SpeedKey = 'rsa2048',
  processes = availableParallelism(),
): Promise<number> => (await opensslSpeed(seconds, processes, key)).signatures;

/** CPU seconds of one signature: who else uses the cores does not change it much. */
export const opensslSignatureCpu_s = async (seconds: number, key: SpeedKey = 'rsa2048'): Promise<number> =>
  1 / (await opensslSpeed(seconds, 'cpu-time', key)).signatures;

const us = (seconds: number): string => `${Math.round(seconds * 1e6)} µs`;

/** Who took how much of the CPU time of one, for people; each in seconds. */
export const cpuShares = (each_s: Readonly<Record<string, number>>): string =>
  Object.entries(each_s)
    .map(([name, seconds]) => `${name} ${us(seconds)}`)
    .join(', ');

/** How much of the CPU time is the signature's, for people: a ratio that holds on a machine that others use too. */
export const cpuRatio = (what: string, each_s: number, signature_s: number): string =>
  `CPU time of ${what} ${us(each_s)}, of a signature ${us(signature_s)}: ${(signature_s / each_s).toFixed(2)}`;

/** Verifications by one process. */
export const opensslVerifications = async (seconds: number): Promise<number> =>
  (await opensslSpeed(seconds, 1, 'rsa2048')).verifications;
