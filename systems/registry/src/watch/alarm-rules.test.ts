import assert from 'node:assert/strict';
import { test } from 'node:test';
import * as fc from 'fast-check';
import {
  ALARM_CODES,
  ALARM_RULES,
  type AlarmCode,
  type AlarmRule,
  decideAlarms,
  type Reading,
} from './alarm-rules.ts';

/** What becomes of one alarm over a row of readings: `+` raised, `-` cleared, `.` as it was. */
function story(code: AlarmCode, values: readonly (number | null)[]): string {
  let standing: { id: number; code: AlarmCode; about: string }[] = [];
  return values
    .map((value, id) => {
      const readings: Reading[] = value === null ? [] : [{ code, about: 'a>b:registry', value }];
      const { raised, cleared } = decideAlarms(standing, readings);
      assert.ok(raised.length + cleared.length <= 1);
      standing =
        raised.length > 0 ? [{ id, code, about: 'a>b:registry' }] : cleared.length > 0 ? [] : standing;
      return raised.length > 0 ? '+' : cleared.length > 0 ? '-' : '.';
    })
    .join('');
}

test('an alarm is raised at its threshold, stays while it flutters, and is cleared at the other one', () => {
  assert.equal(story('link-lag', [899, 900, 950, 61, 899, 2_000, 60, 61, 899, 900]), '.+....-..+');
  assert.equal(story('messages-parked', [null, 1, 3, 1, null, 1]), '.+..-+');
  assert.equal(story('key-expires', [44, 31, 30, 44, -3, 45, 31]), '..+..-.');
});

test('of what nothing is read any more nothing stands', () => {
  assert.equal(story('link-lag', [5_000, null]), '+-');
});

test('one reading twice raises one alarm', () => {
  const reading: Reading = { code: 'link-lag', about: 'a>b:registry', value: 1_000 };
  assert.equal(decideAlarms([], [reading, reading]).raised.length, 1);
});

test('whatever is read, an alarm stands exactly from a raising value until a clearing one', () => {
  for (const code of ALARM_CODES) {
    const rule: AlarmRule = ALARM_RULES[code];
    const [low, high] = [Math.min(rule.raise, rule.clear), Math.max(rule.raise, rule.clear)];
    assert.ok(rule.worse === 'above' ? rule.clear < rule.raise : rule.clear > rule.raise, `${code} flutters`);
    fc.assert(
      fc.property(
        fc.array(fc.double({ min: low - 5, max: high + 5, noNaN: true }), { maxLength: 40 }),
        (values) => {
          let stands = false;
          const expected = values.map((value) => {
            const isBad = rule.worse === 'above' ? value >= rule.raise : value <= rule.raise;
            const isGood = rule.worse === 'above' ? value <= rule.clear : value >= rule.clear;
            const was = stands;
            stands = stands ? !isGood : isBad;
            return was === stands ? '.' : stands ? '+' : '-';
          });
          assert.equal(story(code, values), expected.join(''));
        },
      ),
    );
  }
});
