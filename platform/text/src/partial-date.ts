/**
 * Dates of which a part is unknown, as registers hold for births: `1952-03-00` (day unknown), `1952-00-00` (month too),
 * `0000-00-00` (all). Parts are unknown from the right only: a day of an unknown month says nothing that a register
 * may build on, and is refused. Also the era-prefixed form `EYYYYMMDD` with the Gregorian year.
 */
import { fail, ok, type Result } from '@ishizue/outcome';
import { daysInMonth, isRealDate } from './calendar-date.ts';
import { type Era, eraOf, formatEraYear } from './era.ts';

/** A date and how much of it is known. */
export type PartialDate =
  | { readonly known: 'day'; readonly year: number; readonly month: number; readonly day: number }
  | { readonly known: 'month'; readonly year: number; readonly month: number }
  | { readonly known: 'year'; readonly year: number }
  | { readonly known: 'nothing' };

/**
 * `not-a-date`: not of the form, or no day or month of the calendar. `gap-in-date`: a part is known although the one
 * before it is not. `era-mismatch`: the era's number is not that of the date.
 */
export type PartialDateCode = 'not-a-date' | 'gap-in-date' | 'era-mismatch';

const ISO_FORM = /^(\d{4})-(\d{2})-(\d{2})$/;
const ERA_PREFIXED = /^([0-5])(\d{4})(\d{2})(\d{2})$/;

const pad = (value: number, width: number): string => String(value).padStart(width, '0');

/** `1952-03-00` and the like; a date of which all is known must be in the calendar. */
export function parsePartialDate(text: string): Result<PartialDate, 'not-a-date' | 'gap-in-date'> {
  const match = ISO_FORM.exec(text);
  if (match === null) return fail('not-a-date', 'not of the form YYYY-MM-DD');
  return fromParts(Number(match[1]), Number(match[2]), Number(match[3]));
}

/** The date of three numbers of which 0 is unknown. */
function fromParts(
  year: number,
  month: number,
  day: number,
): Result<PartialDate, 'not-a-date' | 'gap-in-date'> {
  if ((year === 0 && month + day > 0) || (month === 0 && day > 0)) {
    return fail('gap-in-date', 'a part is known although the one before it is not');
  }
  if (year === 0) return ok({ known: 'nothing' });
  if (month === 0) return ok({ known: 'year', year });
  if (daysInMonth(year, month) === 0) return fail('not-a-date', 'no such month');
  if (day === 0) return ok({ known: 'month', year, month });
  if (!isRealDate({ year, month, day })) return fail('not-a-date', 'no such day in the calendar');
  return ok({ known: 'day', year, month, day });
}

/** The parts as numbers, 0 where unknown. */
function partsOf(date: PartialDate): [year: number, month: number, day: number] {
  if (date.known === 'nothing') return [0, 0, 0];
  if (date.known === 'year') return [date.year, 0, 0];
  return [date.year, date.month, date.known === 'day' ? date.day : 0];
}

/** The ISO form with zeros for what is unknown; the inverse of `parsePartialDate`. */
export function formatPartialDate(date: PartialDate): string {
  const [year, month, day] = partsOf(date);
  return `${pad(year, 4)}-${pad(month, 2)}-${pad(day, 2)}`;
}

/** The era of all days that the date may be; undefined where they lie in two (1926 without a month) or before Meiji. */
export function eraOfPartialDate(date: PartialDate): Era | undefined {
  if (date.known === 'nothing') return undefined;
  const year = pad(date.year, 4);
  if (date.known === 'day') return eraOf(`${year}-${pad(date.month, 2)}-${pad(date.day, 2)}`);
  const month = date.known === 'month' ? pad(date.month, 2) : undefined;
  const first = eraOf(`${year}-${month ?? '01'}-01`);
  const last = eraOf(`${year}-${month ?? '12'}-31`); // compared as text: no day of the month is after the 31st
  return first?.number === last?.number ? first : undefined;
}

/**
 * The date in Japanese with 不詳 for what is unknown: `昭和27年3月日不詳`, `昭和27年月日不詳`, `年月日不詳`. Where the era
 * cannot be told the year is Gregorian: `1926年月日不詳`.
 */
export function formatPartialWareki(date: PartialDate): string {
  if (date.known === 'nothing') return '年月日不詳';
  const era = eraOfPartialDate(date);
  const year = `${era === undefined ? date.year : formatEraYear(era, date.year)}年`;
  if (date.known === 'year') return `${year}月日不詳`;
  return date.known === 'month' ? `${year}${date.month}月日不詳` : `${year}${date.month}月${date.day}日`;
}

/**
 * The era-prefixed form `EYYYYMMDD`: `1980-02-17` → `319800217`. What is unknown is zeros (`319520300`, `000000000`); the era is 0 where
 * the known part does not tell it (`019260000`) — an era is never guessed.
 */
export function formatEraPrefixedDate(date: PartialDate): string {
  const [year, month, day] = partsOf(date);
  return `${eraOfPartialDate(date)?.number ?? 0}${pad(year, 4)}${pad(month, 2)}${pad(day, 2)}`;
}

/** The date of the era-prefixed form `EYYYYMMDD`, which must name the era that `formatEraPrefixedDate` gives it, or 0. */
export function parseEraPrefixedDate(text: string): Result<PartialDate, PartialDateCode> {
  const match = ERA_PREFIXED.exec(text);
  if (match === null) return fail('not-a-date', 'not of the form EYYYYMMDD');
  const date = fromParts(Number(match[2]), Number(match[3]), Number(match[4]));
  if (!date.ok) return date;
  const era = Number(match[1]);
  if (era !== 0 && era !== eraOfPartialDate(date.value)?.number) {
    return fail('era-mismatch', 'the date is not in the era that stands before it');
  }
  return date;
}
