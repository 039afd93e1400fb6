/**
 * ISO 8601 calendar dates (`2026-11-22`) that exist: proleptic Gregorian, years 0001–9999. No `Date` is involved, so
 * no time zone can move a day and no 2023-02-29 becomes the first of March.
 */
import { fail, ok, type Result } from '@ishizue/outcome';

/** A day of the calendar; month and day count from 1. */
export interface CalendarDate {
  readonly year: number;
  readonly month: number;
  readonly day: number;
}

const ISO_DATE = /^(\d{4})-(\d{2})-(\d{2})$/;
const MONTH_DAYS = [31, 28, 31, 30, 31, 30, 31, 31, 30, 31, 30, 31];

/** Whether the Gregorian year has a 29 February. */
const isLeapYear = (year: number): boolean => (year % 4 === 0 && year % 100 !== 0) || year % 400 === 0;

/** How many days the month has, 0 for no month. */
export function daysInMonth(year: number, month: number): number {
  return month === 2 && isLeapYear(year) ? 29 : (MONTH_DAYS[month - 1] ?? 0);
}

/** Whether the calendar has this day. */
export function isRealDate({ year, month, day }: CalendarDate): boolean {
  return year >= 1 && year <= 9999 && day >= 1 && day <= daysInMonth(year, month);
}

/** The parts of an ISO date that the calendar has. */
export function calendarDate(text: string): Result<CalendarDate, 'not-a-date'> {
  const match = ISO_DATE.exec(text);
  if (match === null) return fail('not-a-date', 'not of the form YYYY-MM-DD');
  const date = { year: Number(match[1]), month: Number(match[2]), day: Number(match[3]) };
  return isRealDate(date) ? ok(date) : fail('not-a-date', 'no such day in the calendar');
}

/** Whether the text is an ISO date that the calendar has. */
export const isIsoDate = (text: string): boolean => calendarDate(text).ok;

/** A date as `YYYY-MM-DD`. */
export function formatIso({ year, month, day }: CalendarDate): string {
  return `${String(year).padStart(4, '0')}-${String(month).padStart(2, '0')}-${String(day).padStart(2, '0')}`;
}
