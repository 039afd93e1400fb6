import assert from 'node:assert/strict';
import { test } from 'node:test';
import * as fc from 'fast-check';
import { cardExpiry, carriesSignature } from './card-expiry.ts';

type Row = readonly [birth: string, received: string, issued: string, stay: string | null, expected: string];

const ROWS: Readonly<Record<string, Row>> = {
  'an adult: the tenth birthday': ['1980-02-17', '2026-11-01', '2026-11-20', null, '2036-02-17'],
  'a birthday still to come this year counts': ['1980-12-24', '2026-11-01', '2026-11-20', null, '2035-12-24'],
  'a birthday on the day of issue does not count': [
    '1980-11-20',
    '2026-11-01',
    '2026-11-20',
    null,
    '2036-11-20',
  ],
  'the day after the issue counts': ['1980-11-21', '2026-11-01', '2026-11-20', null, '2035-11-21'],
  'a child: the fifth birthday': ['2015-06-01', '2026-11-01', '2026-11-20', null, '2031-06-01'],
  'a newborn': ['2026-11-10', '2026-11-12', '2026-11-20', null, '2031-11-10'],
  'eighteen on the day of receipt': ['2008-11-01', '2026-11-01', '2026-11-20', null, '2036-11-01'],
  'eighteen only when issued': ['2008-11-02', '2026-11-01', '2026-11-20', null, '2031-11-02'],
  'nineteen before April 2022 is a minor': ['2003-01-10', '2022-03-31', '2022-04-10', null, '2027-01-10'],
  'nineteen from April 2022 is an adult': ['2003-01-10', '2022-04-01', '2022-04-10', null, '2032-01-10'],
  'twenty before April 2022': ['2002-03-31', '2022-03-31', '2022-04-10', null, '2032-03-31'],
  'leap day, to a leap year': ['1980-02-29', '2018-01-10', '2018-03-01', null, '2028-02-29'],
  'leap day, to another year': ['1980-02-29', '2026-01-10', '2026-01-20', null, '2035-02-28'],
  'leap day, issued on its birthday of other years': [
    '1980-02-29',
    '2026-02-01',
    '2026-02-28',
    null,
    '2036-02-29',
  ],
  'leap day, eighteen on 1 March': ['2008-02-29', '2026-02-28', '2026-02-28', null, '2031-02-28'],
  'leap day, eighteen reached': ['2008-02-29', '2026-03-01', '2026-03-01', null, '2036-02-29'],
  'stay ends first': ['1980-02-17', '2026-11-01', '2026-11-20', '2029-04-30', '2029-04-30'],
  'stay ends later': ['1980-02-17', '2026-11-01', '2026-11-20', '2050-01-01', '2036-02-17'],
  'stay ends on the day of issue': ['1980-02-17', '2026-11-01', '2026-11-20', '2026-11-20', '2026-11-20'],
  'day unknown: the earliest birthday': ['1950-06-00', '2026-11-01', '2026-11-20', null, '2036-06-01'],
  'month unknown: the earliest birthday': ['1950-00-00', '2026-11-01', '2026-11-20', null, '2036-01-01'],
  'eighteen is not sure': ['2008-11-00', '2026-11-05', '2026-11-20', null, '2031-11-01'],
};

for (const [name, [birthDate, receivedOn, issuedOn, stayExpiresOn, expected]] of Object.entries(ROWS))
  test(`expiry: ${name}`, () => {
    const expiry = cardExpiry({ birthDate, receivedOn, issuedOn, stayExpiresOn });
    assert.equal(expiry.ok && expiry.value, expected);
  });

test('a birth date of which nothing is known, and a stay that is over, have no expiry', () => {
  const of = { receivedOn: '2026-11-01', issuedOn: '2026-11-20', stayExpiresOn: null };
  const unknown = cardExpiry({ ...of, birthDate: '0000-00-00' });
  assert.equal(!unknown.ok && unknown.failure.code, 'birth-date-unknown');
  const over = cardExpiry({ ...of, birthDate: '1980-02-17', stayExpiresOn: '2026-11-19' });
  assert.equal(!over.ok && over.failure.code, 'stay-expired');
});

test('a card lasts more than nine and at most ten years, or more than four and at most five, to a birthday', () => {
  const day = fc.date({ min: new Date('1900-01-01'), max: new Date('2020-12-31'), noInvalidDate: true });
  const later = fc.date({ min: new Date('2021-01-01'), max: new Date('2060-12-31'), noInvalidDate: true });
  fc.assert(
    fc.property(day, later, (born, issued) => {
      const [birthDate, issuedOn] = [born, issued].map((date) => date.toISOString().slice(0, 10));
      assert.ok(birthDate && issuedOn);
      const expiry = cardExpiry({ birthDate, receivedOn: issuedOn, issuedOn, stayExpiresOn: null });
      assert.ok(expiry.ok);
      const years = (Date.parse(expiry.value) - Date.parse(issuedOn)) / (365.2425 * 86_400_000);
      assert.ok((years > 8.99 && years < 10.01) || (years > 3.99 && years < 5.01), `${years}`);
      const monthDay = expiry.value.slice(5);
      assert.ok(monthDay === birthDate.slice(5) || (birthDate.endsWith('02-29') && monthDay === '02-28'));
    }),
  );
});

test('the signature certificate comes with fifteen', () => {
  assert.equal(carriesSignature('2011-11-20', '2026-11-19'), false);
  assert.equal(carriesSignature('2011-11-20', '2026-11-20'), true);
  assert.equal(carriesSignature('2011-11-00', '2026-11-29'), false);
  assert.equal(carriesSignature('0000-00-00', '2026-11-29'), false);
});
