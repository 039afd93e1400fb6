import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { test } from 'node:test';
import { describeSchema } from '@ishizue/db';
import { testDatabase } from '@ishizue/db/testing';
import { linkSchema } from '@ishizue/link';
import { cardsSchema } from './schema.ts';

test('schema.txt is the schema that the migrations make', async (t) => {
  const database = await testDatabase(t, [linkSchema, cardsSchema]);
  const superuser = database.superuser();
  t.after(() => superuser.end());
  const kept = readFileSync(new URL('schema.txt', cardsSchema.migrations), 'utf8');
  assert.equal(await describeSchema(superuser, cardsSchema.schema), kept);
});
