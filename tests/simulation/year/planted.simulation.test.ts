/** The year's simulation is worth what its checkers find: each fault that is planted must be among the findings. */
import assert from 'node:assert/strict';
import { test } from 'node:test';
import type { Sql } from '@ishizue/db';
import { appliesTwice, forgetsOne } from './planted-faults.ts';
import { simulateForTest } from './simulate-for-test.ts';

/** Small and quick: what is planted shows in any country. */
const A_FORTNIGHT = { municipalities: 3, days: 14, residents: 20, severity: 40, seed: 'planted' };

test('a seed replays its year event by event, and a year without a fault has no finding', async () => {
  const one = await simulateForTest(A_FORTNIGHT);
  const other = await simulateForTest(A_FORTNIGHT);
  assert.deepEqual(one.findings, []);
  assert.deepEqual(other, one);
});

test('the checkers find a notice that a tier took for done without applying it', async () => {
  const plant = forgetsOne('identity-changed', 180);
  const { findings } = await simulateForTest({ ...A_FORTNIGHT, plant });
  assert.ok(
    findings.some((finding) => /^changes of (nation|prefecture)/.test(finding)),
    findings.join('\n'),
  );
});

test('the checkers find a notice that a tier applied twice', async () => {
  const { findings } = await simulateForTest({
    ...A_FORTNIGHT,
    plant: appliesTwice('identity-changed', 200),
  });
  assert.ok(
    findings.some((finding) => /an? identity-changed is parked/.test(finding)),
    findings.join('\n'),
  );
});

test('the checkers find an allocation of codes that is applied twice', async () => {
  const { findings } = await simulateForTest({
    ...A_FORTNIGHT,
    plant: appliesTwice('resident-code-allocation', 2),
  });
  assert.ok(
    findings.some((finding) => /a resident-code-allocation is parked/.test(finding)),
    findings.join('\n'),
  );
});

test('the checkers and full comparison find two persons whose codes were swapped', async () => {
  const { findings } = await simulateForTest({
    ...A_FORTNIGHT,
    tamper: (superuserOf) => swapCodes(superuserOf('nation')),
  });
  const places = findings.map((finding) => /^(person of nation|comparison of)/.exec(finding)?.[0]);
  assert.ok(places.includes('person of nation') && places.includes('comparison of'), findings.join('\n'));
});

test('the checkers find a notice that is on a ledger twice', async () => {
  const { findings } = await simulateForTest({
    ...A_FORTNIGHT,
    tamper: async (superuserOf) => {
      await superuserOf('nation')`
        INSERT INTO ledger.entry (site, at, actor_kind, actor, terminal, article, affair, subject, fields, result, correlation)
        SELECT site, at, actor_kind, actor, terminal, article, affair, subject, fields, result, correlation
        FROM ledger.entry WHERE affair = 'identity-notice' ORDER BY tx, id LIMIT 1`;
    },
  });
  assert.match(findings.join('\n'), /^notices on the ledger of national [^\n]*$/);
});

/** Swaps the codes of two residents of the national register. */
async function swapCodes(sql: Sql): Promise<void> {
  const rows = await sql<{ code: string }[]>`
    SELECT resident_code AS code FROM registry.national_person WHERE status = 'resident' ORDER BY 1 LIMIT 2`;
  const [one, other] = rows.map(({ code }) => code);
  if (one === undefined || other === undefined) throw new Error('nobody to swap');
  await sql.begin(async (tx) => {
    await tx`UPDATE registry.national_person SET resident_code = 'swapped' WHERE resident_code = ${one}`;
    await tx`UPDATE registry.national_person SET resident_code = ${one} WHERE resident_code = ${other}`;
    await tx`UPDATE registry.national_person SET resident_code = ${other} WHERE resident_code = 'swapped'`;
  });
}
