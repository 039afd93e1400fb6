import assert from 'node:assert/strict';
import { test } from 'node:test';
import * as fc from 'fast-check';
import { applicationIdOf, newApplicationId, parseApplicationId } from './application-id.ts';

const digits = fc.stringMatching(/^[0-9]{21}$/);

test('a known value of MOD 97-10', () => {
  // ISO/IEC 7064: the number with its check digits leaves 1 when divided by 97; 794 has the check digits 44
  assert.equal(applicationIdOf('794'.padStart(21, '0')).slice(-5), '79444');
});

test('new ids are ids and differ', () => {
  const ids = Array.from({ length: 1000 }, newApplicationId);
  assert.ok(ids.every((id) => parseApplicationId(id).ok));
  assert.equal(new Set(ids).size, ids.length);
});

test('every wrong digit and every exchange of neighbours is seen', () => {
  fc.assert(
    fc.property(digits, fc.nat(22), fc.integer({ min: 1, max: 9 }), (given, place, shift) => {
      const id = applicationIdOf(given);
      const wrong = String((Number(id[place]) + shift) % 10);
      assert.equal(parseApplicationId(id.slice(0, place) + wrong + id.slice(place + 1)).ok, false);
      const next = Math.min(place, 21);
      const [one = '', two = ''] = [id[next], id[next + 1]];
      const exchanged = id.slice(0, next) + two + one + id.slice(next + 2);
      assert.equal(parseApplicationId(exchanged).ok, one === two);
    }),
  );
});

test('what is no id is refused', () => {
  for (const text of [
    '',
    '1',
    `${'0'.repeat(21)}0`,
    ` ${newApplicationId()}`,
    `${newApplicationId()}\n`,
    '１'.repeat(23),
  ])
    assert.equal(parseApplicationId(text).ok, false, text);
});
