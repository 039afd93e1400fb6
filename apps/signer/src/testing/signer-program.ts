/** The signer program as a real process in a folder of its own. */
import { type ChildProcessWithoutNullStreams, spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { TestContext } from 'node:test';
import { type SignerSettings, signerEnvironment, signerProgramPath } from '../index.ts';

export interface Ended {
  readonly code: number | null;
  readonly signal: NodeJS.Signals | null;
  readonly stdout: string;
  readonly stderr: string;
}

export interface Program {
  readonly process: ChildProcessWithoutNullStreams;
  /** Resolves with true at the line that says it is ready, with false where it ended instead. */
  readonly ready: Promise<boolean>;
  readonly ended: Promise<Ended>;
}

export async function newSettings(t: TestContext): Promise<SignerSettings> {
  const folder = await mkdtemp(join(tmpdir(), 'signer-app-'));
  t.after(() => rm(folder, { recursive: true, force: true }));
  await writeFile(join(folder, 'passphrase'), 'a long walk to the shrine\n');
  return {
    socketPath: join(folder, 'run', 'sock'),
    keyStorePath: join(folder, 'keys'),
    statePath: join(folder, 'state'),
    passphraseFile: join(folder, 'passphrase'),
  };
}

export function startProgram(t: TestContext, environment: Readonly<Record<string, string>>): Program {
  const child = spawn(process.execPath, [signerProgramPath], { env: environment, stdio: 'pipe' });
  t.after(() => child.kill('SIGKILL'));
  let [stdout, stderr] = ['', ''];
  child.stdout.on('data', (chunk: Buffer) => (stdout += chunk.toString()));
  child.stderr.on('data', (chunk: Buffer) => (stderr += chunk.toString()));
  const ended = once(child, 'close').then(
    (): Ended => ({ code: child.exitCode, signal: child.signalCode, stdout, stderr }),
  );
  const ready = Promise.race([once(child.stdout, 'data').then(() => true), ended.then(() => false)]);
  return { process: child, ready, ended };
}

export const startWith = (t: TestContext, settings: SignerSettings): Program =>
  startProgram(t, signerEnvironment(settings));
