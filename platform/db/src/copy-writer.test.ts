import assert from 'node:assert/strict';
import { test } from 'node:test';
import {
  array,
  assert as assertProperty,
  asyncProperty,
  boolean,
  constant,
  constantFrom,
  oneof,
  string,
  tuple,
} from 'fast-check';
import { copyLine, openCopy } from './copy-writer.ts';
import { testDatabase } from './testing/index.ts';

test('whatever PostgreSQL can store is read back as it was written', async (t) => {
  const database = await testDatabase(t, []);
  const sql = database.superuser();
  t.after(() => sql.end());
  await sql`CREATE TEMPORARY TABLE copied (n int, text text, flag boolean)`;
  const text = oneof(
    string({ unit: 'binary' }).filter((value) => !value.includes('\0')),
    constantFrom('', '\\N', '\\.', 'a\tb', 'a\r\nb', '\\', '髙𣘺'),
    constant(null),
  );
  const rows = array(tuple(text, boolean()), { maxLength: 40 });
  await assertProperty(
    asyncProperty(rows, async (written) => {
      await sql`TRUNCATE copied`;
      const writer = await openCopy(sql, 'pg_temp.copied', ['n', 'text', 'flag']);
      for (const [n, [value, flag]] of written.entries()) await writer.write(copyLine([n, value, flag]));
      await writer.end();
      const read = await sql<
        { text: string | null; flag: boolean }[]
      >`SELECT text, flag FROM copied ORDER BY n`;
      assert.deepEqual(
        read.map((row) => [row.text, row.flag]),
        written,
      );
    }),
    { numRuns: 50 },
  );
});
