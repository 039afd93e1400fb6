/** Every schema of the house as its migrations make it, against its kept text and against the rule of the fences. */
import assert from 'node:assert/strict';
import { existsSync, globSync, readFileSync } from 'node:fs';
import path from 'node:path';
import { type TestContext, test } from 'node:test';
import { fileURLToPath } from 'node:url';
import { describeSchema, type Sql } from '@ishizue/db';
import { testDatabase } from '@ishizue/db/testing';
import { houseSchemas } from '@ishizue/server';
import { compareSnapshot } from './compare-snapshot.ts';
import { findUnfenced } from './row-fences.ts';

const root = path.resolve(import.meta.dirname, '../../..');
const SCHEMAS = houseSchemas.map(({ schema }) => schema);

/** The whole house freshly migrated, under the superuser. */
async function freshHouse(t: TestContext): Promise<Sql> {
  const superuser = (await testDatabase(t, houseSchemas)).superuser();
  t.after(() => superuser.end({ timeout: 5 }));
  return superuser;
}

test('every schema is what its schema.txt says', async (t) => {
  const superuser = await freshHouse(t);
  const drift: string[] = [];
  for (const { schema, migrations } of houseSchemas) {
    const file = path.join(fileURLToPath(migrations), 'schema.txt');
    const kept = existsSync(file) ? readFileSync(file, 'utf8') : undefined;
    const says = compareSnapshot(path.relative(root, file), kept, await describeSchema(superuser, schema));
    if (says !== undefined) drift.push(says);
  }
  if (drift.length > 0) assert.fail(`\n${drift.join('\n\n')}`);
});

test('every folder of migrations belongs to a schema of the house', () => {
  const folders = globSync('{platform,systems,apps}/*/migrations', { cwd: root });
  const known = houseSchemas.map(({ migrations }) => path.relative(root, fileURLToPath(migrations)));
  assert.deepEqual(folders.toSorted(), known.toSorted());
});

test('a column that no migration made is seen as drift', async (t) => {
  const superuser = await freshHouse(t);
  const kept = await describeSchema(superuser, 'registry');
  await superuser`ALTER TABLE registry.municipal_event ADD COLUMN planted text`;
  const says = compareSnapshot('schema.txt', kept, await describeSchema(superuser, 'registry')) ?? '';
  assert.deepEqual(says.split('\n').slice(1), ['+   municipal_event.planted text']);
});

test('every table of the municipal and prefectural tiers is fenced by row-level security', async (t) => {
  assert.deepEqual(await findUnfenced(await freshHouse(t), SCHEMAS), []);
});

test('a table of a tier without fence, without policy or without its key is found', async (t) => {
  const superuser = await freshHouse(t);
  await superuser.unsafe(`
    CREATE TABLE registry.municipal_open (municipality_code text NOT NULL);
    CREATE TABLE registry.municipal_shut (municipality_code text NOT NULL);
    ALTER TABLE registry.municipal_shut ENABLE ROW LEVEL SECURITY;
    CREATE TABLE registry.prefectural_whose (municipality_code text NOT NULL);
    ALTER TABLE registry.prefectural_whose ENABLE ROW LEVEL SECURITY;
    CREATE POLICY site ON registry.prefectural_whose USING (true);
    ALTER TABLE registry.municipal_event DISABLE ROW LEVEL SECURITY;`);
  assert.deepEqual(await findUnfenced(superuser, SCHEMAS), [
    'registry.municipal_event lacks row-level security',
    'registry.municipal_open lacks a policy',
    'registry.municipal_open lacks row-level security',
    'registry.municipal_shut lacks a policy',
    'registry.prefectural_whose lacks prefecture_code NOT NULL',
  ]);
});
