/**
 * Birthdays and ages from birth dates of which the day, the month or all may be unknown. Decided as certificates decide it: a
 * validity counts from the earliest birthday that the date allows, an age from the latest, so that no card lasts too
 * long and nobody is taken for older than is sure. Who was born on 29 February has the birthday on the 28th of other
 * years, and reaches an age on 1 March of them (年齢計算ニ関スル法律: it is complete at the end of the day before).
 */
import type { IsoDate } from '@ishizue/clock';
import { daysInMonth, formatIso, type PartialDate } from '@ishizue/text';

/** A birth date of which at least the year is known. */
export type DatedBirth = Exclude<PartialDate, { readonly known: 'nothing' }>;

/** The earliest birthday in a year. */
function birthdayIn(birth: DatedBirth, year: number): IsoDate {
  const month = birth.known === 'year' ? 1 : birth.month;
  const day = birth.known === 'day' ? birth.day : 1;
  return formatIso({ year, month, day: Math.min(day, daysInMonth(year, month)) });
}

/** Whether the age is surely reached on the day. */
export function hasAge(birth: DatedBirth, age: number, on: IsoDate): boolean {
  const month = birth.known === 'year' ? 12 : birth.month;
  const day = birth.known === 'day' ? birth.day : 31;
  // compared as text: 29 February of a year without one is before 1 March, and no day is after the 31st
  return formatIso({ year: birth.year + age, month, day }) <= on;
}

/** The nth birthday after a date; a birthday on the date itself does not count. */
export function nthBirthdayAfter(birth: DatedBirth, date: IsoDate, n: number): IsoDate {
  const year = Number(date.slice(0, 4));
  const isStillToCome = birthdayIn(birth, year) > date;
  return birthdayIn(birth, isStillToCome ? year + n - 1 : year + n);
}
