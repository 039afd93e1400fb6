/**
 * Business days: neither Saturday, Sunday, a national holiday (国民の祝日に関する法律) nor 29 December to 3 January
 * (行政機関の休日に関する法律 art. 1).
 */
import holidays from '@holiday-jp/holiday_jp';
import type { IsoDate } from './clock.ts';

const DAY_MS = 86_400_000;

const weekday = (date: IsoDate): number => new Date(`${date}T00:00:00Z`).getUTCDay();

/** A date moved by whole days. */
export function addDays(date: IsoDate, days: number): IsoDate {
  return new Date(Date.parse(`${date}T00:00:00Z`) + days * DAY_MS).toISOString().slice(0, 10);
}

/** The same day some years later; of the 29th of February the 28th where there is none. */
export function yearsAfter(day: IsoDate, years: number): IsoDate {
  const year = Number(day.slice(0, 4)) + years;
  const isLeap = (year % 4 === 0 && year % 100 !== 0) || year % 400 === 0;
  const monthAndDay = day.endsWith('-02-29') && !isLeap ? '-02-28' : day.slice(4);
  return `${String(year).padStart(4, '0')}${monthAndDay}`;
}

/** Whether government offices are open on the date. */
export function isBusinessDay(date: IsoDate): boolean {
  const day = weekday(date);
  if (day === 0 || day === 6) return false;
  const monthDay = date.slice(5);
  if (monthDay >= '12-29' || monthDay <= '01-03') return false;
  return !(date in holidays.holidays);
}

/** The date that is `count` business days after `date` (0 gives the first business day at or after it). */
export function addBusinessDays(date: IsoDate, count: number): IsoDate {
  if (!Number.isInteger(count) || count < 0) throw new Error(`not a count of days: ${count}`);
  let current = date;
  while (!isBusinessDay(current)) current = addDays(current, 1);
  for (let left = count; left > 0; left--) {
    current = addDays(current, 1);
    while (!isBusinessDay(current)) current = addDays(current, 1);
  }
  return current;
}
