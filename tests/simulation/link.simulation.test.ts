/**
 * The seeded simulation of links. A failing run prints its seed; `ISHIZUE_SIMULATION_SEED=… npm test -- tests/simulation`
 * replays it, and `ISHIZUE_SIMULATION_RUNS=30 npm test -- tests/simulation` tries that many new seeds.
 */
import assert from 'node:assert/strict';
import { randomBytes } from 'node:crypto';
import { after, test } from 'node:test';
import { testDatabase, testServer } from '@ishizue/db/testing';
import { linkSchema } from '@ishizue/link';
import { type SimulatedDatabase, type SimulationReport, simulate } from './link-simulation.ts';
import type { PlantedFault } from './planted-faults.ts';
import { ReopenedDatabase } from './side.ts';
import { simulatedSchema } from './simulated-system.ts';

const { ISHIZUE_SIMULATION_SEED: wantedSeed, ISHIZUE_SIMULATION_RUNS: wantedRuns } = process.env;
const newSeed = (): string => randomBytes(4).toString('hex');
/** Finds a sender that takes, of two messages before one, that in the same envelope for the last. */
const FOUND_A_FAULT = '0d9a4b48';
const seeds =
  wantedSeed === undefined
    ? [FOUND_A_FAULT, ...Array.from({ length: Number(wantedRuns ?? 1) }, newSeed)]
    : [wantedSeed];

const open = async (): Promise<SimulatedDatabase> => {
  const owners = [linkSchema, simulatedSchema];
  const original = await testDatabase({ after: (fn) => after(() => (fn as () => unknown)()) }, owners);
  const superuser = original.superuser();
  after(() => superuser.end());
  const [row] = await superuser<{ name: string }[]>`SELECT current_database() AS name`;
  const closing: Promise<void>[] = [];
  after(() => Promise.all(closing));
  const few = owners.map((owner) => ({ ...owner, connections_max: 3 }));
  const options = { server: testServer(), name: row?.name ?? '', owners: few };
  return {
    superuser,
    openDatabase: () => new ReopenedDatabase(original, options),
    discard: (database) => void closing.push(database.close()),
  };
};
const [towns, county, centre] = await Promise.all([open(), open(), open()]);
const databases = { towns, county, centre };

const run = (seed: string): Promise<SimulationReport> => simulate({ seed, databases });

const traces = new Map<string, string>();

for (const seed of seeds)
  test(`both ends of every link agree after the storm of seed ${seed}`, async (t) => {
    const report = await run(seed);
    traces.set(seed, report.trace);
    t.diagnostic(`seed ${seed}: ${JSON.stringify(report.counts)}, ${report.trace}`);
    assert.deepEqual(
      report.violations.slice(0, 20),
      [],
      `replay by ISHIZUE_SIMULATION_SEED=${seed} npm test -- tests/simulation`,
    );
    if (seed !== FOUND_A_FAULT) return;
    for (const [what, count] of Object.entries(report.counts))
      assert.ok(count > 0, `a storm without ${what} proves little`);
  });

test('a seed replays its storm event by event', async () => {
  const [seed = ''] = seeds;
  assert.equal((await run(seed)).trace, traces.get(seed));
});

const planted: readonly (readonly [PlantedFault, RegExp])[] = [
  ['forgets-duplicates', /^applied twice: /],
  ['deletes-before-acknowledgement', /^lost: /],
  ['names-no-predecessor', /^out of order: /],
  ['forgets-second-subjects', /^before one that it follows: /],
  ['swallows-poison', /^poison without a ticket: /],
];
for (const [fault, sign] of planted)
  test(`the checker finds a link that ${fault.replaceAll('-', ' ')}`, async () => {
    const { violations } = await simulate({ seed: 'planted', databases, planted: fault, sends: 50 });
    assert.ok(
      violations.some((violation) => sign.test(violation)),
      violations.slice(0, 20).join('\n'),
    );
  });
