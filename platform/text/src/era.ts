/**
 * Japanese eras (元号) from Meiji to Reiwa and dates written in them: 令和8年11月22日, the first year 元年. Each era begins
 * on the day of its first day by today's reckoning; the day belongs to the new era. Meiji is taken from 1868-01-25 (the
 * first day of the year that it was declared for) and by the Gregorian date throughout, although Japan counted by the
 * lunar calendar until 1872: registers hold Gregorian dates. Days before it belong to no era here.
 */
import { fail, ok, type Result } from '@ishizue/outcome';
import { calendarDate, formatIso, isRealDate } from './calendar-date.ts';

/** An era and its number in the JPKI profile. */
export interface Era {
  readonly name: '明治' | '大正' | '昭和' | '平成' | '令和';
  /** 1 明治, 2 大正, 3 昭和, 4 平成, 5 令和. */
  readonly number: 1 | 2 | 3 | 4 | 5;
  /** The first day, as an ISO date. */
  readonly start: string;
}

/** `not-a-date`: not of the form, or no day of the calendar. `date-outside-era`: the era had no such day. */
export type EraCode = 'not-a-date' | 'date-outside-era';

/** The eras, latest first. */
export const ERAS: readonly Era[] = [
  { name: '令和', number: 5, start: '2019-05-01' },
  { name: '平成', number: 4, start: '1989-01-08' },
  { name: '昭和', number: 3, start: '1926-12-25' },
  { name: '大正', number: 2, start: '1912-07-30' },
  { name: '明治', number: 1, start: '1868-01-25' },
];

const WAREKI = /^(明治|大正|昭和|平成|令和)(元|\d{1,2})年(\d{1,2})月(\d{1,2})日$/;
const FULL_WIDTH_DIGITS = /[０-９]/g;

/** The era of an ISO date, undefined before Meiji. ISO dates compare as text. */
export function eraOf(date: string): Era | undefined {
  return ERAS.find((era) => date >= era.start);
}

/** The year within the era, 1 for 元年. */
const eraYear = (era: Era, year: number): number => year - Number(era.start.slice(0, 4)) + 1;

/** `令和8`, `平成元`: the era and its year, as it stands before 年. */
export function formatEraYear(era: Era, year: number): string {
  const number = eraYear(era, year);
  return `${era.name}${number === 1 ? '元' : number}`;
}

/** An ISO date in Japanese: `2026-11-22` → `令和8年11月22日`; before Meiji the Gregorian year, `1867年1月1日`. */
export function formatWareki(date: string): Result<string, 'not-a-date'> {
  const parsed = calendarDate(date);
  if (!parsed.ok) return parsed;
  const { year, month, day } = parsed.value;
  const era = eraOf(date);
  return ok(`${era === undefined ? year : formatEraYear(era, year)}年${month}月${day}日`);
}

/** `令和8年11月22日` as an ISO date; digits of either width, 元 or 1 for the first year. */
export function parseWareki(text: string): Result<string, EraCode> {
  const narrow = text.replace(FULL_WIDTH_DIGITS, (digit) =>
    String.fromCharCode(digit.charCodeAt(0) - 0xfee0),
  );
  const match = WAREKI.exec(narrow);
  const era = ERAS.find(({ name }) => name === match?.[1]);
  if (match === null || era === undefined) return fail('not-a-date', 'not a date in a Japanese era');
  const [, , yearText = '', monthText = '', dayText = ''] = match;
  const yearInEra = yearText === '元' ? 1 : Number(yearText);
  const date = {
    year: Number(era.start.slice(0, 4)) + yearInEra - 1,
    month: Number(monthText),
    day: Number(dayText),
  };
  if (yearInEra === 0 || !isRealDate(date)) return fail('not-a-date', 'no such day in the calendar');
  const iso = formatIso(date);
  if (eraOf(iso)?.name !== era.name) return fail('date-outside-era', `${era.name} had no such day`);
  return ok(iso);
}
