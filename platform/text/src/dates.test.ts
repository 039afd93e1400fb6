import assert from 'node:assert/strict';
import { test } from 'node:test';
import * as fc from 'fast-check';
import {
  calendarDate,
  ERAS,
  eraOf,
  eraOfPartialDate,
  formatEraPrefixedDate,
  formatIso,
  formatPartialDate,
  formatPartialWareki,
  formatWareki,
  isIsoDate,
  type PartialDate,
  parseEraPrefixedDate,
  parsePartialDate,
  parseWareki,
} from './index.ts';

const codeOf = (result: { ok: boolean; failure?: { code: string } }): string => result.failure?.code ?? 'ok';

const isoDates = (min: string, max: string) =>
  fc
    .date({ min: new Date(`${min}T00:00:00Z`), max: new Date(`${max}T00:00:00Z`), noInvalidDate: true })
    .map((date) => date.toISOString().slice(0, 10));

test('the calendar has only real days', () => {
  for (const text of ['2024-02-29', '2000-02-29', '2026-12-31', '0001-01-01'])
    assert.ok(isIsoDate(text), text);
  for (const text of [
    '2023-02-29',
    '1900-02-29',
    '2026-04-31',
    '2026-13-01',
    '2026-00-01',
    '2026-01-00',
    '0000-01-01',
    '2026-1-1',
    '２０２６-01-01',
    '2026-01-01 ',
    '',
  ]) {
    assert.equal(codeOf(calendarDate(text)), 'not-a-date', text);
  }
});

test('the calendar agrees with Date on every day of 800 years', () => {
  const days = new Set<string>();
  for (let day = Date.UTC(1600, 0, 1); day < Date.UTC(2400, 0, 1); day += 86_400_000) {
    days.add(new Date(day).toISOString().slice(0, 10));
  }
  for (let year = 1600; year < 2400; year++) {
    for (let month = 1; month <= 12; month++) {
      for (let day = 1; day <= 31; day++) {
        const iso = formatIso({ year, month, day });
        assert.equal(isIsoDate(iso), days.has(iso), iso);
      }
    }
  }
});

test('each era begins and ends on its day', () => {
  const boundaries: ReadonlyArray<readonly [iso: string, wareki: string]> = [
    ['1868-01-25', '明治元年1月25日'],
    ['1912-07-29', '明治45年7月29日'],
    ['1912-07-30', '大正元年7月30日'],
    ['1926-12-24', '大正15年12月24日'],
    ['1926-12-25', '昭和元年12月25日'],
    ['1989-01-07', '昭和64年1月7日'],
    ['1989-01-08', '平成元年1月8日'],
    ['2019-04-30', '平成31年4月30日'],
    ['2019-05-01', '令和元年5月1日'],
    ['2026-11-22', '令和8年11月22日'],
  ];
  for (const [iso, wareki] of boundaries) {
    assert.deepEqual(formatWareki(iso), { ok: true, value: wareki });
    assert.deepEqual(parseWareki(wareki), { ok: true, value: iso });
  }
  assert.deepEqual(formatWareki('1868-01-24'), { ok: true, value: '1868年1月24日' });
  assert.equal(eraOf('1868-01-24'), undefined);
  assert.deepEqual(
    ERAS.map((era) => era.number),
    [5, 4, 3, 2, 1],
  );
});

test('a day outside its era, or outside the calendar, is refused', () => {
  for (const text of [
    '平成31年5月1日',
    '昭和64年1月8日',
    '大正元年7月29日',
    '令和元年4月30日',
    '明治元年1月24日',
  ]) {
    assert.equal(codeOf(parseWareki(text)), 'date-outside-era', text);
  }
  for (const text of [
    '令和0年1月1日',
    '令和5年2月29日',
    '令和8年13月1日',
    '慶応3年1月1日',
    '令和8年11月',
    ' 令和8年11月22日',
    '令和100年1月1日',
    '2026年1月1日',
  ]) {
    assert.equal(codeOf(parseWareki(text)), 'not-a-date', text);
  }
  assert.deepEqual(parseWareki('令和１年５月１日'), { ok: true, value: '2019-05-01' });
});

test('eras agree with ICU’s from the day that Japan took up the Gregorian calendar', () => {
  const icu = new Intl.DateTimeFormat('ja-JP-u-ca-japanese', {
    era: 'long',
    year: 'numeric',
    month: 'long',
    day: 'numeric',
    timeZone: 'UTC',
  });
  fc.assert(
    fc.property(isoDates('1873-01-01', '2099-12-31'), (iso) => {
      assert.deepEqual(formatWareki(iso), { ok: true, value: icu.format(new Date(`${iso}T00:00:00Z`)) });
    }),
    { numRuns: 3_000 },
  );
});

test('dates go to and fro in eras', () => {
  fc.assert(
    fc.property(isoDates('1868-01-25', '2099-12-31'), (iso) => {
      const wareki = formatWareki(iso);
      assert.ok(wareki.ok);
      assert.deepEqual(parseWareki(wareki.value), { ok: true, value: iso });
    }),
  );
});

const partialDate = (text: string): PartialDate => {
  const parsed = parsePartialDate(text);
  assert.ok(parsed.ok, text);
  return parsed.value;
};

test('partial dates are told by what is known', () => {
  assert.deepEqual(partialDate('1952-03-15'), { known: 'day', year: 1952, month: 3, day: 15 });
  assert.deepEqual(partialDate('1952-03-00'), { known: 'month', year: 1952, month: 3 });
  assert.deepEqual(partialDate('1952-00-00'), { known: 'year', year: 1952 });
  assert.deepEqual(partialDate('0000-00-00'), { known: 'nothing' });
  for (const text of ['1952-00-15', '0000-03-00', '0000-03-15', '0000-00-15']) {
    assert.equal(codeOf(parsePartialDate(text)), 'gap-in-date', text);
  }
  for (const text of ['1952-13-00', '1953-02-29', '1952-3-00', '19520300', '']) {
    assert.equal(codeOf(parsePartialDate(text)), 'not-a-date', text);
  }
});

test('what is unknown is said in Japanese, and an era is never guessed', () => {
  const texts: ReadonlyArray<readonly [iso: string, wareki: string, jpki: string]> = [
    ['1980-02-17', '昭和55年2月17日', '319800217'],
    ['2019-05-01', '令和元年5月1日', '520190501'],
    ['1952-03-00', '昭和27年3月日不詳', '319520300'],
    ['1952-00-00', '昭和27年月日不詳', '319520000'],
    ['0000-00-00', '年月日不詳', '000000000'],
    ['1926-00-00', '1926年月日不詳', '019260000'],
    ['1926-12-00', '1926年12月日不詳', '019261200'],
    ['1926-11-00', '大正15年11月日不詳', '219261100'],
    ['1989-01-00', '1989年1月日不詳', '019890100'],
    ['1989-02-00', '平成元年2月日不詳', '419890200'],
    ['2019-04-00', '平成31年4月日不詳', '420190400'],
    ['1867-12-31', '1867年12月31日', '018671231'],
    ['1868-00-00', '1868年月日不詳', '018680000'],
    ['1912-06-30', '明治45年6月30日', '119120630'],
  ];
  for (const [iso, wareki, jpki] of texts) {
    const date = partialDate(iso);
    assert.equal(formatPartialWareki(date), wareki);
    assert.equal(formatEraPrefixedDate(date), jpki);
    assert.deepEqual(parseEraPrefixedDate(jpki), { ok: true, value: date });
  }
});

test('a JPKI date that contradicts itself is refused', () => {
  assert.equal(codeOf(parseEraPrefixedDate('419800217')), 'era-mismatch');
  assert.equal(codeOf(parseEraPrefixedDate('319260000')), 'era-mismatch'); // 1926 is 大正 and 昭和
  assert.equal(codeOf(parseEraPrefixedDate('319800230')), 'not-a-date');
  assert.equal(codeOf(parseEraPrefixedDate('319800017')), 'gap-in-date');
  for (const text of ['619800217', '3198002', '3 1980217', ''])
    assert.equal(codeOf(parseEraPrefixedDate(text)), 'not-a-date', text);
  assert.deepEqual(parseEraPrefixedDate('019800217'), parsePartialDate('1980-02-17')); // era not told
});

test('partial dates go to and fro, and the era of a partial date holds for all its days', () => {
  const parts = fc.tuple(isoDates('1860-01-01', '2030-12-31'), fc.integer({ min: 0, max: 3 }));
  fc.assert(
    fc.property(parts, ([iso, known]) => {
      const [year = '', month = ''] = iso.split('-');
      const text = [iso, `${year}-${month}-00`, `${year}-00-00`, '0000-00-00'][known] ?? '';
      const date = partialDate(text);
      assert.equal(formatPartialDate(date), text);
      assert.deepEqual(parseEraPrefixedDate(formatEraPrefixedDate(date)), { ok: true, value: date });
      const era = eraOfPartialDate(date);
      if (era !== undefined) assert.equal(eraOf(iso)?.name, era.name);
    }),
    { numRuns: 2_000 },
  );
});
