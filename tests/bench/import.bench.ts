/**
 * `import`: the register of one great municipality from a file into an empty country, as the command line does it. Two
 * values: until the municipality has every resident (codes come from the national site meanwhile), and until all
 * three tiers have everyone, with individual numbers. The limit is COPY of the same file into a table without keys.
 */
import { createReadStream } from 'node:fs';
import path from 'node:path';
import { pipeline } from 'node:stream/promises';
import { REGISTER_COLUMNS } from '@ishizue/demo';
import { type BenchCountry, withCountry } from './bench-country.ts';
import type { Benchmark, Figure, Workplace } from './benchmark.ts';
import { median, rate } from './measure.ts';
import { MemoryWatch, peakMiB, peakOfProcess } from './peak-memory.ts';
import { loadWhole, writeRegisterFile } from './register-file.ts';

const MUNICIPALITY = '131121'; // 世田谷区: the greatest municipality without wards
const PEAK_MIB_MAX = 500;
const SETTLE_TIMEOUT_MS = 3_600_000;

export const benchmark: Benchmark = async (place) => {
  const { residents } = place.options;
  const file = path.join(place.folder, 'register.csv');
  place.say(`generating ${residents} residents`);
  await writeRegisterFile(file, MUNICIPALITY, residents);
  return withCountry(place, [MUNICIPALITY], (bench) => measure(place, bench, file));
};

interface Times {
  readonly imported_s: number;
  readonly imported_cpu: string;
  readonly settled_s: number;
  readonly settled_cpu: string;
}

async function measure(place: Workplace, bench: BenchCountry, file: string): Promise<readonly Figure[]> {
  const { residents } = place.options;
  place.say('COPY of the same file');
  const before = await copyRate(bench, file, residents);
  const watch = new MemoryWatch(bench.postmaster);
  const times = await importAndSettle(place, bench, file);
  watch.stop();
  const peak = peakMiB();
  place.say('COPY of the same file');
  const after = await copyRate(bench, file, residents);
  await checkAllThere(bench, residents);
  const bytes = await bytesOfAll(bench, residents);

  const signerPid = bench.country.signerPid();
  const memory = [
    `heap ${Math.round(watch.heapMiB)} MiB`,
    `signer ${Math.round((signerPid && peakOfProcess(signerPid)) || 0)} MiB`,
    `PostgreSQL ${Math.round(watch.databaseMiB)} MiB`,
  ].join(', ');
  const shared = {
    unit: 'rows/s',
    limit: median([before, after]),
    limitName: 'COPY of the same file into a plain table, same cluster',
    peakMiB: peak,
    postgresql: bench.postgresql,
    ...(peak > PEAK_MIB_MAX && { broken: `more than ${PEAK_MIB_MAX} MiB` }),
  };
  const limits = `COPY before and after: ${Math.round(before)}, ${Math.round(after)}`;
  return [
    {
      ...shared,
      bench: 'import',
      value: residents / times.imported_s,
      note: `${residents} residents in ${times.imported_s.toFixed(1)} s; ${times.imported_cpu}; ${memory}; ${limits}`,
    },
    {
      ...shared,
      bench: 'import-through-tiers',
      value: residents / times.settled_s,
      note: `until all three tiers have everyone with a number: ${times.settled_s.toFixed(1)} s; ${times.settled_cpu}; ${bytes}`,
    },
  ];
}

async function importAndSettle(place: Workplace, bench: BenchCountry, file: string): Promise<Times> {
  const { country } = bench;
  const started = performance.now();
  const sinceStart = (): number => (performance.now() - started) / 1000;
  const cpu = bench.countCpuTime();
  place.say('importing');
  await loadWhole(country, file, MUNICIPALITY, place.options.residents);
  const imported_s = sinceStart();
  const imported_cpu = cpu().text;
  place.say(`imported after ${imported_s.toFixed(1)} s; waiting for the tiers`);
  await country.settle(SETTLE_TIMEOUT_MS);
  return { imported_s, imported_cpu, settled_s: sinceStart(), settled_cpu: cpu().text };
}

async function copyRate({ superuser }: BenchCountry, file: string, rows: number): Promise<number> {
  const columns = REGISTER_COLUMNS.map((column) => `${column} text`).join(', ');
  await superuser.unsafe(`CREATE TABLE bench.register (${columns})`);
  const measured = await rate(rows, async () => {
    const copy = superuser`COPY bench.register FROM STDIN WITH (FORMAT csv, HEADER true)`;
    await pipeline(createReadStream(file), await copy.writable());
  });
  const [counted] = await superuser<{ rows: number }[]>`SELECT count(*) AS rows FROM bench.register`;
  if (counted?.rows !== rows) throw new Error(`COPY brought ${counted?.rows} of ${rows} rows`);
  await superuser.unsafe('DROP TABLE bench.register');
  return measured;
}

/** What was measured must be what was asked for: everybody at every tier, with a number. */
async function checkAllThere({ superuser }: BenchCountry, residents: number): Promise<void> {
  const [there] = await superuser<Record<'municipal' | 'prefectural' | 'national' | 'tickets', number>[]>`
    SELECT (SELECT count(individual_number) FROM registry.municipal_resident) AS municipal,
      (SELECT count(individual_number) FROM registry.prefectural_person) AS prefectural,
      (SELECT count(individual_number) FROM registry.national_person) AS national,
      (SELECT count(*) FROM link.ticket) AS tickets`;
  const { municipal, prefectural, national, tickets } = there ?? {};
  if (municipal !== residents || prefectural !== residents || national !== residents || tickets !== 0)
    throw new Error(`after the import the tiers differ: ${JSON.stringify(there)}`);
}

/** What one person takes on disk in each system, with indexes, ledger entries and what the links keep. */
async function bytesOfAll({ superuser }: BenchCountry, residents: number): Promise<string> {
  const systems = await superuser<{ schema: string; bytes: number }[]>`
    SELECT n.nspname AS schema, sum(pg_total_relation_size(c.oid))::bigint AS bytes
    FROM pg_class c JOIN pg_namespace n ON n.oid = c.relnamespace
    WHERE c.relkind = 'r' AND n.nspname IN ('registry', 'numbering', 'link', 'ledger')
    GROUP BY 1 ORDER BY 2 DESC`;
  const each = systems.map(({ schema, bytes }) => `${schema} ${Math.round(bytes / residents)}`);
  return `bytes a person on disk: ${each.join(', ')}`;
}
