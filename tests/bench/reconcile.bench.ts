/**
 * `reconcile`: the full comparison of municipalities of a million residents at the most with their prefecture, one after the
 * other, with 0, 10 and 1,000 planted differences among all of them, over real links, until every suspect's check is
 * back. The limit is one full outer hash join of the two tables that makes the same digests: what it would cost if both
 * tiers lay in one database and one could read the other.
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

/** Wards of Tokyo; 世田谷区 is the greatest municipality without wards. */
const MUNICIPALITIES = [
  '131121',
  '131202',
  '131113',
  '131237',
  '131211',
  '131156',
  '131199',
  '131083',
  '131229',
  '131091',
];
const RESIDENTS_OF_ONE_MAX = 1_000_000;
const DIFFERENCES = [0, 10, 1_000];
/** A round among ten million takes minutes: one of them says as much as three of seconds. */
const roundsAmong = (residents: number): number => (residents < 5_000_000 ? 3 : 1);
const SETTLE_TIMEOUT_MS = 1_800_000;
/** Digests that one difference may move: ten a level, and the persons of one small node. */
const LISTED_PERSONS = 16;

interface Compared {
  readonly differences: number;
  readonly digestsMoved: number;
  readonly questions: number;
}

const ACCESS: Access = {
  actorKind: 'operator',
  actor: 'o-bench',
  terminal: 'watch',
  article: '住民基本台帳法 第30条の6',
  affair: 'reconciliation',
  correlation: 'bench',
};

export const benchmark: Benchmark = (place) => {
  const count = Math.min(MUNICIPALITIES.length, Math.ceil(place.options.residents / RESIDENTS_OF_ONE_MAX));
  const municipalities = MUNICIPALITIES.slice(0, count);
  return withCountry(place, municipalities, (bench) => measure(place, bench, municipalities));
};

async function measure(
  place: Workplace,
  bench: BenchCountry,
  municipalities: readonly string[],
): Promise<readonly Figure[]> {
  const residents = Math.floor(place.options.residents / municipalities.length);
  place.say(`writing ${municipalities.length} registers of ${residents} residents into two tiers`);
  for (const [nth, municipality] of municipalities.entries())
    await plantResidents(bench.superuser, {
      municipality,
      area: bench.country.places.fullName(municipality),
      residents,
      first: 1 + nth * residents,
    });
  const figures: Figure[] = [];
  for (const differences of DIFFERENCES) {
    place.say(`comparisons with ${differences} differences`);
    figures.push(await measureWith(bench, municipalities, residents * municipalities.length, differences));
  }
  return figures;
}

async function measureWith(
  bench: BenchCountry,
  municipalities: readonly string[],
  residents: number,
  differences: number,
): Promise<Figure> {
  const joins: number[] = [];
  const comparisons: number[] = [];
  let repaired_s = 0;
  let compared: Compared = { differences: 0, digestsMoved: 0, questions: 0 };
  for (let round = 0; round < roundsAmong(residents); round++) {
    await plantDifferences(bench, differences, round);
    joins.push(await seconds(() => join(bench, differences)));
    comparisons.push(
      await seconds(async () => {
        compared = await compareAll(bench, municipalities);
      }),
    );
    if (compared.differences !== differences)
      throw new Error(`of ${differences} differences ${compared.differences} were found`);
    repaired_s = await seconds(() => repair(bench, municipalities));
    await join(bench, 0);
  }
  const { digestsMoved, questions } = compared;
  const bound =
    municipalities.length + differences * (10 * Math.ceil(Math.log10(residents)) + LISTED_PERSONS);
  const list = (times: readonly number[]): string => times.map((time) => time.toFixed(2)).join(', ');
  return {
    bench: `reconcile-${differences}`,
    value: residents / median(comparisons),
    unit: 'persons/s',
    limit: residents / median(joins),
    limitName: 'full outer hash join of both tables, the same digests',
    peakMiB: peakMiB(),
    note:
      `${residents} persons in ${municipalities.length} municipalities, ${differences} differences: ${list(comparisons)} s ` +
      `(join ${list(joins)} s); ${digestsMoved} digests moved of at most ${bound}, ${questions} questions; ` +
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

async function join({ superuser, country }: BenchCountry, expected: number): Promise<void> {
  const areas = country.municipalities.map((code) => `('${code}', '${country.places.fullName(code)}')`);
  const digest = (table: string, address: string): string => `
    SELECT resident_code, sha256(convert_to(concat_ws(E'\\x1f', resident_code, municipality_code, sequence, status, name,
      coalesce(former_surname, E'\\x1e'), coalesce(alias, E'\\x1e'), birth_date, sex, ${address},
      coalesce(individual_number, E'\\x1e')), 'UTF8')) AS digest
    FROM registry.${table} JOIN (VALUES ${areas.join(', ')}) a(code, area) ON code = municipality_code
    WHERE status IN ('resident', 'deceased')`;
  const [found] = await superuser.unsafe<{ count: number }[]>(`
    SELECT count(*) AS count
    FROM (${digest('municipal_resident', `concat(area, town, lot, '　' || building)`)}) m
    FULL JOIN (${digest('prefectural_person', 'address')}) p USING (resident_code)
    WHERE m.digest IS DISTINCT FROM p.digest`);
  if (found?.count !== expected) throw new Error(`the join finds ${found?.count} of ${expected} differences`);
}

async function compareAll(bench: BenchCountry, municipalities: readonly string[]): Promise<Compared> {
  const all = { differences: 0, digestsMoved: 0, questions: 0 };
  for (const municipality of municipalities) {
    const one = await compare(bench, municipality);
    all.differences += one.differences;
    all.digestsMoved += one.digestsMoved;
    all.questions += one.questions;
  }
  return all;
}

async function compare({ country }: BenchCountry, municipality: string): Promise<ComparisonState> {
  const { registry } = country.systems;
  const place = { site: municipalSite(municipality), municipality };
  const runId = mustSucceed(await startComparison(registry, ACCESS, place), 'start');
  await country.settle(SETTLE_TIMEOUT_MS);
  const [state] = await comparisonState(registry, place, runId);
  if (state?.phase !== 'done' || state.upperSite !== prefecturalSite('13'))
    throw new Error(`the comparison is ${state?.phase}`);
  return state;
}

async function repair({ country }: BenchCountry, municipalities: readonly string[]): Promise<void> {
  for (const municipality of municipalities) {
    const place = { site: municipalSite(municipality), municipality };
    while ((await repairDifferences(country.systems.registry, ACCESS, place)) > 0)
      await country.settle(SETTLE_TIMEOUT_MS);
  }
}
