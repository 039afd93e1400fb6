/**
 * Birthdays and ages from birth dates of which the day, the month or all may be unknown (`1980-02-00`). Decided: a
 * validity counts from the earliest birthday that the date allows (never too long), an age from the latest (nobody is
 * taken for older than is sure).
 */
import type { IsoDate } from '@ishizue/clock';
import { daysInMonth, type PartialDate } from '@ishizue/text';

const pad = (value: number): string => String(value).padStart(2, '0');
const LEAP_DAY = '02-29';

const isLeapYear = (year: number): boolean => (year % 4 === 0 && year % 100 !== 0) || year % 400 === 0;

/** The same day in another year; 29 February is 28 February in a year without one. */
export function sameDayIn(year: number, monthDay: string): IsoDate {
  const day = monthDay === LEAP_DAY && !isLeapYear(year) ? '02-28' : monthDay;
  return `${String(year).padStart(4, '0')}-${day}`;
}

/** A date moved by whole years. */
export const addYears = (date: IsoDate, years: number): IsoDate =>
  sameDayIn(Number(date.slice(0, 4)) + years, date.slice(5));

/** The earliest month and day on which the birthday may fall. */
function earliestMonthDay(birth: PartialDate): string {
  switch (birth.known) {
    case 'day':
      return `${pad(birth.month)}-${pad(birth.day)}`;
    case 'month':
      return `${pad(birth.month)}-01`;
    case 'year':
    case 'nothing':
      return '01-01';
  }
}

/** The `count`th birthday after a day; a birthday on that very day does not count (the count starts the next day). */
export function birthdayAfter(birth: PartialDate, day: IsoDate, count: number): IsoDate {
  const monthDay = earliestMonthDay(birth);
  const year = Number(day.slice(0, 4));
  const first = sameDayIn(year, monthDay) > day ? year : year + 1;
  return sameDayIn(first + count - 1, monthDay);
}

/**
 * Whether a person has surely reached an age on a day; undefined where the year of birth is unknown. Who was born on
 * 29 February reaches it on 1 March of a year without one: the age is complete at the end of 28 February (年齢計算ニ関スル法律).
 */
export function hasReachedAge(birth: PartialDate, age: number, on: IsoDate): boolean | undefined {
  if (birth.known === 'nothing') return undefined;
  const month = birth.known === 'year' ? 12 : birth.month;
  const day = birth.known === 'day' ? birth.day : daysInMonth(birth.year, month);
  return `${String(birth.year + age).padStart(4, '0')}-${pad(month)}-${pad(day)}` <= on;
}
