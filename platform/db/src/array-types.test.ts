import assert from 'node:assert/strict';
import { test } from 'node:test';
import * as fc from 'fast-check';
import { formatArray } from './array-types.ts';
import { testDatabase } from './testing/index.ts';
import { ownerWith } from './testing/owner-with.ts';

const owner = ownerWith('listing', { '0001-list.sql': 'CREATE TABLE list (id int);' });

/** What PostgreSQL can hold: no NUL, no lone surrogate. */
const text = fc.string({ unit: 'binary' }).filter((value) => !value.includes('\0') && value.isWellFormed());
const withNull = <T>(element: fc.Arbitrary<T>) =>
  fc.array(fc.option(element, { freq: 5 }), { maxLength: 20 });

test('arrays come back from PostgreSQL as they were sent', async (t) => {
  const sql = (await testDatabase(t, [owner])).pool('listing');
  await fc.assert(
    fc.asyncProperty(
      withNull(text),
      withNull(fc.integer()),
      withNull(fc.maxSafeInteger()),
      async (texts, integers, longs) => {
        const [row] = await sql`
          SELECT ${texts}::text[] AS texts, ${integers}::int[] AS integers, ${longs}::bigint[] AS longs,
            ${longs}::float8[] AS floats`;
        assert.deepEqual({ ...row }, { texts, integers, longs, floats: longs });
      },
    ),
    { numRuns: 150 },
  );
});

test('arrays of every type of the house are read as their elements are alone', async (t) => {
  const sql = (await testDatabase(t, [owner])).pool('listing');
  const [row] = await sql`
    SELECT '{t,f}'::bool[] AS booleans, '{"\\\\x00ff"}'::bytea[] AS bytes, '{7}'::smallint[] AS shorts,
      '{2024-02-29}'::date[] AS dates, '{2024-02-29T00:00:00Z}'::timestamptz[] AS instants, '{12}'::xid8[] AS xids,
      '{pg_type}'::name[] AS names`;
  assert.deepEqual(
    { ...row },
    {
      booleans: [true, false],
      bytes: [Buffer.from([0, 255])],
      shorts: [7],
      dates: ['2024-02-29'],
      instants: [new Date('2024-02-29T00:00:00Z')],
      xids: ['12'],
      names: ['pg_type'],
    },
  );
});

test('a 64-bit integer in an array that no number holds is an error, as it is alone', async (t) => {
  const sql = (await testDatabase(t, [owner])).pool('listing');
  await assert.rejects(async () => await sql`SELECT ARRAY[9007199254740993::bigint] AS longs`, /safe number/);
});

test('what no array of the house holds is refused before it is sent', () => {
  assert.throws(() => formatArray(['a', undefined]), /undefined/);
  assert.throws(() => formatArray([['a']]), /neither text nor number/);
});
