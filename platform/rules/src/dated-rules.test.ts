import assert from 'node:assert/strict';
import { test } from 'node:test';
import { DatedRules } from './index.ts';

const fee = new DatedRules('fee', [
  { validFrom: '2020-04-01', validTo: '2024-03-31', source: 'ordinance 1', rule: 300 },
  { validFrom: '2024-06-01', source: 'ordinance 2', rule: 200 },
]);

test('the rule is chosen by the date of the case, on both edges of each version', () => {
  assert.equal(fee.get('2020-04-01'), 300);
  assert.equal(fee.get('2024-03-31'), 300);
  assert.equal(fee.get('2024-06-01'), 200);
  assert.equal(fee.find('2024-06-01')?.source, 'ordinance 2');
});

test('a date without a rule finds none, and getting it throws', () => {
  assert.equal(fee.find('2024-05-31'), undefined);
  assert.equal(fee.find('2020-03-31'), undefined);
  assert.throws(() => fee.get('2024-04-01'), /no rule is in force on 2024-04-01/);
});

test('versions that overlap or run backwards are refused at construction', () => {
  assert.throws(
    () =>
      new DatedRules('x', [
        { validFrom: '2020-01-01', source: 'a', rule: 1 },
        { validFrom: '2021-01-01', source: 'b', rule: 2 },
      ]),
    /overlap/,
  );
  assert.throws(
    () => new DatedRules('x', [{ validFrom: '2020-02-01', validTo: '2020-01-01', source: 'a', rule: 1 }]),
    /ends before/,
  );
});
