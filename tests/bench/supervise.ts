/**
 * Runs one benchmark in a process of its own and a folder of its own, for a bounded time, and leaves nothing behind: a
 * benchmark that fails, hangs or is interrupted leaves a running PostgreSQL, which is ended here.
 */
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { chmodSync, existsSync, mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { z } from 'zod';
import { postmasterFile } from './bench-country.ts';
import type { BenchmarkOptions, Figure } from './benchmark.ts';

const PROGRAM = path.join(import.meta.dirname, 'run-one.ts');
const POSTMASTER_STOP_MS = 30_000;

const figures: z.ZodType<readonly Figure[]> = z.array(
  z.strictObject({
    bench: z.string(),
    value: z.number(),
    unit: z.string(),
    limit: z.number(),
    limitName: z.string(),
    peakMiB: z.number(),
    note: z.string(),
    postgresql: z.string(),
    broken: z.string().exactOptional(),
  }),
);

export interface Supervised {
  readonly name: string;
  readonly minutes_max: number;
  readonly options: BenchmarkOptions;
  /** A folder for the CPU profile of the benchmark's process; none is made where absent. */
  readonly profile?: string | undefined;
  readonly signal: AbortSignal;
}

/** The figures; throws where the benchmark failed or was ended. */
export async function supervise(order: Supervised): Promise<readonly Figure[]> {
  const folder = mkdtempSync(path.join(tmpdir(), 'ishizue-bench-'));
  // PostgreSQL runs as another user where we are root, and must pass
  chmodSync(folder, 0o755);
  try {
    return await runIn(folder, order);
  } finally {
    await endPostmaster(folder);
    // what still writes there when it is interrupted (initdb) ends with the folder
    rmSync(folder, { recursive: true, force: true, maxRetries: 10, retryDelay: 200 });
  }
}

async function runIn(folder: string, order: Supervised): Promise<readonly Figure[]> {
  const { name, options, profile } = order;
  const profiling = profile === undefined ? [] : ['--cpu-prof', `--cpu-prof-dir=${path.resolve(profile)}`];
  const child = spawn(
    process.execPath,
    [...process.execArgv, ...profiling, PROGRAM, name, folder, JSON.stringify(options)],
    {
      // sockets, too, are in the folder that is removed
      env: { ...process.env, TMPDIR: folder },
      stdio: ['ignore', 2, 2, 'ipc'],
    },
  );
  let measured: readonly Figure[] | undefined;
  child.on('message', (message) => {
    measured = figures.parse(message);
  });
  const ended = AbortSignal.any([order.signal, AbortSignal.timeout(order.minutes_max * 60_000)]);
  const kill = (): void => void child.kill('SIGKILL');
  ended.addEventListener('abort', kill);
  if (ended.aborted) kill();
  const [code, signal] = await once(child, 'exit');
  ended.removeEventListener('abort', kill);
  if (code !== 0 || !measured) throw new Error(`${name} ended with ${String(signal ?? code)}`);
  return measured;
}

async function endPostmaster(folder: string): Promise<void> {
  const file = postmasterFile(folder);
  if (!existsSync(file)) return;
  const pid = Number.parseInt(readFileSync(file, 'utf8'), 10);
  process.kill(pid, 'SIGINT');
  for (let waited_ms = 0; existsSync(file); waited_ms += 50) {
    if (waited_ms > POSTMASTER_STOP_MS) throw new Error(`PostgreSQL (pid ${pid}) did not stop`);
    await sleep(50);
  }
}
