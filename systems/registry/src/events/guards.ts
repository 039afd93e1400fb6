/**
 * The guards that several reasons share: who must be there, and which dates an event may have. A partial birth date is
 * compared by what is known of it.
 */
import type { IsoDate } from '@ishizue/clock';
import { fail, ok, type Result } from '@ishizue/outcome';
import type { Resident } from '../municipal/resident.ts';
import type { EventFailure } from './resident-event.ts';

/** Whether a date is a day of the calendar, from the year 1: PostgreSQL knows no year 0. */
export function isCalendarDate(date: string): boolean {
  if (!/^(?!0000)\d{4}-\d{2}-\d{2}$/.test(date)) return false;
  const instant = Date.parse(`${date}T00:00:00Z`);
  return !Number.isNaN(instant) && new Date(instant).toISOString().slice(0, 10) === date;
}

/** Whether a date is before a birth date of which parts may be unknown. */
export function isBeforeBirth(date: IsoDate, birthDate: string): boolean {
  const known = birthDate.startsWith('0000') ? '' : birthDate.replace(/-00.*$/, '');
  return date.slice(0, known.length) < known;
}

/** Today's residents only, on a date between entry and today. */
export function requireCurrent(
  before: Resident | undefined,
  eventDate: IsoDate,
  today: IsoDate,
): Result<Resident, EventFailure> {
  if (!before) return fail('resident-not-found', 'no such resident in this municipality');
  if (before.status !== 'resident') return fail('resident-not-current', `the record is ${before.status}`);
  const dated = requireEventDate(eventDate, today);
  if (!dated.ok) return dated;
  if (isBeforeBirth(eventDate, before.birthDate))
    return fail('event-before-birth', 'the event is before the birth');
  if (eventDate < before.becameResidentOn)
    return fail('event-before-entry', 'the event is before the person became a resident');
  return ok(before);
}

/** The day of a notice (届出日) is no earlier than what it tells of, and not in the future. */
export function requireNoticeDay(
  noticedOn: IsoDate | undefined,
  eventDate: IsoDate,
  today: IsoDate,
): Result<{ readonly noticedOn?: IsoDate }, EventFailure> {
  if (noticedOn === undefined) return ok({});
  if (!isCalendarDate(noticedOn) || noticedOn < eventDate || noticedOn > today)
    return fail('notice-day-invalid', 'no notice of the event was taken on such a day');
  return ok({ noticedOn });
}

/** A real date that is not in the future. */
export function requireEventDate(eventDate: IsoDate, today: IsoDate): Result<IsoDate, EventFailure> {
  if (!isCalendarDate(eventDate))
    return fail('event-date-invalid', 'the event date is not a day of the calendar');
  if (eventDate > today) return fail('event-in-the-future', 'the event date is in the future');
  return ok(eventDate);
}
