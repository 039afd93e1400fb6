/**
 * UTCTime and GeneralizedTime as RFC 5280 4.1.2.5 allows them: to the second, always Z, UTCTime for the years 1950 to
 * 2049 and GeneralizedTime otherwise. Instants are milliseconds since the epoch; a fraction of a second is cut off.
 * Works on digits directly: the writers stand in the hot path of OCSP.
 */

const DAY_MS = 86_400_000;
const YEAR_0000_MS = -62_167_219_200_000;
const YEAR_10000_MS = 253_402_300_800_000;
const YEAR_1950_MS = -631_152_000_000;
const YEAR_2050_MS = 2_524_608_000_000;

/** Whether RFC 5280 4.1.2.5 wants UTCTime for this instant. */
export const isUtcTimeRange = (instant: number): boolean => instant >= YEAR_1950_MS && instant < YEAR_2050_MS;

/** Days since the epoch of a proleptic Gregorian date (year counted from March, so that leap days come last). */
function daysFromDate(year: number, month: number, day: number): number {
  const marchYear = month <= 2 ? year - 1 : year;
  const era = Math.floor(marchYear / 400);
  const yearOfEra = marchYear - era * 400;
  const dayOfYear = Math.floor((153 * (month + (month > 2 ? -3 : 9)) + 2) / 5) + day - 1;
  const dayOfEra = yearOfEra * 365 + Math.floor(yearOfEra / 4) - Math.floor(yearOfEra / 100) + dayOfYear;
  return era * 146_097 + dayOfEra - 719_468;
}

/** The date of a day as the number yyyymmdd. */
function dateFromDays(days: number): number {
  const shifted = days + 719_468;
  const era = Math.floor(shifted / 146_097);
  const dayOfEra = shifted - era * 146_097;
  const yearOfEra = Math.floor(
    (dayOfEra -
      Math.floor(dayOfEra / 1460) +
      Math.floor(dayOfEra / 36_524) -
      Math.floor(dayOfEra / 146_096)) /
      365,
  );
  const dayOfYear = dayOfEra - (365 * yearOfEra + Math.floor(yearOfEra / 4) - Math.floor(yearOfEra / 100));
  const shiftedMonth = Math.floor((5 * dayOfYear + 2) / 153);
  const day = dayOfYear - Math.floor((153 * shiftedMonth + 2) / 5) + 1;
  const month = shiftedMonth < 10 ? shiftedMonth + 3 : shiftedMonth - 9;
  const year = yearOfEra + era * 400 + (month <= 2 ? 1 : 0);
  return year * 10_000 + month * 100 + day;
}

function putTwoDigits(bytes: Uint8Array, at: number, value: number): void {
  const tens = (value / 10) | 0;
  bytes[at] = 0x30 + tens;
  bytes[at + 1] = 0x30 + value - tens * 10;
}

/** Writes the 13 octets `YYMMDDHHMMSSZ` (`century` false) or the 15 octets `YYYYMMDDHHMMSSZ`. */
export function putTime(bytes: Uint8Array, at: number, instant: number, century: boolean): void {
  if (!(instant >= YEAR_0000_MS && instant < YEAR_10000_MS)) {
    throw new Error(`no certificate time: ${instant}`);
  }
  const days = Math.floor(instant / DAY_MS);
  const date = dateFromDays(days);
  const year = Math.floor(date / 10_000);
  const seconds = Math.floor((instant - days * DAY_MS) / 1000);
  let next = at;
  if (century) {
    putTwoDigits(bytes, next, Math.floor(year / 100));
    next += 2;
  }
  putTwoDigits(bytes, next, year % 100);
  putTwoDigits(bytes, next + 2, Math.floor(date / 100) % 100);
  putTwoDigits(bytes, next + 4, date % 100);
  putTwoDigits(bytes, next + 6, Math.floor(seconds / 3600));
  putTwoDigits(bytes, next + 8, Math.floor(seconds / 60) % 60);
  putTwoDigits(bytes, next + 10, seconds % 60);
  bytes[next + 12] = 0x5a;
}

/** Two decimal digits, or NaN, which carries through all arithmetic to the end. */
function takeTwoDigits(bytes: Uint8Array, at: number): number {
  const tens = (bytes[at] ?? 0) - 0x30;
  const ones = (bytes[at + 1] ?? 0) - 0x30;
  return tens >= 0 && tens <= 9 && ones >= 0 && ones <= 9 ? tens * 10 + ones : Number.NaN;
}

const MONTH_DAYS = [0, 31, 28, 31, 30, 31, 30, 31, 31, 30, 31, 30, 31];

function daysInMonth(year: number, month: number): number {
  const isLeap = month === 2 && year % 4 === 0 && (year % 100 !== 0 || year % 400 === 0);
  return isLeap ? 29 : (MONTH_DAYS[month] ?? 0);
}

/**
 * The instant that the content octets say, or NaN where they are no strict UTCTime (13 octets) or GeneralizedTime (15).
 * A two-digit year from 50 on is 19YY.
 */
export function takeTime(bytes: Uint8Array, start: number, end: number, century: boolean): number {
  if (end - start !== (century ? 15 : 13) || bytes[end - 1] !== 0x5a) return Number.NaN;
  const at = century ? start + 2 : start;
  const shortYear = takeTwoDigits(bytes, at);
  const year = century
    ? takeTwoDigits(bytes, start) * 100 + shortYear
    : shortYear + (shortYear < 50 ? 2000 : 1900);
  const month = takeTwoDigits(bytes, at + 2);
  const day = takeTwoDigits(bytes, at + 4);
  const hour = takeTwoDigits(bytes, at + 6);
  const minute = takeTwoDigits(bytes, at + 8);
  const second = takeTwoDigits(bytes, at + 10);
  const isReal =
    month >= 1 && month <= 12 && day >= 1 && day <= daysInMonth(year, month) && hour < 24 && minute < 60;
  if (!isReal || !(second < 60)) return Number.NaN;
  return ((daysFromDate(year, month, day) * 24 + hour) * 60 + minute) * 60_000 + second * 1000;
}
