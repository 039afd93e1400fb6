/**
 * `npm run simulate [-- --seed N --municipalities 30 --days 365 --residents 1000 --severity 1]`: the whole year, on a
 * PostgreSQL that lives as long as the run. Exit codes: 0 sound; 1 something was found; 2 unusable arguments.
 */
import { randomBytes } from 'node:crypto';
import { chmodSync, mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { parseArgs } from 'node:util';
import { startCluster } from '@ishizue/db';
import { TEST_SERVER_VARIABLE } from '@ishizue/db/testing';
import { openYearDatabases } from './year-databases.ts';
import { simulateYear, type YearReport } from './year-simulation.ts';

// what a lost machine loses is of no use afterwards
const SETTINGS = { fsync: 'off', shared_buffers: '128MB', max_connections: '300' };
const FINDINGS_SHOWN = 40;
const EXIT_UNUSABLE = 2;

interface Wish {
  readonly seed: string;
  readonly municipalities: number;
  readonly days: number;
  readonly residents: number;
  readonly severity: number;
}

function readArguments(): Wish | string {
  try {
    const { values } = parseArgs({
      options: {
        seed: { type: 'string', default: randomBytes(4).toString('hex') },
        municipalities: { type: 'string', default: '30' },
        days: { type: 'string', default: '365' },
        residents: { type: 'string', default: '1000' },
        severity: { type: 'string', default: '1' },
      },
    });
    const sizes = [values.municipalities, values.days, values.residents, values.severity].map(Number);
    const [municipalities = 0, days = 0, residents = 0, severity = 0] = sizes;
    if (!sizes.every((size) => Number.isSafeInteger(size) && size > 0))
      return 'municipalities, days, residents and severity are whole numbers from 1';
    if (municipalities < 3 || municipalities > 60) return 'a country has 3 to 60 municipalities';
    return { seed: values.seed, municipalities, days, residents, severity };
  } catch (error) {
    return error instanceof Error ? error.message : String(error);
  }
}

const say = (line: string): void => void process.stdout.write(`${line}\n`);

async function run(wish: Wish): Promise<number> {
  say(
    `seed ${wish.seed}: ${wish.municipalities} municipalities of ${wish.residents} residents, ${wish.days} days`,
  );
  const home = mkdtempSync(path.join(tmpdir(), 'ishizue-simulation-'));
  // PostgreSQL runs as another user where we are root, and must get through
  chmodSync(home, 0o755);
  const cluster = await startCluster({ home, settings: SETTINGS });
  process.env[TEST_SERVER_VARIABLE] = JSON.stringify(cluster.address);
  try {
    const { databaseOf, close } = await openYearDatabases();
    const began = performance.now();
    try {
      const report = await simulateYear({ ...wish, databaseOf, say });
      return tell(report, wish, (performance.now() - began) / 1000);
    } finally {
      await close();
    }
  } finally {
    await cluster.stop();
    rmSync(home, { recursive: true, force: true });
  }
}

function tell({ findings, trace, counts }: YearReport, wish: Wish, seconds: number): number {
  say('');
  for (const [what, count] of Object.entries(counts)) say(`${what.padEnd(28)}${String(count).padStart(10)}`);
  say('');
  say(`${trace}; ${seconds.toFixed(0)} s`);
  for (const finding of findings.slice(0, FINDINGS_SHOWN)) say(`✖ ${finding}`);
  if (findings.length === 0) say('✔ all tiers agree with each other and with the model');
  else
    say(
      `✖ ${findings.length} findings; the same again: npm run simulate -- --seed ${wish.seed} --municipalities ` +
        `${wish.municipalities} --days ${wish.days} --residents ${wish.residents} --severity ${wish.severity}`,
    );
  return findings.length === 0 ? 0 : 1;
}

const wish = readArguments();
if (typeof wish === 'string') {
  process.stderr.write(`${wish}\n`);
  process.exitCode = EXIT_UNUSABLE;
} else process.exitCode = await run(wish);
