/**
 * A virtual reader of PC/SC with pcscd, in a network and a /run of its own (namespaces(7)): vpcd listens on all addresses, and
 * pcscd knows one socket only. Nothing of the machine’s own is seen or touched, and all ends with the test.
 */
import { type ChildProcess, execFile, spawn, spawnSync } from 'node:child_process';
import { existsSync } from 'node:fs';
import path from 'node:path';
import type { TestContext } from 'node:test';
import { setTimeout as sleep } from 'node:timers/promises';

const LIMIT_MS = 20_000;
const MODULES = ['/usr/lib/x86_64-linux-gnu', '/usr/lib/aarch64-linux-gnu', '/usr/lib'];
/** Firefox’s and Chromium’s library for certificates and tokens, as programs. */
const NSS_PROGRAMS = ['modutil', 'certutil', 'tstclnt'];
const PROGRAMS = ['pcscd', 'opensc-tool', 'pkcs15-tool', 'pkcs11-tool', 'openssl', 'ip', 'nsenter'];
/** What pcscd needs, and a route that acknowledges at once: vpcd waits for that in the middle of each message. */
const SET_UP = [
  'ip link set lo up',
  'for to in 127.0.0.0/8 127.0.0.1; do ip route change table local local $to dev lo proto kernel scope host src 127.0.0.1 quickack 1; done',
  'mount -t tmpfs tmpfs /run',
  'mkdir /run/pcscd',
  'exec pcscd --foreground',
].join(' && ');

const PATH = `${process.env['PATH'] ?? ''}:/usr/sbin:/sbin`;
const env = { ...process.env, PATH };

/** Why it cannot be here, or false. */
export function readerMissing(): string | false {
  const absent = absentOf(PROGRAMS);
  if (!existsSync('/etc/reader.conf.d/vpcd')) absent.push('vsmartcard-vpcd');
  if (tokenModule() === undefined) absent.push('opensc-pkcs11');
  if (absent.length > 0) return `no ${absent.join(', ')}`;
  const own = spawnSync('unshare', ['--mount', '--net', 'true'], { env });
  return own.status === 0 ? false : 'no namespaces of its own (unshare) here';
}

/** Why a browser’s library cannot be here, or false. */
export function nssMissing(): string | false {
  const absent = absentOf(NSS_PROGRAMS);
  return absent.length > 0 && `no ${absent.join(', ')} (libnss3-tools)`;
}

function absentOf(programs: readonly string[]): string[] {
  const folders = PATH.split(path.delimiter);
  return programs.filter((program) => !folders.some((one) => existsSync(path.join(one, program))));
}

/** OpenSC’s PKCS#11 library. */
export const tokenModule = (): string | undefined =>
  MODULES.map((folder) => path.join(folder, 'opensc-pkcs11.so')).find((file) => existsSync(file));

interface Said {
  readonly code: number;
  readonly text: string;
}

export interface ReaderForTest {
  /** Starts a program beside the reader; it is ended after the test. */
  readonly start: (program: string, arguments_: readonly string[]) => ChildProcess;
  /** What a program says, both outputs together. */
  readonly run: (program: string, ...arguments_: readonly string[]) => Promise<Said>;
}

export async function readerForTest(t: TestContext, folder: string): Promise<ReaderForTest> {
  const pcscd = spawn('unshare', ['--mount', '--net', 'sh', '-c', SET_UP], { env, stdio: 'ignore' });
  t.after(() => pcscd.kill('SIGKILL'));
  const enter = ['-t', String(pcscd.pid), '-m', '-n', `--wd=${folder}`, '--'];
  const start: ReaderForTest['start'] = (program, arguments_) => {
    const child = spawn('nsenter', [...enter, program, ...arguments_], {
      env,
      stdio: ['ignore', 'pipe', 'pipe'],
    });
    t.after(() => child.kill('SIGKILL'));
    return child;
  };
  const run: ReaderForTest['run'] = (program, ...arguments_) =>
    new Promise((resolve) => {
      const options = { env, timeout: LIMIT_MS };
      execFile('nsenter', [...enter, program, ...arguments_], options, (error, stdout, stderr) => {
        const code = error === null ? 0 : typeof error.code === 'number' ? error.code : 1;
        resolve({ code, text: `${stdout}${stderr}` });
      });
    });
  for (const began = performance.now(); performance.now() - began < LIMIT_MS; await sleep(50)) {
    if (pcscd.exitCode !== null) throw new Error('pcscd ended');
    const { code } = await run('test', '-S', '/run/pcscd/pcscd.comm');
    if (code === 0) return { start, run };
  }
  throw new Error('pcscd has no socket');
}
