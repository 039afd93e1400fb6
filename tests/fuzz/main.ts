/**
 * `npm run fuzz [-- --target NAME… --inputs N --seed S --blind --json]`: hostile octets for everything that reads octets of
 * others. A million inputs in all where nothing is said, two targets at a time, each in a process with a bounded heap. What
 * breaks something is kept in tests/fuzz/regressions. Exit codes: 0 nothing found; 1 something; 2 unusable arguments.
 */
import { availableParallelism } from 'node:os';
import path from 'node:path';
import { parseArgs } from 'node:util';
import { keepFinding } from './regressions.ts';
import { superviseTarget, type TargetReport } from './supervise-target.ts';
import { shareOf, targetNames } from './targets.ts';

const INPUTS = 1_000_000;
const INPUT_MS_MAX = 1_000;
const RSS_MIB_MAX = 700;
const RUN_MS_MAX = 60 * 60_000;
const EXIT_UNUSABLE = 2;

interface Order {
  readonly names: readonly string[];
  readonly inputs: number;
  readonly seed: string;
  readonly isGuided: boolean;
  readonly isJson: boolean;
}

function readArguments(): Order | string {
  try {
    const { values } = parseArgs({
      options: {
        target: { type: 'string', multiple: true, default: [] },
        inputs: { type: 'string', default: String(INPUTS) },
        seed: { type: 'string', default: String(process.pid) },
        blind: { type: 'boolean', default: false },
        json: { type: 'boolean', default: false },
      },
    });
    const names = values.target.length > 0 ? values.target : targetNames;
    const unknown = names.find((name) => !targetNames.includes(name));
    if (unknown !== undefined) return `no target ${unknown}; there are ${targetNames.join(', ')}`;
    const inputs = Number(values.inputs);
    if (!Number.isSafeInteger(inputs) || inputs < 1) return '--inputs is a whole number';
    return { names, inputs, seed: values.seed, isGuided: !values.blind, isJson: values.json };
  } catch (error) {
    return error instanceof Error ? error.message : String(error);
  }
}

const percent = (part: number, whole: number): string => `${Math.round((100 * part) / Math.max(1, whole))}%`;

/** What the first question about it accepted, whatever others said. */
const acceptedIn = (outcomes: TargetReport['outcomes']): number =>
  Object.entries(outcomes).reduce(
    (sum, [outcome, times]) => sum + (/^(?:path )?ok\b/.test(outcome) ? times : 0),
    0,
  );

function lineOf(name: string, report: TargetReport): string {
  const { inputs, tookMs, corpus, functions, characters, outcomes, slowestMs, peakMiB, findings } = report;
  const figures = [
    `${String(inputs).padStart(8)} inputs`,
    `${String(Math.round(inputs / (tookMs / 1_000))).padStart(7)}/s`,
    `${String(functions).padStart(4)} functions, ${String(characters).padStart(6)} characters run`,
    `corpus ${String(corpus).padStart(4)}`,
    `${percent(acceptedIn(outcomes), inputs).padStart(4)} accepted, ${Object.keys(outcomes).length} outcomes`,
    `slowest ${Math.round(slowestMs)} ms`,
    `peak ${peakMiB} MiB`,
  ];
  return `${findings.length === 0 ? '✔' : '✖'} ${name.padEnd(18)} ${figures.join('  ')}\n`;
}

function tell(name: string, report: TargetReport, isJson: boolean): void {
  const findings = report.findings.map(({ kind, detail, input }) => ({
    kind,
    detail,
    file: path.relative(process.cwd(), keepFinding(name, kind, Buffer.from(input, 'base64'))),
  }));
  if (isJson) {
    process.stdout.write(`${JSON.stringify({ target: name, ...report, findings })}\n`);
    return;
  }
  process.stdout.write(lineOf(name, report));
  for (const { kind, detail, file } of findings) process.stdout.write(`  ${kind} ${file}\n    ${detail}\n`);
}

async function run({ names, inputs, seed, isGuided, isJson }: Order): Promise<number> {
  const interrupted = new AbortController();
  for (const signal of ['SIGINT', 'SIGTERM'] as const) process.on(signal, () => interrupted.abort());
  const shares = names.reduce((sum, name) => sum + shareOf(name), 0);
  if (!isJson) process.stdout.write(`seed ${seed}\n`);
  let [found, all] = [0, 0];
  const waiting = names.values();
  const began = performance.now();
  const work = async (): Promise<void> => {
    for (const name of waiting) {
      if (interrupted.signal.aborted) return;
      const report = await superviseTarget({
        name,
        inputs: Math.ceil((inputs * shareOf(name)) / shares),
        seed,
        isGuided,
        inputMs_max: INPUT_MS_MAX,
        rssMiB_max: RSS_MIB_MAX,
        runMs_max: RUN_MS_MAX,
        signal: interrupted.signal,
      });
      if (interrupted.signal.aborted) return;
      found += report.findings.length;
      all += report.inputs;
      tell(name, report, isJson);
    }
  };
  await Promise.all(Array.from({ length: Math.min(2, availableParallelism()) }, work));
  const seconds = Math.round((performance.now() - began) / 1_000);
  if (!isJson) process.stdout.write(`${all} inputs in ${seconds} s, ${found} findings\n`);
  return found === 0 && !interrupted.signal.aborted ? 0 : 1;
}

const order = readArguments();
if (typeof order === 'string') {
  process.stderr.write(`${order}\n`);
  process.exitCode = EXIT_UNUSABLE;
} else process.exitCode = await run(order);
