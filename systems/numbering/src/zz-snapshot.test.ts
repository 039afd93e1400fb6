import { writeFileSync } from 'node:fs';
import { test } from 'node:test';
import { describeSchema } from '@ishizue/db';
import { testDatabase } from '@ishizue/db/testing';
import { registrySchema } from '@ishizue/registry';
import { numberingSchema } from './schema.ts';
test('snapshot', async (t) => {
  for (const owner of [registrySchema, numberingSchema]) {
    const database = await testDatabase(t, [owner]);
    const su = database.superuser();
    writeFileSync(new URL('schema.txt', owner.migrations), await describeSchema(su, owner.schema));
    await su.end();
  }
});
