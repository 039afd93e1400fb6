/**
 * A short year of a small country; the whole one is `npm run simulate`. A failing run prints its seed;
 * `ISHIZUE_SIMULATION_SEED=… npm test -- tests/simulation/year` replays it, `ISHIZUE_SIMULATION_RUNS=5 …` tries as many
 * new ones.
 */
import assert from 'node:assert/strict';
import { randomBytes } from 'node:crypto';
import { test } from 'node:test';
import { simulateForTest } from './simulate-for-test.ts';

const { ISHIZUE_SIMULATION_SEED: wantedSeed, ISHIZUE_SIMULATION_RUNS: wantedRuns } = process.env;
const seeds =
  wantedSeed === undefined
    ? Array.from({ length: Number(wantedRuns ?? 1) }, () => randomBytes(4).toString('hex'))
    : [wantedSeed];

const EIGHT_WEEKS = { municipalities: 12, days: 56, residents: 30, severity: 10 };
for (const seed of seeds)
  test(`all tiers agree with the model after eight weeks of failing sites and links, seed ${seed}`, async (t) => {
    const report = await simulateForTest({ ...EIGHT_WEEKS, seed });
    t.diagnostic(`seed ${seed}: ${JSON.stringify(report.counts)}, ${report.trace}`);
    assert.deepEqual(
      report.findings.slice(0, 30),
      [],
      `replay by ISHIZUE_SIMULATION_SEED=${seed} npm test -- tests/simulation/year`,
    );
    for (const what of [
      'acts',
      'move-in',
      'lost',
      'repeated',
      'cut off',
      'receipts broken',
      'deaths of processes',
    ])
      assert.ok((report.counts[what] ?? 0) > 0, `eight weeks without ${what} prove little`);
  });
