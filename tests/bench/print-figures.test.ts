import assert from 'node:assert/strict';
import { test } from 'node:test';
import type { Figure } from './benchmark.ts';
import { jsonOf, tableOf } from './print-figures.ts';

const FIGURE: Figure = {
  bench: 'ocsp-signed',
  value: 2_900.4,
  unit: '1/s',
  limit: 3_400,
  limitName: 'openssl speed rsa2048, 2 processes',
  peakMiB: 210.2,
  note: 'median of 3',
  postgresql: '18.4',
};
const MACHINE = { cpu: 'a processor', cores: 2, memoryGiB: 24, node: '24.21.0', load: 0.1 };

test('a JSON line has value, limit, their ratio and the machine', () => {
  const { machine, ...figure }: Record<string, unknown> = JSON.parse(jsonOf(FIGURE, MACHINE));
  assert.deepEqual(figure, {
    bench: 'ocsp-signed',
    value: 2900,
    unit: '1/s',
    limit: 3400,
    limitName: 'openssl speed rsa2048, 2 processes',
    ratio: 0.853,
    peakMiB: 210,
    note: 'median of 3',
    postgresql: '18.4',
  });
  assert.deepEqual(machine, MACHINE);
});

test('the table shows a bound that was not kept', () => {
  const table = tableOf([{ ...FIGURE, broken: 'more than 500 MiB' }]);
  assert.match(table, /ocsp-signed +2,900 1\/s +3,400 +0\.853 +210 +openssl speed/);
  assert.match(table, /BROKEN: more than 500 MiB; median of 3/);
});
