/**
 * How long certificates last, by worked examples and for any case. Sources: domain rules 5.4 and 6.1 (pages of Konosu, Kobe,
 * Tsushima, Kanazawa, Higashimurayama and Kamiita that they cite); "read": what the words of the rule come to where no
 * page gives an example.
 */
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { endOfDateInTokyo } from '@ishizue/clock';
import { mustSucceed } from '@ishizue/outcome';
import { formatIso, parsePartialDate } from '@ishizue/text';
import * as fc from 'fast-check';
import { birthdayAfter } from './birthday.ts';
import { isInRenewalWindow, lastDayOfValidity, lastEndInWindow, type ValidityCase } from './validity-rule.ts';

const birthOf = (text: string) => mustSucceed(parsePartialDate(text), text);

type Example = Omit<ValidityCase, 'birth'> & {
  readonly born: string;
  readonly lastDay: string;
  readonly source: string;
};

const CARD = '2036-12-31';
const EXAMPLES: readonly Example[] = [
  {
    born: '1990-05-06',
    issuedOn: '2026-11-20',
    cardExpiresOn: CARD,
    lastDay: '2031-05-06',
    source: '6.1: fifth birthday after issue',
  },
  {
    born: '1990-05-06',
    issuedOn: '2026-05-06',
    cardExpiresOn: CARD,
    lastDay: '2031-05-06',
    source: '5.4 (Tsushima): a birthday on the day of issue does not count',
  },
  {
    born: '1990-05-06',
    issuedOn: '2026-05-05',
    cardExpiresOn: CARD,
    lastDay: '2030-05-06',
    source: '5.4 (Tsushima): the day before, it counts',
  },
  {
    born: '1990-05-06',
    issuedOn: '2031-02-07',
    renewsEndingOn: '2031-05-06',
    cardExpiresOn: '2036-12-31',
    lastDay: '2036-05-06',
    source: '6.1: sixth birthday in the last three months',
  },
  {
    born: '1990-05-06',
    issuedOn: '2031-02-06',
    renewsEndingOn: '2031-05-06',
    cardExpiresOn: '2036-12-31',
    lastDay: '2035-05-06',
    source: 'read: with three whole months left it is no renewal',
  },
  {
    born: '1990-05-06',
    issuedOn: '2031-05-06',
    renewsEndingOn: '2031-05-06',
    cardExpiresOn: '2040-12-31',
    lastDay: '2037-05-06',
    source: 'read: on the last day, which is the birthday, the count starts the next day',
  },
  {
    born: '1990-05-06',
    issuedOn: '2029-09-01',
    renewsEndingOn: '2031-05-06',
    cardExpiresOn: '2040-12-31',
    lastDay: '2034-05-06',
    source: '6.1: early, it is five birthdays anew',
  },
  {
    born: '1990-05-06',
    issuedOn: '2031-02-07',
    renewsEndingOn: '2031-05-06',
    cardExpiresOn: '2033-05-06',
    lastDay: '2033-05-06',
    source: '6.1: never past the card',
  },
  {
    born: '1990-05-06',
    issuedOn: '2026-11-20',
    cardExpiresOn: '2027-03-15',
    lastDay: '2027-03-15',
    source: '5.4 (Kanazawa): the card ends with the stay, and the certificate with it',
  },
  {
    born: '1990-05-06',
    issuedOn: '2027-01-10',
    renewsEndingOn: '2027-03-15',
    cardExpiresOn: '2028-03-15',
    lastDay: '2028-03-15',
    source: '5.4 (Kamiita): after an extended stay a new one is issued, to the card’s new end',
  },
  {
    born: '1990-05-06',
    issuedOn: '2026-11-20',
    cardExpiresOn: CARD,
    authenticationEndsOn: '2029-05-06',
    lastDay: '2029-05-06',
    source: '6.1 (Higashimurayama): the signature certificate ends with the authentication certificate',
  },
  {
    born: '1992-02-29',
    issuedOn: '2026-11-20',
    cardExpiresOn: CARD,
    lastDay: '2031-02-28',
    source: '5.4: 29 February is 28 February of other years',
  },
  {
    born: '1992-02-29',
    issuedOn: '2027-11-20',
    cardExpiresOn: CARD,
    lastDay: '2032-02-29',
    source: '5.4: and itself in leap years',
  },
  {
    born: '1992-02-29',
    issuedOn: '2027-12-01',
    renewsEndingOn: '2028-02-29',
    cardExpiresOn: CARD,
    lastDay: '2033-02-28',
    source: 'read: three months before 29 February',
  },
  {
    born: '1992-00-00',
    issuedOn: '2026-11-20',
    cardExpiresOn: CARD,
    lastDay: '2031-01-01',
    source: 'decided: from the earliest birthday that it may be',
  },
];

for (const { born, lastDay, source, ...question } of EXAMPLES)
  test(`born ${born}, issued ${question.issuedOn}: ${lastDay} (${source})`, () => {
    assert.equal(lastDayOfValidity({ ...question, birth: birthOf(born) }), lastDay);
  });

test('the last instant of a last day is 14:59:59Z, in summer as in winter', () => {
  for (const day of ['2031-05-06', '2032-02-29', '2031-12-31'])
    assert.equal(new Date(endOfDateInTokyo(day)).toISOString().slice(0, 19), `${day}T14:59:59`);
});

const dates = fc
  .record({
    year: fc.integer({ min: 2016, max: 2060 }),
    month: fc.integer({ min: 1, max: 12 }),
    day: fc.integer({ min: 1, max: 28 }),
  })
  .map(formatIso);
const births = fc
  .record({
    year: fc.integer({ min: 1910, max: 2015 }),
    month: fc.integer({ min: 1, max: 12 }),
    day: fc.integer({ min: 1, max: 29 }),
  })
  .map(({ year, month, day }) => ({
    year: month === 2 && day === 29 ? year - (year % 4) || 1912 : year,
    month,
    day,
  }))
  .filter(({ year, month, day }) => !(year === 1900 && month === 2 && day === 29))
  .map(formatIso);

test('whatever the case, nothing outlasts its card or its authentication certificate, or six birthdays', () => {
  fc.assert(
    fc.property(
      births,
      dates,
      dates,
      fc.option(dates, { nil: undefined }),
      fc.option(dates, { nil: undefined }),
      (born, issuedOn, cardExpiresOn, authenticationEndsOn, renewsEndingOn) => {
        const birth = birthOf(born);
        const last = lastDayOfValidity({
          issuedOn,
          birth,
          cardExpiresOn,
          authenticationEndsOn,
          renewsEndingOn,
        });
        assert.ok(last <= cardExpiresOn);
        assert.ok(authenticationEndsOn === undefined || last <= authenticationEndsOn);
        const isRenewal = renewsEndingOn !== undefined && isInRenewalWindow(renewsEndingOn, issuedOn);
        const birthday = birthdayAfter(birth, issuedOn, isRenewal ? 6 : 5);
        assert.ok(last <= birthday);
        assert.ok([birthday, cardExpiresOn, authenticationEndsOn].includes(last), 'it is one of its bounds');
      },
    ),
  );
});

test('a renewal never lasts shorter than one that is no renewal, and the window is one span of days', () => {
  fc.assert(
    fc.property(births, dates, (born, issuedOn) => {
      const end = lastEndInWindow(issuedOn);
      assert.ok(isInRenewalWindow(end, issuedOn));
      assert.ok(isInRenewalWindow(issuedOn, issuedOn), 'on the last day');
      const days = Math.round((Date.parse(end) - Date.parse(issuedOn)) / 86_400_000);
      assert.ok(days >= 88 && days <= 92, String(days));
      const question = { issuedOn, birth: birthOf(born), cardExpiresOn: '2099-12-31' };
      assert.ok(lastDayOfValidity({ ...question, renewsEndingOn: end }) > lastDayOfValidity(question));
    }),
  );
});
