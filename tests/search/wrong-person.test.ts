import assert from 'node:assert/strict';
import { test } from 'node:test';
import { fillSearchKeys } from '@ishizue/registry';
import { testCountry } from '@ishizue/registry/testing';
import { inventPopulation, storePopulation } from './invented-population.ts';
import { lookForWrongPersons, NOT_REGISTERED, tellRecall } from './look-for-wrong-persons.ts';
import { SPELLINGS } from './spell-queries.ts';

const POPULATION = { residents: 20_000, seed: 'wrong person' };
const RECALL_MIN = 0.99;

test('of 20,000 people, one in a hundred with a namesake born the same day, nobody is ever taken for another', async (t) => {
  const country = await testCountry(t);
  const superuser = country.database.superuser();
  t.after(() => superuser.end());
  assert.equal(await storePopulation(superuser, POPULATION), POPULATION.residents);
  assert.equal(await fillSearchKeys(country.context), POPULATION.residents);
  const verdict = await lookForWrongPersons(country.context, POPULATION, {
    asked_max: POPULATION.residents,
    sample_max: 0,
  });
  const recall = tellRecall(verdict);
  t.diagnostic(`\n${recall}`);
  assert.equal(verdict.wrong, 0, recall);
  for (const { kind, isBridged } of SPELLINGS) {
    const { asked, found } = verdict.tallies.get(kind) ?? { asked: 0, found: 0 };
    assert.ok(asked > 0, `${kind} was never asked`);
    if (isBridged) assert.ok(found / asked >= RECALL_MIN, `${kind}: ${found} of ${asked} were found`);
    else assert.equal(found, 0, kind);
  }
  assert.ok((verdict.tallies.get(NOT_REGISTERED)?.asked ?? 0) > 20);
  assert.ok((verdict.outcomes.get('ambiguous') ?? 0) > 20, 'no pair of namesakes was hard to tell apart');
  const [entries] = await superuser`
    SELECT count(*) AS all, count(subject) AS named FROM ledger.entry WHERE affair = 'proof-of-strict-search'`;
  assert.equal(entries?.['all'], verdict.asked);
  assert.equal(entries?.['named'], verdict.outcomes.get('ok'));
});

test('a population is the same for the same seed, and has its namesakes', async () => {
  const read = async () => Array.fromAsync(inventPopulation({ residents: 3_000, seed: 'x' }));
  const [one, other] = [await read(), await read()];
  assert.deepEqual(one, other);
  assert.equal(one.filter(({ isRegistered }) => isRegistered).length, 3_000);
  assert.equal(new Set(one.map(({ residentCode }) => residentCode)).size, one.length);
  assert.ok(one.filter(({ hasNamesake }) => hasNamesake).length >= 50);
});
