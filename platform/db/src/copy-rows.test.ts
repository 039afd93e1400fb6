import assert from 'node:assert/strict';
import { test } from 'node:test';
import { setImmediate } from 'node:timers/promises';
import * as fc from 'fast-check';
import { copyRows, sqlLiteral } from './copy-rows.ts';
import { testDatabase } from './testing/index.ts';
import { inTransaction } from './transaction.ts';

test('rows come as the ordinary way gives them: nulls, instants before 2000 and after 2100, any text', async (t) => {
  const database = await testDatabase(t, []);
  const sql = database.superuser();
  t.after(() => sql.end());
  await sql`CREATE TABLE public.copied (n int, at timestamptz(3), text text)`;
  const instant = fc.date({ min: new Date('1900-01-01'), max: new Date('2150-01-01'), noInvalidDate: true });
  const text = fc.string({ unit: 'binary' }).filter((value) => !value.includes('\0'));
  const row = fc.record({ at: fc.option(instant), text: fc.option(text) });
  await fc.assert(
    fc.asyncProperty(fc.array(row, { maxLength: 30 }), async (written) => {
      await sql`TRUNCATE public.copied`;
      const ats = written.map(({ at }) => at?.toISOString() ?? null);
      const texts = written.map(({ text: value }) => value);
      await sql`
        INSERT INTO public.copied
        SELECT n, at, text FROM unnest(${ats}::timestamptz[], ${texts}::text[]) WITH ORDINALITY AS w(at, text, n)`;
      const read = await inTransaction(sql, {}, async (tx) => {
        const all: unknown[] = [];
        const select = 'SELECT n, at, text FROM public.copied ORDER BY n';
        for await (const rows of copyRows(tx, select, (each) => [each.int(), each.instant(), each.text()]))
          all.push(...rows);
        return all;
      });
      const expected = written.map(({ at, text: value }, index) => [
        index + 1,
        at?.getTime(),
        value ?? undefined,
      ]);
      assert.deepEqual(read, expected);
    }),
    { numRuns: 50 },
  );
});

test('a reader that stops early leaves a connection that works, and an error of the query rejects', async (t) => {
  const sql = (await testDatabase(t, [])).superuser();
  t.after(() => sql.end());
  const taken = await inTransaction(sql, {}, async (tx) => {
    let rows = 0;
    for await (const batch of copyRows(tx, 'SELECT generate_series(1, 300000)', (row) => row.int())) {
      rows += batch.length;
      if (rows > 10) break;
    }
    const [one] = await tx<{ one: number }[]>`SELECT 1 AS one`;
    return { rows, one: one?.one };
  });
  assert.equal(taken.one, 1);
  assert.ok(taken.rows < 300_000);
  const late = 'SELECT 1 / (100000 - n) FROM generate_series(1, 200000) AS n';
  const failing = inTransaction(sql, {}, async (tx) => {
    for await (const batch of copyRows(tx, late, (row) => row.int())) assert.ok(batch.length > 0);
  });
  await assert.rejects(failing, /division by zero/);
  assert.equal((await sql`SELECT 1`).length, 1);
});

test('a connection answers after a COPY of whatever length, however slowly it was read', async (t) => {
  const sql = (await testDatabase(t, [])).superuser();
  t.after(() => sql.end());
  for (let round = 0; round < 60; round++) {
    const count = 3_000 + round * 397;
    const rows = await inTransaction(sql, {}, async (tx) => {
      let read = 0;
      for await (const batch of copyRows(tx, `SELECT generate_series(1, ${count})`, (row) => row.int())) {
        read += batch.length;
        await setImmediate(); // the rest arrives meanwhile, and the driver stops the socket
      }
      await tx`SELECT 1`;
      return read;
    });
    assert.equal(rows, count);
  }
});

test('values in the text of a statement are what they were', async (t) => {
  const sql = (await testDatabase(t, [])).superuser();
  t.after(() => sql.end());
  const at = new Date('2026-04-01T12:34:56.789Z');
  const [row] = await sql.unsafe(
    `SELECT ${sqlLiteral("o'clock")} AS text, ${sqlLiteral(at)} AS at, ${sqlLiteral(-7)} AS n`,
  );
  assert.deepEqual([row?.['text'], row?.['at'], row?.['n']], ["o'clock", at, -7]);
  for (const wrong of [1.5, Number.NaN, 'back\\slash', 'nul\0']) assert.throws(() => sqlLiteral(wrong));
});
