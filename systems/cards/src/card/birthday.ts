/**
 * Birthdays, for ages and periods. Who was born on 29 February has the birthday on the 28th in other years. What is
 * unknown of a birth date counts as the last that it can be, so that nobody is taken for older than they surely are.
 */
import type { IsoDate } from '@ishizue/clock';
import { type CalendarDate, daysInMonth, formatIso, parsePartialDate } from '@ishizue/text';

/** The day that a registered birth date (`00` where unknown) counts as; undefined where not even the year is known. */
export function countedBirth(birthDate: string): CalendarDate | undefined {
  const parsed = parsePartialDate(birthDate);
  if (!parsed.ok || parsed.value.known === 'nothing') return undefined;
  const { year } = parsed.value;
  const month = parsed.value.known === 'year' ? 12 : parsed.value.month;
  const day = parsed.value.known === 'day' ? parsed.value.day : daysInMonth(year, month);
  return { year, month, day };
}

/** The birthday in a year. */
export function birthdayIn(birth: CalendarDate, year: number): IsoDate {
  return formatIso({ year, month: birth.month, day: Math.min(birth.day, daysInMonth(year, birth.month)) });
}

/** Whether the age is reached on the day; it is reached on the birthday. */
export const hasAge = (birth: CalendarDate, age: number, on: IsoDate): boolean =>
  on >= birthdayIn(birth, birth.year + age);

/** The nth birthday after a date; a birthday on the date itself does not count. */
export function nthBirthdayAfter(birth: CalendarDate, date: IsoDate, n: number): IsoDate {
  const year = Number(date.slice(0, 4));
  const isStillToCome = birthdayIn(birth, year) > date;
  return birthdayIn(birth, isStillToCome ? year + n - 1 : year + n);
}
