/**
 * `search-strict`: a population in which one in a hundred has a namesake born the same day is asked for once each (of more
 * than a million, a million spread over all), in all kinds of spelling; one wrong person breaks the bound. Then searches/s
 * with their ledger entries durable, asked by many agencies' callers one at a time and 500 a transaction, beside plain
 * SELECTs by the same index.
 */
import type { Sql } from '@ishizue/db';
import {
  type Access,
  fillSearchKeys,
  type PersonQuery,
  SearchDesk,
  searchManyStrictly,
} from '@ishizue/registry';
import { storePopulation } from '../search/invented-population.ts';
import { lookForWrongPersons, tellRecall, type Verdict } from '../search/look-for-wrong-persons.ts';
import { type BenchCountry, withCountry } from './bench-country.ts';
import type { Benchmark, Figure, Workplace } from './benchmark.ts';
import { alternate, inParallel, median, rate } from './measure.ts';
import { peakMiB } from './peak-memory.ts';
import { AGENCY, registerBenchAgency, TERMS } from './provision-country.ts';

const MUNICIPALITY = '131121';
const SEED = 'search-strict';
const CONNECTIONS = 16;
const CALLERS = 512;
const ROUNDS = 3;
/** Everybody of a million; of more people a million, spread over all. */
const ASKED_MAX = 1_000_000;
const SAMPLE = 24_000;
const GROUP = 500;

const ACCESS: Access = {
  actorKind: 'site',
  actor: 'agency-bench',
  terminal: 'bench',
  article: '住民基本台帳法 第30条の9',
  affair: 'bench',
  correlation: 'bench',
};

export const benchmark: Benchmark = (place) =>
  withCountry(place, [MUNICIPALITY], async (bench) => {
    const { residents } = place.options;
    const population = { residents, seed: SEED };
    place.say(`storing ${residents} residents`);
    await storePopulation(bench.superuser, population);
    await registerBenchAgency(bench.country);
    place.say('making search keys');
    const fillRate = await rate(residents, () => fillSearchKeys(bench.country.systems.registry));
    await bench.superuser`VACUUM ANALYZE registry.national_search_key, registry.national_person`;
    place.say(`${Math.round(fillRate)} persons/s got their keys; ${await bytesOf(bench, residents)}`);
    place.say(`asking for ${Math.min(residents, ASKED_MAX)} of them once`);
    const started = performance.now();
    const verdict = await lookForWrongPersons(bench.country.systems.registry, population, {
      asked_max: ASKED_MAX,
      sample_max: SAMPLE,
    });
    const asked_s = (performance.now() - started) / 1000;
    place.say(`${verdict.asked} searches in ${asked_s.toFixed(0)} s\n${tellRecall(verdict)}`);
    const connections = await bench.connections(CONNECTIONS);
    await Promise.all(connections.map((sql) => sql`SELECT set_config('ishizue.site', 'national', false)`));
    const said = `${verdict.asked} asked for, ${verdict.wrong} wrong; keys ${Math.round(fillRate)} persons/s, ${await bytesOf(bench, residents)}`;
    return [
      await measureSingle(place, bench, { verdict, connections, said }),
      await measureGrouped(place, bench, { verdict, connections, said }),
    ];
  });

interface Ready {
  readonly verdict: Verdict;
  readonly connections: readonly Sql[];
  readonly said: string;
}

interface KeyRow {
  readonly birthDate: string;
  readonly nameKey: string;
}

const requestOf = (person: PersonQuery, index: number) => ({
  row: TERMS.row,
  affair: TERMS.affair,
  items: ['individual-number' as const],
  caseNumber: `case-${index}`,
  search: 'strict' as const,
  person,
});

const keysIn = (sql: Sql, count: number): Promise<readonly KeyRow[]> =>
  sql<KeyRow[]>`
    SELECT birth_date AS "birthDate", name_key AS "nameKey" FROM registry.national_search_key
    ORDER BY hashtext(resident_code) LIMIT ${count}`;

async function measureSingle(place: Workplace, bench: BenchCountry, ready: Ready): Promise<Figure> {
  const { sample, wrong } = ready.verdict;
  place.say(`${ROUNDS} rounds of ${sample.length} searches, ${CALLERS} callers`);
  const desk = new SearchDesk(bench.country.systems.registry);
  const keys = await keysIn(bench.superuser, sample.length);
  const waits_ms: number[] = [];
  let cpu = '';
  const { value, limit, rounds } = await alternate(
    ROUNDS,
    async () => {
      const used = bench.countCpuTime();
      const measured = await rate(sample.length, () =>
        inParallel(sample.length, CALLERS, async (index) => {
          const began = performance.now();
          await desk.ask({ agency: AGENCY, request: requestOf(sample[index] ?? {}, index) });
          waits_ms.push(performance.now() - began);
        }),
      );
      cpu = used().text;
      return measured;
    },
    () =>
      rate(keys.length, () =>
        inParallel(keys.length, CONNECTIONS, async (index, worker) => {
          const [sql, key] = [ready.connections[worker], keys[index]];
          if (!sql || !key) throw new Error('a worker without a connection or a key');
          await sql`
            SELECT resident_code FROM registry.national_search_key
            WHERE birth_date = ${key.birthDate} AND name_key = ${key.nameKey}`;
        }),
      ),
  );
  return {
    bench: 'search-strict',
    value,
    unit: 'searches/s',
    limit,
    limitName: `SELECT by the same index, ${CONNECTIONS} connections, nothing written`,
    peakMiB: peakMiB(),
    note: `${CALLERS} callers, each waits for the commit with its entry, p50 ${median(waits_ms).toFixed(1)} ms, p99 ${percentile99(waits_ms).toFixed(1)} ms; ${rounds}; last round ${cpu}; ${ready.said}`,
    postgresql: bench.postgresql,
    ...(wrong > 0 && { broken: `${wrong} wrong persons` }),
  };
}

async function measureGrouped(place: Workplace, bench: BenchCountry, ready: Ready): Promise<Figure> {
  const groups = groupsOf(ready.verdict.sample);
  const keys = groupsOf(await keysIn(bench.superuser, ready.verdict.sample.length));
  const [sql] = ready.connections;
  if (!sql) throw new Error('no connection');
  place.say(`${ROUNDS} rounds of ${ready.verdict.sample.length} searches, ${GROUP} a transaction`);
  const count = ready.verdict.sample.length;
  const { value, limit, rounds } = await alternate(
    ROUNDS,
    () =>
      rate(count, async () => {
        for (const group of groups) await searchManyStrictly(bench.country.systems.registry, ACCESS, group);
      }),
    () =>
      rate(count, async () => {
        for (const group of keys)
          await sql`
            SELECT k.resident_code FROM unnest(${group.map((key) => key.birthDate)}::text[],
              ${group.map((key) => key.nameKey)}::text[]) AS q(birth_date, name_key)
            JOIN registry.national_search_key k USING (birth_date, name_key)`;
      }),
  );
  return {
    bench: 'search-strict-grouped',
    value,
    unit: 'searches/s',
    limit,
    limitName: `SELECT by the same index, ${GROUP} a statement, 1 connection, nothing written`,
    peakMiB: peakMiB(),
    note: `${GROUP} searches and their entries a transaction, 1 connection; ${rounds}`,
    postgresql: bench.postgresql,
  };
}

function groupsOf<T>(all: readonly T[]): readonly (readonly T[])[] {
  return Array.from({ length: Math.ceil(all.length / GROUP) }, (_, n) =>
    all.slice(n * GROUP, (n + 1) * GROUP),
  );
}

const percentile99 = (values: readonly number[]): number =>
  values.toSorted((a, b) => a - b)[Math.floor(values.length * 0.99)] ?? 0;

async function bytesOf({ superuser }: BenchCountry, residents: number): Promise<string> {
  const [row] = await superuser<{ bytes: number }[]>`
    SELECT pg_total_relation_size('registry.national_search_key') AS bytes`;
  return `${Math.round((row?.bytes ?? 0) / residents)} bytes of keys a person`;
}
