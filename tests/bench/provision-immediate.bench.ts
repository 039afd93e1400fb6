/**
 * `provision-immediate`: agencies ask for one person at a time, all items of a row; an answer counts when it is committed with its
 * ledger entry. The limit is a bare SELECT by key, without ledger and without transaction, of the same people, by the
 * same pool and as many callers.
 */
import { mustSucceed } from '@ishizue/outcome';
import { ProvisionDesk } from '@ishizue/registry';
import { type BenchCountry, withCountry } from './bench-country.ts';
import type { Benchmark, Figure, Workplace } from './benchmark.ts';
import { alternate, inParallel, rate } from './measure.ts';
import { peakMiB } from './peak-memory.ts';
import { AGENCY, codeOf, countProvisions, enrolPeople, TERMS } from './provision-country.ts';

const CALLERS = 128;
const ROUNDS = 3;
const ASKED_IN_ROUND = 40_000;

export const benchmark: Benchmark = (place) =>
  withCountry(place, ['132217'], (bench) => measure(place, bench));

async function measure(place: Workplace, bench: BenchCountry): Promise<readonly Figure[]> {
  await enrolPeople(place, bench);
  const { residents } = place.options;
  const { registry } = bench.country.systems;
  const desk = new ProvisionDesk(registry);
  const took_ms: number[] = [];
  // 7,919 is prime: everybody in turn, nobody beside the one before
  let turn = 0;
  const someone = (): string => codeOf((turn++ * 7919) % residents);
  place.say(`${ROUNDS} rounds of ${ASKED_IN_ROUND}`);
  let cpu = '';
  const { value, limit, rounds } = await alternate(
    ROUNDS,
    async (round) => {
      const used = bench.countCpuTime();
      const measured = await rate(ASKED_IN_ROUND, () =>
        inParallel(ASKED_IN_ROUND, CALLERS, async (index) => {
          const started = performance.now();
          const request = {
            ...TERMS,
            items: [...TERMS.items],
            caseNumber: `case-${round}-${index}`,
            person: { residentCode: someone() },
          };
          mustSucceed(await desk.ask({ agency: AGENCY, request }), 'a provision');
          took_ms.push(performance.now() - started);
        }),
      );
      cpu = used().text;
      return measured;
    },
    () =>
      rate(ASKED_IN_ROUND, () =>
        inParallel(ASKED_IN_ROUND, CALLERS, async () => {
          const rows = await registry.sql`SELECT * FROM bench.person WHERE resident_code = ${someone()}`;
          if (rows.length !== 1) throw new Error('nobody was found');
        }),
      ),
  );
  const recorded = await countProvisions(bench);
  took_ms.sort((a, b) => a - b);
  const percentile = (part: number): string =>
    (took_ms[Math.floor(took_ms.length * part)] ?? Number.NaN).toFixed(1);
  const figure: Figure = {
    bench: 'provision-immediate',
    value,
    unit: '1/s',
    limit,
    limitName: `SELECT by key, same pool, ${CALLERS} callers, no ledger`,
    peakMiB: peakMiB(),
    note: `${residents} people, ${CALLERS} callers; p50 ${percentile(0.5)} ms, p99 ${percentile(0.99)} ms; ${rounds}; last round ${cpu}`,
    postgresql: bench.postgresql,
  };
  const asked = ROUNDS * ASKED_IN_ROUND;
  return [recorded === asked ? figure : { ...figure, broken: `${recorded} entries of ${asked} provisions` }];
}
