/**
 * Calendar dates as day numbers (days since 1970-01-01), which add and compare cheaply, and their ISO texts. Texts are
 * kept once made: a register of a million people has some forty thousand different dates.
 */
import type { IsoDate } from '@ishizue/clock';

const DAY_MS = 86_400_000;
export const YEAR_DAYS = 365.2425;

const texts = new Map<number, IsoDate>();

/** The day number of an ISO date; throws where the text is no date of the calendar. */
export function dayOf(date: IsoDate): number {
  const day = Date.parse(`${date}T00:00:00Z`) / DAY_MS;
  if (!Number.isInteger(day) || isoOf(day) !== date) throw new Error(`not a date: ${date}`);
  return day;
}

/** The ISO date of a day number. */
export function isoOf(day: number): IsoDate {
  const known = texts.get(day);
  if (known !== undefined) return known;
  const text = new Date(day * DAY_MS).toISOString().slice(0, 10);
  texts.set(day, text);
  return text;
}

/** Age in completed years on a day. */
export function ageOn(birth: number, day: number): number {
  const [from, to] = [isoOf(birth), isoOf(day)];
  return Number(to.slice(0, 4)) - Number(from.slice(0, 4)) - (to.slice(5) < from.slice(5) ? 1 : 0);
}
