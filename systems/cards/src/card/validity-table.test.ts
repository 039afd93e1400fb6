/** All of domain rules 5.4 in one table: whom a card is of, until when it is valid, and where that stands. */
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { cardExpiry } from './card-expiry.ts';

const ARTICLE = '個人番号カード省令 art. 26';
const ISSUED_NEXT = '翌日から起算: the day of issue does not count';

interface Row {
  readonly of: string;
  readonly source: string;
  readonly born: string;
  readonly received: string;
  readonly issued: string;
  readonly stay?: string;
  readonly renews?: string;
  readonly expected: string;
}

const row = (
  of: string,
  source: string,
  dates: readonly [born: string, received: string, issued: string],
  expected: string,
  more: { readonly stay?: string; readonly renews?: string } = {},
): Row => ({ of, source, born: dates[0], received: dates[1], issued: dates[2], expected, ...more });

const ROWS: readonly Row[] = [
  row('an adult', ARTICLE, ['1980-02-17', '2026-11-01', '2026-11-20'], '2036-02-17'),
  row('eighteen on the day of receipt', ARTICLE, ['2008-11-01', '2026-11-01', '2026-11-20'], '2036-11-01'),
  row(
    'seventeen at receipt, eighteen at issue',
    ARTICLE,
    ['2008-11-02', '2026-11-01', '2026-11-20'],
    '2031-11-02',
  ),
  row(
    'eighteen, received on 31 March 2022',
    '令和4年3月31日まで20歳',
    ['2003-05-01', '2022-03-31', '2022-04-10'],
    '2026-05-01',
  ),
  row(
    'eighteen, received on 1 April 2022',
    '令和4年4月1日から18歳',
    ['2003-05-01', '2022-04-01', '2022-04-10'],
    '2031-05-01',
  ),
  row(
    'twenty, received on 31 March 2022',
    '令和4年3月31日まで20歳',
    ['2002-03-31', '2022-03-31', '2022-04-10'],
    '2032-03-31',
  ),
  row(
    'nineteen, a day before twenty',
    '令和4年3月31日まで20歳',
    ['2002-04-01', '2022-03-31', '2022-04-10'],
    '2027-04-01',
  ),
  row('a child', ARTICLE, ['2015-06-01', '2026-11-01', '2026-11-20'], '2031-06-01'),
  row('a newborn', ARTICLE, ['2026-11-10', '2026-11-12', '2026-11-20'], '2031-11-10'),
  row('born on the day of issue', ISSUED_NEXT, ['2026-11-20', '2026-11-20', '2026-11-20'], '2031-11-20'),
  row('birthday on the day of issue', ISSUED_NEXT, ['1980-11-20', '2026-11-01', '2026-11-20'], '2036-11-20'),
  row(
    'birthday on the day after the issue',
    ISSUED_NEXT,
    ['1980-11-21', '2026-11-01', '2026-11-20'],
    '2035-11-21',
  ),
  row(
    'birthday on the day before the issue',
    ISSUED_NEXT,
    ['1980-11-19', '2026-11-01', '2026-11-20'],
    '2036-11-19',
  ),
  row(
    'a child, birthday on the day of issue',
    ISSUED_NEXT,
    ['2015-11-20', '2026-11-01', '2026-11-20'],
    '2031-11-20',
  ),
  row(
    '29 February, to another year',
    '29 Feb as 28 Feb',
    ['1980-02-29', '2026-01-10', '2026-01-20'],
    '2035-02-28',
  ),
  row(
    '29 February, to a leap year',
    '29 Feb as 28 Feb',
    ['1980-02-29', '2018-01-10', '2018-03-01'],
    '2028-02-29',
  ),
  row(
    '29 February, issued on 28 February',
    '29 Feb as 28 Feb',
    ['1980-02-29', '2026-02-01', '2026-02-28'],
    '2036-02-29',
  ),
  row(
    '29 February, issued on 27 February',
    '29 Feb as 28 Feb',
    ['1980-02-29', '2026-02-01', '2026-02-27'],
    '2035-02-28',
  ),
  row(
    '29 February, eighteen on 1 March',
    '年齢計算ニ関スル法律',
    ['2008-02-29', '2026-02-28', '2026-02-28'],
    '2031-02-28',
  ),
  row(
    'a stay that ends first',
    '在留期間の満了日',
    ['1980-02-17', '2026-11-01', '2026-11-20'],
    '2029-04-30',
    { stay: '2029-04-30' },
  ),
  row(
    'a stay that ends with the birthday',
    '在留期間の満了日',
    ['1980-02-17', '2026-11-01', '2026-11-20'],
    '2036-02-17',
    { stay: '2036-02-17' },
  ),
  row(
    'a stay that ends later',
    '在留期間の満了日',
    ['1980-02-17', '2026-11-01', '2026-11-20'],
    '2036-02-17',
    { stay: '2050-01-01' },
  ),
  row('a child with a stay', '在留期間の満了日', ['2015-06-01', '2026-11-01', '2026-11-20'], '2027-01-15', {
    stay: '2027-01-15',
  }),
  row(
    'a stay that ends on the day of issue',
    '在留期間の満了日',
    ['1980-02-17', '2026-11-01', '2026-11-20'],
    '2026-11-20',
    { stay: '2026-11-20' },
  ),
  row(
    'a permanent resident, as Japanese',
    '永住者・高度専門職2号・特別永住者',
    ['1980-02-17', '2026-11-01', '2026-11-20'],
    '2036-02-17',
  ),
  row(
    'a renewal on the first day of three months',
    '有効期間満了3月以内の更新: 11回目',
    ['1980-02-17', '2026-11-18', '2026-11-25'],
    '2037-02-17',
    { renews: '2027-02-17' },
  ),
  row(
    'a renewal a day too early',
    '有効期間満了3月以内の更新',
    ['1980-02-17', '2026-11-17', '2026-11-25'],
    '2036-02-17',
    { renews: '2027-02-17' },
  ),
  row(
    'a renewal on the last day',
    '有効期間満了3月以内の更新: 11回目',
    ['1980-02-17', '2027-02-17', '2027-02-17'],
    '2038-02-17',
    { renews: '2027-02-17' },
  ),
  row(
    'a renewal after the last day',
    '有効期間満了後',
    ['1980-02-17', '2027-02-18', '2027-02-25'],
    '2037-02-17',
    { renews: '2027-02-17' },
  ),
  row(
    'a child’s renewal',
    '有効期間満了3月以内の更新: 6回目',
    ['2015-02-17', '2026-12-01', '2026-12-10'],
    '2032-02-17',
    { renews: '2027-02-17' },
  ),
  row(
    'a renewal, bounded by the stay',
    '在留期間の満了日',
    ['1980-02-17', '2026-12-01', '2026-12-10'],
    '2028-01-01',
    { renews: '2027-02-17', stay: '2028-01-01' },
  ),
  row(
    'day unknown: the earliest birthday',
    'birth date partly unknown',
    ['1950-06-00', '2026-11-01', '2026-11-20'],
    '2036-06-01',
  ),
  row(
    'month unknown: the earliest birthday',
    'birth date partly unknown',
    ['1950-00-00', '2026-11-01', '2026-11-20'],
    '2036-01-01',
  ),
  row(
    'eighteen is not sure',
    'birth date partly unknown',
    ['2008-11-00', '2026-11-05', '2026-11-20'],
    '2031-11-01',
  ),
];

test('the last day of a card, for everybody whom domain rules 5.4 name', () => {
  for (const { of, source, born, received, issued, stay, renews, expected } of ROWS) {
    const expiry = cardExpiry({
      birthDate: born,
      receivedOn: received,
      issuedOn: issued,
      stayExpiresOn: stay ?? null,
      renewsCardOf: renews,
    });
    assert.equal(expiry.ok && expiry.value, expected, `${of} (${source})`);
  }
});
