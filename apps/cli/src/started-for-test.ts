/** The command line as a process of its own, in a process group of its own, on a data directory of a test. */
import { type ChildProcess, spawn } from 'node:child_process';
import { chmodSync, mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { OPENED_MUNICIPALITY, openedData } from '@ishizue/server/testing';

const PROGRAM = path.join(import.meta.dirname, 'main.ts');

/** A data directory for a country of one municipality; it is removed after the test. */
export function dataForTest(t: { after(work: () => void): void }): string {
  const home = mkdtempSync(path.join(tmpdir(), 'ishizue-cli-'));
  chmodSync(home, 0o755); // PostgreSQL's own user passes through
  t.after(() => rmSync(home, { recursive: true, force: true }));
  const data = path.join(home, 'data');
  mkdirSync(data);
  writeFileSync(path.join(data, 'country.json'), JSON.stringify({ municipalities: ['132217'] }));
  return data;
}

/** The same as a first start leaves it. */
export async function openedDataForTest(t: { after(work: () => void): void }): Promise<string> {
  const data = await openedData(t);
  writeFileSync(path.join(data, 'country.json'), JSON.stringify({ municipalities: [OPENED_MUNICIPALITY] }));
  return data;
}

export interface Ended {
  readonly code: number | null;
  readonly stdout: string;
  readonly stderr: string;
}

export interface Started {
  /** All that it has said until now. */
  said(): string;
  /** Waits until it says this; rejects where it ends before. */
  says(text: string): Promise<void>;
  /** Signals the whole group, as a terminal or a supervisor does. */
  signalGroup(signal: NodeJS.Signals): void;
  readonly ended: Promise<Ended>;
}

/** What a verb over a data directory gets from us. */
export const verbEnvironment = (data: string): NodeJS.ProcessEnv => ({
  ...process.env,
  ISHIZUE_DEMONSTRATION: 'off',
  ISHIZUE_PORT: '0',
  ISHIZUE_DATA: data,
});

/** Starts a server and waits until it is up. */
export async function startServer(
  t: { after(work: () => void): void },
  data: string,
): Promise<{ readonly server: Started; readonly origin: string }> {
  const server = startVerb(t, data, ['start']);
  await server.says('Ctrl-C');
  return { server, origin: /http:\/\/127\.0\.0\.1:\d+/.exec(server.said())?.[0] ?? '' };
}

/** Starts a verb. It is killed after the test where it has not ended. */
export function startVerb(
  t: { after(work: () => void): void },
  data: string,
  verb: readonly string[],
  settings: Readonly<Record<string, string>> = {},
): Started {
  const child: ChildProcess = spawn(process.execPath, [PROGRAM, ...verb], {
    stdio: ['ignore', 'pipe', 'pipe'],
    detached: true,
    env: { ...verbEnvironment(data), ...settings },
  });
  const output = { stdout: '', stderr: '' };
  child.stdout?.on('data', (chunk: Buffer) => (output.stdout += chunk.toString()));
  child.stderr?.on('data', (chunk: Buffer) => (output.stderr += chunk.toString()));
  const ended = new Promise<Ended>((resolve) => child.once('close', (code) => resolve({ code, ...output })));
  const said = (): string => output.stdout + output.stderr;
  t.after(() => child.kill('SIGKILL'));
  return {
    said,
    ended,
    says: async (text) => {
      while (!said().includes(text)) {
        if (child.exitCode !== null) throw new Error(`it ended without saying “${text}”:\n${said()}`);
        await sleep(20);
      }
    },
    signalGroup: (signal) => {
      if (child.pid !== undefined) process.kill(-child.pid, signal);
    },
  };
}

/** The processes that name the data directory on their command line: PostgreSQL's do. */
export function processesOf(data: string): readonly string[] {
  return readdirSync('/proc').flatMap((entry) => {
    if (!/^\d+$/.test(entry)) return [];
    try {
      const command = readFileSync(`/proc/${entry}/cmdline`, 'utf8').replaceAll('\0', ' ');
      return command.includes(data) ? [`${entry} ${command}`] : [];
    } catch {
      return []; // it has ended meanwhile
    }
  });
}
