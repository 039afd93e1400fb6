/**
 * `event`: officers of four municipalities in three prefectures record events at once, as their counters do, among as many
 * residents as are asked for; the clock stops when the national site and whoever it tells have applied everything. The limit is INSERT and commit of plain rows of
 * a notice's size on as many connections as there are officers.
 */
import path from 'node:path';
import { dateInTokyo, systemClock } from '@ishizue/clock';
import { mustSucceed } from '@ishizue/outcome';
import { type Access, recordEvent } from '@ishizue/registry';
import { type BenchCountry, withCountry } from './bench-country.ts';
import type { Benchmark, Figure, Workplace } from './benchmark.ts';
import { alternate, inParallel, rate } from './measure.ts';
import { peakMiB } from './peak-memory.ts';
import { PlainInserts } from './plain-inserts.ts';
import { type Errand, EVENTS_IN_TEN_ERRANDS, type Known, planErrands } from './planned-events.ts';
import { plantAtNation, plantResidents } from './plant-residents.ts';
import { loadWhole, writeRegisterFile } from './register-file.ts';

const AREAS: ReadonlyMap<string, string> = new Map([
  ['131121', '東京都世田谷区'],
  ['132217', '東京都清瀬市'],
  ['142042', '神奈川県鎌倉市'],
  ['222054', '静岡県熱海市'],
]);
const MUNICIPALITIES = [...AREAS.keys()];
const OFFICERS = 16;
const ROUNDS = 3;
const ERRANDS_IN_ROUND = 1_500;
const EVENTS_IN_ROUND = (ERRANDS_IN_ROUND / 10) * EVENTS_IN_TEN_ERRANDS;
const SETTLE_TIMEOUT_MS = 300_000;

const ACCESS: Access = {
  actorKind: 'operator',
  actor: 'o-bench',
  terminal: 'counter',
  article: '住民基本台帳法 第8条',
  affair: 'resident-registration',
  correlation: 'bench',
};

export const benchmark: Benchmark = (place) =>
  withCountry(place, MUNICIPALITIES, (bench) => measure(place, bench));

async function measure(place: Workplace, bench: BenchCountry): Promise<readonly Figure[]> {
  const bytesOfAll = await plantOthers(place, bench);
  const people = await enrol(place, bench);
  const errands = planErrands(people, MUNICIPALITIES, dateInTokyo(systemClock.now()));
  const bytes = await noticeBytes(bench);
  const plain = await PlainInserts.open(bench.superuser, await bench.connections(OFFICERS), bytes);
  place.say(`${ROUNDS} rounds of ${EVENTS_IN_ROUND} events`);
  let cpu = '';
  const { value, limit, rounds } = await alternate(
    ROUNDS,
    async (round) => {
      const used = bench.countCpuTime();
      const measured = await measureRound(bench, errands, round);
      cpu = used().text;
      return measured;
    },
    () => plain.rate(EVENTS_IN_ROUND),
  );
  return [
    {
      bench: 'event',
      value,
      unit: '1/s',
      limit,
      limitName: `INSERT and commit of plain rows of ${bytes} bytes, ${OFFICERS} connections`,
      peakMiB: peakMiB(),
      note: `${EVENTS_IN_ROUND} events a round, ${OFFICERS} officers, until every tier has them; ${rounds}; ${bytesOfAll}; last round ${cpu}`,
      postgresql: bench.postgresql,
    },
  ];
}

/** The others, who stay as they are. Answers with their bytes on disk a person. */
async function plantOthers(place: Workplace, { superuser }: BenchCountry): Promise<string> {
  const residents = Math.floor(place.options.residents / MUNICIPALITIES.length);
  place.say(
    `writing ${residents} residents each into the tables of ${MUNICIPALITIES.length} registers and all tiers`,
  );
  let first = 1;
  for (const [municipality, area] of AREAS) {
    await plantResidents(superuser, { municipality, area, residents, first });
    first += residents;
  }
  await plantAtNation(superuser);
  const [size] = await superuser<Record<'municipal' | 'prefectural' | 'national', number>[]>`
    SELECT pg_total_relation_size('registry.municipal_resident') AS municipal,
      pg_total_relation_size('registry.prefectural_person') + pg_total_relation_size('registry.prefectural_change')
        AS prefectural,
      pg_total_relation_size('registry.national_person') + pg_total_relation_size('registry.national_change') AS national`;
  if (!size) throw new Error('the tables have no size');
  const perPerson = (bytes: number): number => Math.round(bytes / (residents * MUNICIPALITIES.length));
  return `${residents * MUNICIPALITIES.length} others, ${perPerson(size.municipal)} + ${perPerson(size.prefectural)} + ${perPerson(size.national)} bytes a person in the tiers`;
}

/** Loads as many residents as there are errands; in turn of another municipality. */
async function enrol(place: Workplace, { country, superuser }: BenchCountry): Promise<readonly Known[]> {
  const count = Math.ceil((ROUNDS * ERRANDS_IN_ROUND) / MUNICIPALITIES.length);
  place.say(`loading ${MUNICIPALITIES.length} registers of ${count} residents`);
  for (const municipality of MUNICIPALITIES) {
    const file = path.join(place.folder, `${municipality}.csv`);
    await writeRegisterFile(file, municipality, count);
    await loadWhole(country, file, municipality, count);
  }
  await country.settle(SETTLE_TIMEOUT_MS);
  return superuser<Known[]>`
    SELECT municipality_code AS municipality, resident_code AS "residentCode",
      individual_number AS "individualNumber", name, name_kana AS "nameKana", former_surname AS "formerSurname",
      former_surname_kana AS "formerSurnameKana", alias, alias_kana AS "aliasKana", birth_date AS "birthDate", sex,
      nationality, residence_status AS "residenceStatus", stay_expires_on AS "stayExpiresOn", domicile,
      family_register_head AS "familyRegisterHead"
    FROM registry.municipal_resident WHERE resident_number NOT LIKE 'P%'
    ORDER BY row_number() OVER (PARTITION BY municipality_code ORDER BY resident_number), municipality_code`;
}

/** How long a row of a person is at the national site. */
async function noticeBytes({ superuser }: BenchCountry): Promise<number> {
  const [row] = await superuser<{ bytes: number }[]>`
    SELECT round(avg(length(to_jsonb(p)::text)))::int AS bytes FROM (SELECT * FROM registry.national_person LIMIT 1000) p`;
  if (!row) throw new Error('nobody is at the national site');
  return row.bytes;
}

async function measureRound(bench: BenchCountry, errands: readonly Errand[], round: number): Promise<number> {
  const { country } = bench;
  const mine = errands.slice(round * ERRANDS_IN_ROUND, (round + 1) * ERRANDS_IN_ROUND);
  const before = await appliedEvents(bench);
  const measured = await rate(EVENTS_IN_ROUND, async () => {
    await inParallel(mine.length, OFFICERS, async (index) => {
      for (const [part, { municipality, event }] of (mine[index] ?? []).entries()) {
        const requestId = `bench ${round} ${index} ${part}`;
        const recorded = await recordEvent(country.systems.registry, municipality, ACCESS, requestId, event);
        mustSucceed(recorded, event.reason);
      }
    });
    await country.settle(SETTLE_TIMEOUT_MS);
  });
  const applied = (await appliedEvents(bench)) - before;
  if (applied !== EVENTS_IN_ROUND)
    throw new Error(`of ${EVENTS_IN_ROUND} events ${applied} are at the national site`);
  return measured;
}

/** Events at the national site, without what the numbering centre adds to a birth. */
async function appliedEvents({ superuser }: BenchCountry): Promise<number> {
  const [row] = await superuser<{ count: number }[]>`
    SELECT count(*) AS count FROM registry.national_change
    WHERE reason NOT IN ('initial-load', 'number-assigned')`;
  return row?.count ?? 0;
}
