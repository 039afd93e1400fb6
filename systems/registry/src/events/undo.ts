/**
 * 取消し, 回復 (住民基本台帳法 art. 14; 施行令 art. 12): an event that should not have been recorded is undone by another event,
 * never by deletion; the record is again what it was before. Only the last event that still stands may be undone: of an
 * earlier one an ex officio correction takes back what is wrong. An individual number that came meanwhile stays.
 */
import type { IsoDate } from '@ishizue/clock';
import { fail, ok, type Result } from '@ishizue/outcome';
import type { EventReason } from '../identity/event-reason.ts';
import type { Resident } from '../municipal/resident.ts';
import { requireEventDate } from './guards.ts';
import type { Decision, EventFailure } from './resident-event.ts';

export interface Undo {
  readonly reason: 'undo';
  readonly residentCode: string;
  readonly eventDate: IsoDate;
  /** The sequence of the event that is undone, among the person's events here. */
  readonly undoes: number;
  /** What the undo rests on. */
  readonly basis: string;
}

/** The last event that stands of a person in this municipality: neither undone nor itself an undo. */
export interface StandingEvent {
  readonly sequence: number;
  readonly reason: EventReason;
  /** The record before it; null where it was the first. */
  readonly before: Resident | null;
  /** Whether an individual number came, or was changed, after it. */
  readonly hasLaterNumber: boolean;
}

/** @param last undefined where nothing stands that was recorded at the counter */
export function decideUndo(
  current: Resident | undefined,
  last: StandingEvent | undefined,
  event: Undo,
  today: IsoDate,
): Result<Decision, EventFailure> {
  if (!current) return fail('resident-not-found', 'no such resident in this municipality');
  const dated = requireEventDate(event.eventDate, today);
  if (!dated.ok) return dated;
  if (last?.sequence !== event.undoes)
    return fail('not-the-last-event', 'only the last event that stands can be undone');
  if (last.reason === 'resident-code-change' || last.reason === 'ex-officio-code-change')
    return fail('code-change-final', 'a used-up code never comes back: change the code once more instead');
  const { sequence } = current;
  const before = last.before ?? neverEntered(current, last.reason);
  const { individualNumber } = last.hasLaterNumber ? current : before;
  return ok({
    reason: 'undo',
    eventDate: event.eventDate,
    undoes: event.undoes,
    after: { ...before, individualNumber, sequence },
  });
}

/**
 * The record of an entry that should not have been: deleted from its first day. A child's code has nobody any more; the
 * code of another is its holder's elsewhere, of whom this says no more than that they do not live here.
 */
function neverEntered(current: Resident, reason: EventReason): Resident {
  const status = reason === 'birth' ? 'removed' : 'moved-out';
  return { ...current, status, endedOn: current.becameResidentOn, movedTo: null };
}
