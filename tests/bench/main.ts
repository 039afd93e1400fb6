/**
 * `npm run bench [-- NAME…] [--json] [--residents N] [--cases N] [--profile FOLDER]`: each benchmark measures its limit in the same run.
 * Exit codes: 0 measured; 1 a benchmark failed or a bound was not kept; 2 unusable arguments.
 */
import { parseArgs } from 'node:util';
import type { Figure } from './benchmark.ts';
import { benchmarks } from './benchmarks.ts';
import { describeMachine } from './machine.ts';
import { headingOf, jsonOf, tableOf } from './print-figures.ts';
import { supervise } from './supervise.ts';

const RESIDENTS = 1_000_000;
const CASES = 5_180_000; // card applications of fiscal year 2023
const EXIT_UNUSABLE = 2;

interface Order {
  readonly names: readonly string[];
  readonly json: boolean;
  readonly residents: number;
  readonly cases: number;
  readonly profile: string | undefined;
}

function readArguments(): Order | string {
  try {
    const { values, positionals } = parseArgs({
      allowPositionals: true,
      options: {
        json: { type: 'boolean', default: false },
        residents: { type: 'string', default: String(RESIDENTS) },
        cases: { type: 'string', default: String(CASES) },
        profile: { type: 'string' },
      },
    });
    const unknown = positionals.find((name) => !benchmarks.has(name));
    if (unknown !== undefined)
      return `no benchmark ${unknown}; there are ${[...benchmarks.keys()].join(', ')}`;
    const residents = Number(values.residents);
    if (!Number.isSafeInteger(residents) || residents < 1) return '--residents is a whole number';
    const cases = Number(values.cases);
    if (!Number.isSafeInteger(cases) || cases < 1) return '--cases is a whole number';
    const names = positionals.length > 0 ? positionals : [...benchmarks.keys()];
    return { names, residents, cases, json: values.json, profile: values.profile };
  } catch (error) {
    return error instanceof Error ? error.message : String(error);
  }
}

async function run({ names, json, residents, cases, profile }: Order): Promise<number> {
  const interrupted = new AbortController();
  for (const signal of ['SIGINT', 'SIGTERM'] as const) process.on(signal, () => interrupted.abort());
  let exitCode = 0;
  for (const name of names) {
    const minutes_max = benchmarks.get(name)?.minutes_max ?? 0;
    const machine = describeMachine();
    try {
      const order = { name, minutes_max, options: { residents, cases }, profile, signal: interrupted.signal };
      const figures = await supervise(order);
      print(
        figures,
        (figure) => jsonOf(figure, machine),
        headingOf(machine, figures[0]?.postgresql ?? ''),
        json,
      );
      if (figures.some(({ broken }) => broken !== undefined)) exitCode = 1;
    } catch (error) {
      process.stderr.write(`${error instanceof Error ? error.message : String(error)}\n`);
      exitCode = 1;
    }
    if (interrupted.signal.aborted) return 1;
  }
  return exitCode;
}

function print(
  figures: readonly Figure[],
  jsonOfOne: (figure: Figure) => string,
  heading: string,
  json: boolean,
): void {
  const text = json ? figures.map(jsonOfOne).join('\n') : `${heading}\n${tableOf(figures)}\n`;
  process.stdout.write(`${text}\n`);
}

const order = readArguments();
if (typeof order === 'string') {
  process.stderr.write(`${order}\n`);
  process.exitCode = EXIT_UNUSABLE;
} else {
  process.exitCode = await run(order);
}
