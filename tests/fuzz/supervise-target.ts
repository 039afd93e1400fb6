/**
 * Watches the process of one target from outside, where no input can hold it up: a process whose flight recorder stands
 * still hangs and is killed, one that runs out of its heap ends by itself; either way the input is in the recorder.
 */
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { z } from 'zod';
import { readBlackBox } from './black-box.ts';
import type { ProcessOrder } from './run-target-process.ts';

const PROGRAM = path.join(import.meta.dirname, 'run-target-process.ts');
const LOOK_MS = 500;
/** Well above the bound of one input, which the process keeps itself: for inputs that never come back. */
const HANG_MS = 30_000;
const HEAP_MIB_MAX = 256;
const SAID_MAX = 4_000;

const KINDS = ['threw', 'property', 'slow', 'memory', 'hang', 'died'] as const;

const reportSchema = z.object({
  inputs: z.number(),
  tookMs: z.number(),
  corpus: z.number(),
  functions: z.number(),
  characters: z.number(),
  outcomes: z.record(z.string(), z.number()),
  slowestMs: z.number(),
  peakMiB: z.number(),
  findings: z.array(z.object({ kind: z.enum(KINDS), detail: z.string(), input: z.string() })),
});

/** What came of one target; the inputs of findings are in base64. */
export type TargetReport = z.infer<typeof reportSchema>;

const NOTHING: TargetReport = {
  inputs: 0,
  tookMs: 0,
  corpus: 0,
  functions: 0,
  characters: 0,
  outcomes: {},
  slowestMs: 0,
  peakMiB: 0,
  findings: [],
};

export interface SuperviseOrder extends Omit<ProcessOrder, 'blackBox'> {
  readonly signal?: AbortSignal | undefined;
  readonly hangMs?: number;
  readonly heapMiB_max?: number;
}

/** Fuzzes a target in a process of its own. */
export async function superviseTarget(order: SuperviseOrder): Promise<TargetReport> {
  const { signal, hangMs = HANG_MS, heapMiB_max = HEAP_MIB_MAX, ...rest } = order;
  const folder = mkdtempSync(path.join(tmpdir(), 'ishizue-fuzz-'));
  const blackBox = path.join(folder, 'last-input');
  writeFileSync(blackBox, '');
  try {
    const began = performance.now();
    const child = spawn(
      process.execPath,
      [
        `--max-old-space-size=${heapMiB_max}`,
        '--disable-warning=ExperimentalWarning',
        PROGRAM,
        JSON.stringify({ ...rest, blackBox }),
      ],
      {
        stdio: ['ignore', 'ignore', 'pipe', 'ipc'],
        // coverage is not counted in functions that come out of a cache
        env: { ...process.env, TMPDIR: folder, NODE_DISABLE_COMPILE_CACHE: '1' },
      },
    );
    let said = '';
    child.stderr?.on('data', (chunk: Buffer) => (said = (said + chunk.toString()).slice(-SAID_MAX)));
    let report: TargetReport | undefined;
    child.on('message', (message) => (report = reportSchema.parse(message)));
    const isHanging = watch(child.kill.bind(child), blackBox, hangMs);
    const kill = (): void => void child.kill('SIGKILL');
    signal?.addEventListener('abort', kill);
    const [code, killedBy] = (await once(child, 'exit')) as [number | null, string | null];
    signal?.removeEventListener('abort', kill);
    const hung = isHanging.stop();
    if (report !== undefined) return report;
    const last = readBlackBox(blackBox);
    const detail = hung ? `no answer for ${hangMs} ms` : `ended with ${String(killedBy ?? code)}: ${said}`;
    const input = last?.input.toString('base64') ?? '';
    return {
      ...NOTHING,
      inputs: last?.count ?? 0,
      tookMs: performance.now() - began,
      findings: [{ kind: hung ? 'hang' : 'died', detail, input }],
    };
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
}

/** Kills what stands still; `stop` says whether it did. */
function watch(
  kill: (signal: NodeJS.Signals) => unknown,
  blackBox: string,
  hangMs: number,
): { stop(): boolean } {
  let [count, since, hung] = [-1, performance.now(), false];
  const timer = setInterval(() => {
    const now = performance.now();
    const last = readBlackBox(blackBox)?.count ?? -1;
    if (last !== count) [count, since] = [last, now];
    // before the first input the target is being made: keys, openssl
    else if (count >= 0 && now - since > hangMs) {
      hung = true;
      kill('SIGKILL');
    }
  }, LOOK_MS);
  return {
    stop: () => {
      clearInterval(timer);
      return hung;
    },
  };
}
