/** What somebody changes behind the registry's back, once a simulated year is over, must be among the findings. */
import assert from 'node:assert/strict';
import { test } from 'node:test';
import type { Sql } from '@ishizue/db';
import { simulateForTest, TEN_DAYS } from './simulate-for-test.ts';

test('the checkers and full comparison find two persons whose codes were swapped', async () => {
  const { findings } = await simulateForTest({
    ...TEN_DAYS,
    tamper: (superuserOf) => swapCodes(superuserOf('nation')),
  });
  const places = findings.map((finding) => /^(person of nation|comparison of)/.exec(finding)?.[0]);
  assert.ok(places.includes('person of nation') && places.includes('comparison of'), findings.join('\n'));
});

test('the checkers find a notice that is on a ledger twice', async () => {
  const { findings } = await simulateForTest({
    ...TEN_DAYS,
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
