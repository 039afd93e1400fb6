import assert from 'node:assert/strict';
import { test } from 'node:test';
import { BAD_ROW_KINDS } from './bad-rows.ts';
import { generateRegister } from './generate-register.ts';

const options = { municipality: '141003', people: 1_500, seed: 'bad', asOf: '2026-04-01' } as const;

test('bad rows come besides the good ones, which stay as they are', async () => {
  const good = await Array.fromAsync(generateRegister(options));
  const register = generateRegister({ ...options, badRows: 2 });
  const rows = await Array.fromAsync(register);
  assert.equal(register.badRows.length, 2 * BAD_ROW_KINDS.length);
  assert.equal(rows.length, good.length + register.badRows.length);
  const lines = new Set(register.badRows.map((bad) => bad.line));
  // line 1 is the header
  assert.deepEqual(
    rows.filter((_, index) => !lines.has(index + 2)),
    good,
  );
});

test('each kind is planted as often as asked for, and stands where the list says', async () => {
  const register = generateRegister({ ...options, badRows: 3 });
  const rows = await Array.fromAsync(register);
  for (const kind of BAD_ROW_KINDS)
    assert.equal(register.badRows.filter((bad) => bad.kind === kind).length, 3, kind);
  for (const bad of register.badRows) {
    const row = rows[bad.line - 2];
    assert.equal(row?.resident_number, bad.residentNumber);
    const before = rows.slice(0, bad.line - 2);
    if (bad.kind === 'resident-number-twice')
      assert.ok(before.some((other) => other.resident_number === row?.resident_number));
    if (bad.kind === 'household-with-two-heads')
      assert.ok(
        before.some(
          (other) => other.household_number === row?.household_number && other.relationship === '世帯主',
        ),
      );
    if (bad.kind === 'birth-date-impossible') assert.equal(row?.birth_date, '1985-02-30');
    if (bad.kind === 'name-missing') assert.equal(row?.name, '');
  }
});

test('only rows that mean to repeat a number repeat one', async () => {
  const register = generateRegister({ ...options, badRows: 2 });
  const rows = await Array.fromAsync(register);
  const repeated = rows.length - new Set(rows.map((row) => row.resident_number)).size;
  // two empty, two malformed alike, two twice
  assert.equal(repeated, 1 + 1 + 2);
  const heads = Map.groupBy(
    rows.filter((row) => row.relationship === '世帯主' && row.household_number !== ''),
    (row) => row.household_number,
  );
  assert.equal([...heads.values()].filter((list) => list.length > 1).length, 2);
});

test('the same seed plants the same rows in the same places', async () => {
  const one = generateRegister({ ...options, badRows: 1 });
  const two = generateRegister({ ...options, badRows: 1 });
  assert.deepEqual(await Array.fromAsync(one), await Array.fromAsync(two));
  assert.deepEqual(one.badRows, two.badRows);
  assert.equal(
    (await Array.fromAsync(one)).length,
    options.people + one.badRows.length,
    'also when iterated again',
  );
  assert.deepEqual(one.badRows, two.badRows);
});
