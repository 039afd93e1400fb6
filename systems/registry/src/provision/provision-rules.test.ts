import assert from 'node:assert/strict';
import { test } from 'node:test';
import * as fc from 'fast-check';
import { PROVISION_ITEMS, permitProvision, provisionRules } from './provision-rules.ts';

const TODAY = '2026-11-20';
const rows = [...provisionRules.get(TODAY).values()];

test('what is permitted is within the row, and nothing else is', () => {
  const asked = fc.record({
    row: fc.constantFrom(...rows.map(({ row }) => row), '1', '4', '123', '77-9'),
    registered: fc.uniqueArray(fc.constantFrom(...rows.map(({ row }) => row)), { maxLength: 200 }),
    affair: fc.option(fc.constantFrom(...rows.map(({ affair }) => affair)), { nil: undefined }),
    key: fc.constantFrom('resident-code' as const, 'individual-number' as const),
    items: fc.uniqueArray(fc.constantFrom(...PROVISION_ITEMS)),
  });
  fc.assert(
    fc.property(asked, ({ row, registered, affair = `annex-1-${row}`, key, items }) => {
      const permitted = permitProvision(TODAY, new Set(registered), { row, affair, key, items });
      const hasNumber = ['19', '42', '48', '63', '69', '72', '72-2', '73', '74', '77'].includes(row);
      const expected =
        registered.includes(row) &&
        affair === `annex-1-${row}` &&
        items.length > 0 &&
        (hasNumber || (key === 'resident-code' && !items.includes('individual-number')));
      assert.equal(permitted.ok, expected);
    }),
    { numRuns: 2_000 },
  );
});

test('the rule is chosen by the date: no number before 2016, nothing before the text at hand', () => {
  const asked = { row: '77', affair: 'annex-1-77', key: 'resident-code', items: ['name'] } as const;
  const registered = new Set(['77']);
  const permit = (date: string, more: object = {}) =>
    permitProvision(date, registered, { ...asked, ...more });
  assert.equal(permit('2013-11-30').ok, false);
  assert.equal(permit('2015-12-31').ok, true);
  assert.equal(permit('2015-12-31', { key: 'individual-number' }).ok, false);
  assert.equal(permit('2016-01-01', { key: 'individual-number' }).ok, true);
  const row = permit('2014-01-01');
  assert.match(row.ok ? row.value.article : '', /第30条の7第3項 別表第一の七十七の項/);
});
