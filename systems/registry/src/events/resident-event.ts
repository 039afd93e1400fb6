/**
 * What may be recorded at the counter. Each reason is one file beside this one with a pure `decide…`: it takes the record as
 * it stands and the event, and gives the record after it or a refusal. Nothing here touches the database.
 */
import type { IsoDate } from '@ishizue/clock';
import type { Result } from '@ishizue/outcome';
import type { EventReason } from '../identity/event-reason.ts';
import type { Resident } from '../municipal/resident.ts';

export type EventFailure =
  | 'resident-not-found'
  | 'resident-not-current'
  | 'resident-already-current'
  | 'event-date-invalid'
  | 'event-in-the-future'
  | 'event-before-birth'
  | 'notice-day-invalid'
  | 'event-before-entry'
  | 'event-before-move-out'
  | 'birth-date-invalid'
  | 'identity-differs'
  | 'address-unchanged'
  | 'correction-changes-nothing'
  | 'ward-unknown'
  | 'resident-code-malformed'
  | 'resident-code-check-digit'
  | 'household-not-found'
  | 'household-ambiguous'
  | 'relationship-unknown'
  | 'not-the-last-event'
  | 'resident-code-retired'
  | 'code-change-final'
  | 'nationality-does-not-fit'
  | 'parent-not-current'
  | 'text-refused';

/** The record after an event, and what the event is called up the tiers. */
export interface Decision {
  readonly reason: EventReason;
  readonly eventDate: IsoDate;
  /** The day on which the notice was taken (届出日), where the counter says so. */
  readonly noticedOn?: IsoDate;
  readonly after: Resident;
  /** Of a change of the code: the one before. */
  readonly formerCode?: string;
  /** The sequence of the event that this one undoes. */
  readonly undoes?: number;
}

export type Decide<Event> = (
  before: Resident | undefined,
  event: Event,
  today: IsoDate,
) => Result<Decision, EventFailure>;
