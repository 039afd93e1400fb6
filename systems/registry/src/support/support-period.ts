/**
 * How long a support measure lasts (住民基本台帳事務処理要領, 第5の10): a year from the day on which the applicant is told, and a
 * year more each time that it is extended; the application for that is taken in the last month. Days are inclusive.
 */
import { addDays, type IsoDate } from '@ishizue/clock';
import { DatedRules } from '@ishizue/rules';
import { daysInMonth } from '@ishizue/text';

/** Months of a measure, and before its end those in which it can be extended. */
const PERIOD = new DatedRules('period of support measures', [
  {
    validFrom: '2004-07-01',
    source: '住民基本台帳事務処理要領 第5の10',
    rule: { months: 12, extendable_months: 1 },
  },
]);

/** A day some months later or earlier, or the last of that month where it has no such day (民法 art. 143). */
function addMonths(date: IsoDate, months: number): IsoDate {
  const [year = 0, month = 1, day = 1] = date.split('-').map(Number);
  const count = year * 12 + (month - 1) + months;
  const target = { year: Math.floor(count / 12), month: (count % 12) + 1 };
  const lastDay = daysInMonth(target.year, target.month);
  const digits = (value: number, width: number): string => String(value).padStart(width, '0');
  return `${digits(target.year, 4)}-${digits(target.month, 2)}-${digits(Math.min(day, lastDay), 2)}`;
}

/** The last day of a period that begins on a day. */
export function supportedUntil(from: IsoDate): IsoDate {
  const corresponding = addMonths(from, PERIOD.get(from).months);
  // where the month has no such day, its last day belongs to the period
  return corresponding.slice(8) === from.slice(8) ? addDays(corresponding, -1) : corresponding;
}

/** The first day on which an extension of a period that ends on a day is applied for. */
export const extendableFrom = (until: IsoDate): IsoDate =>
  addMonths(until, -PERIOD.get(until).extendable_months);
