/**
 * `reconcile`: the full comparison of one great municipality with its prefecture, with 0, 10 and 1,000 planted differences,
 * over real links, until every suspect's check is back. The limit is one full outer hash join of the two tables that
 * makes the same digests: what it would cost if both tiers lay in one database and one could read the other.
 */
import { systemClock } from '@ishizue/clock';
import { mustSucceed } from '@ishizue/outcome';
import {
  type Access,
  type ComparisonState,
  comparisonState,
  municipalSite,
  prefecturalSite,
  repairDifferences,
  startComparison,
} from '@ishizue/registry';
import { type BenchCountry, withCountry } from './bench-country.ts';
import type { Benchmark, Figure, Workplace } from './benchmark.ts';
import { median } from './measure.ts';
import { peakMiB } from './peak-memory.ts';
import { plantResidents } from './plant-residents.ts';

const MUNICIPALITY = '131121'; // 世田谷区: the greatest municipality without wards
const AREA = '東京都世田谷区';
const DIFFERENCES = [0, 10, 1_000];
/** A round among ten million takes minutes: one of them says as much as three of seconds. */
const roundsAmong = (residents: number): number => (residents < 5_000_000 ? 3 : 1);
const SETTLE_TIMEOUT_MS = 1_800_000;
/** Digests that one difference may move: ten a level, and the persons of one small node. */
const LISTED_PERSONS = 16;

const PLACE = { site: municipalSite(MUNICIPALITY), municipality: MUNICIPALITY };

const ACCESS: Access = {
  actorKind: 'operator',
  actor: 'o-bench',
  terminal: 'watch',
  article: '住民基本台帳法 第30条の6',
  affair: 'reconciliation',
  correlation: 'bench',
};

export const benchmark: Benchmark = (place) =>
  withCountry(place, [MUNICIPALITY], (bench) => measure(place, bench));

async function measure(place: Workplace, bench: BenchCountry): Promise<readonly Figure[]> {
  place.say(`writing ${place.options.residents} residents into two tiers`);
  const { residents } = place.options;
  await plantResidents(bench.superuser, { municipality: MUNICIPALITY, area: AREA, residents, first: 1 });
  const figures: Figure[] = [];
  for (const differences of DIFFERENCES) {
    place.say(`${roundsAmong(residents)} comparisons with ${differences} differences`);
    figures.push(await measureWith(place, bench, differences));
  }
  return figures;
}

async function measureWith(place: Workplace, bench: BenchCountry, differences: number): Promise<Figure> {
  const { residents } = place.options;
  const joins: number[] = [];
  const comparisons: number[] = [];
  let repaired_s = 0;
  let state: ComparisonState | undefined;
  for (let round = 0; round < roundsAmong(residents); round++) {
    await plantDifferences(bench, differences, round);
    joins.push(await seconds(() => join(bench, differences)));
    comparisons.push(
      await seconds(async () => {
        state = await compare(bench);
      }),
    );
    if (state?.differences !== differences)
      throw new Error(`of ${differences} differences ${state?.differences} were found`);
    repaired_s = await seconds(() => repair(bench));
    await join(bench, 0);
  }
  const { digestsMoved = 0, questions = 0 } = state ?? {};
  const bound = 1 + differences * (10 * Math.ceil(Math.log10(residents)) + LISTED_PERSONS);
  const list = (times: readonly number[]): string => times.map((time) => time.toFixed(2)).join(', ');
  return {
    bench: `reconcile-${differences}`,
    value: residents / median(comparisons),
    unit: 'persons/s',
    limit: residents / median(joins),
    limitName: 'full outer hash join of both tables, the same digests',
    peakMiB: peakMiB(),
    note:
      `${residents} persons, ${differences} differences: ${list(comparisons)} s (join ${list(joins)} s); ` +
      `${digestsMoved} digests moved of at most ${bound}, ${questions} questions; ` +
      `repaired and proved in ${repaired_s.toFixed(2)} s`,
    postgresql: bench.postgresql,
    ...(digestsMoved > bound && { broken: `more than ${bound} digests moved` }),
  };
}

async function seconds(work: () => Promise<unknown>): Promise<number> {
  const started = systemClock.now();
  await work();
  return (systemClock.now() - started) / 1000;
}

/** Alters persons at the prefecture behind its back, others in each round, spread over all codes. */
async function plantDifferences({ superuser }: BenchCountry, count: number, round: number): Promise<void> {
  await superuser`
    UPDATE registry.prefectural_person SET name = '別人　某'
    WHERE resident_code IN (SELECT resident_code FROM registry.municipal_resident
      WHERE substr(resident_number, 2)::bigint % 10 = ${round} ORDER BY md5(resident_number) LIMIT ${count})`;
}

async function join({ superuser }: BenchCountry, expected: number): Promise<void> {
  const digest = (table: string, address: string): string => `
    SELECT resident_code, sha256(convert_to(concat_ws(E'\\x1f', resident_code, municipality_code, sequence, status, name,
      coalesce(former_surname, E'\\x1e'), coalesce(alias, E'\\x1e'), birth_date, sex, ${address},
      coalesce(individual_number, E'\\x1e')), 'UTF8')) AS digest
    FROM registry.${table} WHERE status IN ('resident', 'deceased') AND municipality_code = '${MUNICIPALITY}'`;
  const [found] = await superuser.unsafe<{ count: number }[]>(`
    SELECT count(*) AS count
    FROM (${digest('municipal_resident', `concat('${AREA}', town, lot, '　' || building)`)}) m
    FULL JOIN (${digest('prefectural_person', 'address')}) p USING (resident_code)
    WHERE m.digest IS DISTINCT FROM p.digest`);
  if (found?.count !== expected) throw new Error(`the join finds ${found?.count} of ${expected} differences`);
}

async function compare({ country }: BenchCountry): Promise<ComparisonState | undefined> {
  const { registry } = country.systems;
  const runId = mustSucceed(await startComparison(registry, ACCESS, PLACE), 'start');
  await country.settle(SETTLE_TIMEOUT_MS);
  const [state] = await comparisonState(registry, PLACE, runId);
  if (state?.phase !== 'done' || state.upperSite !== prefecturalSite('13'))
    throw new Error(`the comparison is ${state?.phase}`);
  return state;
}

async function repair({ country }: BenchCountry): Promise<void> {
  while ((await repairDifferences(country.systems.registry, ACCESS, PLACE)) > 0)
    await country.settle(SETTLE_TIMEOUT_MS);
}
