/**
 * `provision-batch`: a file of persons in, a file of answers stored, every person with a ledger entry, committed chunk by chunk.
 * The limit is COPY out of the same people by the same keys: a join and nothing else.
 */
import { createReadStream, createWriteStream } from 'node:fs';
import path from 'node:path';
import { pipeline } from 'node:stream/promises';
import { mustSucceed } from '@ishizue/outcome';
import { type BatchOrder, runBatch } from '@ishizue/registry';
import { type BenchCountry, withCountry } from './bench-country.ts';
import type { Benchmark, Figure, Workplace } from './benchmark.ts';
import { alternate, rate } from './measure.ts';
import { peakMiB } from './peak-memory.ts';
import { AGENCY, codeOf, countProvisions, enrolPeople, TERMS } from './provision-country.ts';

const ROUNDS = 3;
const ASKED_IN_ROUND = 200_000;
const LINES_IN_PIECE = 2_000;

export const benchmark: Benchmark = (place) =>
  withCountry(place, ['132217'], (bench) => measure(place, bench));

async function measure(place: Workplace, bench: BenchCountry): Promise<readonly Figure[]> {
  await enrolPeople(place, bench);
  const asked = Math.min(ASKED_IN_ROUND, Math.floor(place.options.residents / ROUNDS));
  const { registry } = bench.country.systems;
  place.say(`${ROUNDS} rounds of ${asked}`);
  await bench.superuser`CREATE TABLE bench.asked (round int, resident_code text)`;
  const fileOf = (round: number): string => path.join(place.folder, `asked-${round}.csv`);
  for (let round = 0; round < ROUNDS; round++) {
    for (const codes of codesOf(round, asked))
      await bench.superuser`
        INSERT INTO bench.asked SELECT ${round}, code FROM unnest(${codes}::text[]) AS code`;
    await pipeline(linesOf(round, asked), createWriteStream(fileOf(round)));
  }
  let cpu = '';
  const { value, limit, rounds } = await alternate(
    ROUNDS,
    async (round) => {
      const used = bench.countCpuTime();
      const order: BatchOrder = { ...TERMS, agency: AGENCY, jobId: `job-${round}`, key: 'resident-code' };
      const measured = await rate(asked, async () => {
        const done = await runBatch(registry, order, createReadStream(fileOf(round), 'utf8'));
        if (mustSucceed(done, 'the job').given !== asked) throw new Error('not everybody was given');
      });
      cpu = used().text;
      return measured;
    },
    (round) => rate(asked, () => copyOut(bench, round)),
  );
  const recorded = await countProvisions(bench);
  const figure: Figure = {
    bench: 'provision-batch',
    value,
    unit: '1/s',
    limit,
    limitName: 'COPY out of the same people, joined by key, no ledger',
    peakMiB: peakMiB(),
    note: `${place.options.residents} people, ${asked} asked a round; ${rounds}; last round ${cpu}`,
    postgresql: bench.postgresql,
  };
  return [
    recorded === ROUNDS * asked ? figure : { ...figure, broken: `${recorded} entries of ${ROUNDS * asked}` },
  ];
}

/** Every third person, from another one each round. */
function* codesOf(round: number, asked: number): Generator<string[]> {
  for (let from = 0; from < asked; from += LINES_IN_PIECE)
    yield Array.from({ length: Math.min(LINES_IN_PIECE, asked - from) }, (_, index) =>
      codeOf((from + index) * ROUNDS + round),
    );
}

function* linesOf(round: number, asked: number): Generator<string> {
  yield 'case_key,person_key\r\n';
  let line = 0;
  for (const codes of codesOf(round, asked)) yield codes.map((code) => `c${line++},${code}\r\n`).join('');
}

async function copyOut({ superuser }: BenchCountry, round: number): Promise<void> {
  const stream = await superuser`
    COPY (SELECT p.name, p.former_surname, p.alias, p.birth_date, p.sex, p.municipality_code, p.address, p.status,
        p.reason, p.event_date
      FROM bench.asked a JOIN registry.national_person p USING (resident_code) WHERE a.round = ${superuser.unsafe(String(round))})
    TO STDOUT (FORMAT csv)`.readable();
  let bytes = 0;
  for await (const chunk of stream) bytes += (chunk as Uint8Array).length;
  if (bytes === 0) throw new Error('nothing was copied');
}
