/**
 * `openssl ocsp` as a responder over HTTP, in a network of its own (namespaces(7)): it listens on all addresses, and here there
 * is loopback alone, which only programs that are started beside it see. All of it ends together.
 */
import { type ChildProcess, type SpawnOptions, spawn, spawnSync } from 'node:child_process';
import { delimiter } from 'node:path';
import { opensslMissing } from './openssl.ts';

const PORT = 8888; // nobody else is in that network
const START_MS_MAX = 20_000;
const PATH = `${process.env['PATH'] ?? ''}${delimiter}/usr/sbin${delimiter}/sbin`;
const env = { ...process.env, PATH };

/** Only root makes networks; others are root in a user namespace of their own. */
const isRoot = process.getuid?.() === 0;
const OWN_NETWORK = isRoot ? ['--net'] : ['--map-root-user', '--net'];
const THAT_NETWORK = isRoot ? ['--net'] : ['--user', '--preserve-credentials', '--net'];

/** Why there can be no such responder here, or false: the `skip` of such a test. */
export const opensslResponderMissing: string | false =
  opensslMissing ||
  (spawnSync('unshare', [...OWN_NETWORK, 'nsenter', '--version'], { env }).status === 0
    ? false
    : 'no network of its own (unshare, nsenter) here');

export interface OpensslResponder {
  readonly url: string;
  /** Whose children are openssl's processes. */
  readonly pid: number;
  /** Starts a program in the responder's network. */
  readonly start: (program: string, arguments_: readonly string[], options: SpawnOptions) => ChildProcess;
  readonly stop: () => void;
}

/** Starts it in a folder with the options of `openssl ocsp`, words parted by white space; resolves when it listens. */
export async function startOpensslResponder(folder: string, options: string): Promise<OpensslResponder> {
  const words = ['openssl', 'ocsp', ...options.trim().split(/\s+/), '-port', String(PORT)];
  // first in a process namespace of its own: when it goes, so do the processes that it made
  const own = [
    ...OWN_NETWORK,
    '--pid',
    '--fork',
    '--kill-child',
    'sh',
    '-c',
    'ip link set lo up && exec "$@"',
    'sh',
  ];
  const child = spawn('unshare', [...own, ...words], { cwd: folder, env, stdio: ['ignore', 'pipe', 'pipe'] });
  const stop = (): void => void child.kill('SIGKILL');
  let said = '';
  try {
    await new Promise<void>((resolve, reject) => {
      const hear = (chunk: Buffer): void => {
        said += chunk.toString();
        if (said.includes('ACCEPT')) resolve();
      };
      child.stdout.on('data', hear);
      child.stderr.on('data', hear);
      child.once('error', reject);
      child.once('exit', () => reject(new Error(`openssl ended: ${said}`)));
      setTimeout(() => reject(new Error(`openssl does not begin: ${said}`)), START_MS_MAX).unref();
    });
  } catch (error) {
    stop();
    throw error;
  }
  const { pid } = child;
  if (pid === undefined) throw new Error('openssl has no process');
  return {
    url: `http://127.0.0.1:${PORT}/`,
    pid,
    start: (program, arguments_, spawnOptions) =>
      spawn('nsenter', ['-t', String(pid), ...THAT_NETWORK, program, ...arguments_], {
        ...spawnOptions,
        env,
      }),
    stop,
  };
}
