import assert from 'node:assert/strict';
import { test } from 'node:test';
import { mustSucceed } from '@ishizue/outcome';
import { parsePartialDate } from '@ishizue/text';
import * as fc from 'fast-check';
import { addYears, birthdayAfter, hasReachedAge, sameDayIn } from './birthday.ts';
import { lastDayOfValidity } from './validity-rule.ts';

const birth = (text: string) => mustSucceed(parsePartialDate(text), text);
const FAR = '2099-12-31';

const BIRTHDAYS: readonly (readonly [born: string, day: string, count: number, birthday: string])[] = [
  ['1980-02-17', '2026-11-20', 5, '2031-02-17'],
  ['1980-02-17', '2026-02-16', 5, '2030-02-17'],
  ['1980-02-17', '2026-02-17', 5, '2031-02-17'], // the birthday of the day itself does not count
  ['1980-02-17', '2026-02-18', 5, '2031-02-17'],
  ['1980-12-31', '2026-12-31', 5, '2031-12-31'],
  ['1980-02-29', '2026-03-01', 5, '2031-02-28'],
  ['1980-02-29', '2027-03-01', 5, '2032-02-29'],
  ['1980-02-29', '2027-02-28', 1, '2028-02-29'], // 28 February is the birthday of 2027: the next one counts
  ['1980-02-00', '2026-11-20', 5, '2031-02-01'], // the earliest that it may be
  ['1980-00-00', '2026-11-20', 5, '2031-01-01'],
  ['0000-00-00', '2026-11-20', 5, '2031-01-01'],
];

for (const [born, day, count, birthday] of BIRTHDAYS)
  test(`the birthday no. ${count} after ${day} of who was born ${born} is ${birthday}`, () => {
    assert.equal(birthdayAfter(birth(born), day, count), birthday);
  });

const dates = fc
  .date({ min: new Date('1900-01-01'), max: new Date('2040-12-31'), noInvalidDate: true })
  .map((date) => date.toISOString().slice(0, 10));

test('the nth birthday lies between n−1 and n years ahead, on the day of birth', () => {
  fc.assert(
    fc.property(dates, dates, fc.integer({ min: 1, max: 6 }), (born, day, count) => {
      const birthday = birthdayAfter(birth(born), day, count);
      assert.ok(birthday > addYears(day, count - 1));
      assert.ok(birthday <= addYears(day, count) || day.endsWith('02-29') || born.endsWith('02-29'));
      assert.equal(birthday, sameDayIn(Number(birthday.slice(0, 4)), born.slice(5)));
    }),
  );
});

test('a validity ends with the earliest of birthday, card and authentication certificate', () => {
  const question = { issuedOn: '2026-11-20', birth: birth('1980-02-17'), cardExpiresOn: FAR };
  assert.equal(lastDayOfValidity(question), '2031-02-17');
  assert.equal(lastDayOfValidity({ ...question, cardExpiresOn: '2030-02-17' }), '2030-02-17');
  assert.equal(lastDayOfValidity({ ...question, authenticationEndsOn: '2029-01-01' }), '2029-01-01');
  assert.equal(lastDayOfValidity({ ...question, cardExpiresOn: '2026-11-19' }), '2026-11-19');
});

test('the sixth birthday counts only for a renewal in the last three months', () => {
  const renewal = (issuedOn: string, renewsEndingOn: string): string =>
    lastDayOfValidity({ issuedOn, renewsEndingOn, birth: birth('1980-02-17'), cardExpiresOn: FAR });
  assert.equal(renewal('2026-11-17', '2027-02-17'), '2031-02-17');
  assert.equal(renewal('2026-11-18', '2027-02-17'), '2032-02-17');
  assert.equal(renewal('2027-02-17', '2027-02-17'), '2033-02-17');
  assert.equal(renewal('2027-02-18', '2027-02-17'), '2032-02-17', 'what has ended is not renewed');
  assert.equal(renewal('2026-12-01', '2027-02-28'), '2032-02-17', 'three months before 28 February');
});

test('an age is reached when it surely is', () => {
  assert.equal(hasReachedAge(birth('2011-11-20'), 15, '2026-11-20'), true);
  assert.equal(hasReachedAge(birth('2011-11-21'), 15, '2026-11-20'), false);
  assert.equal(hasReachedAge(birth('2012-02-29'), 15, '2027-02-28'), false, 'complete at the end of the day');
  assert.equal(hasReachedAge(birth('2012-02-29'), 15, '2027-03-01'), true);
  assert.equal(hasReachedAge(birth('2011-11-00'), 15, '2026-11-29'), false, 'it may be the 30th');
  assert.equal(hasReachedAge(birth('2011-11-00'), 15, '2026-11-30'), true);
  assert.equal(hasReachedAge(birth('2011-00-00'), 15, '2026-12-30'), false);
  assert.equal(hasReachedAge(birth('2011-00-00'), 15, '2026-12-31'), true);
  assert.equal(hasReachedAge(birth('0000-00-00'), 15, '2027-01-01'), undefined);
});
