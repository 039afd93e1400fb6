/**
 * What a prefectural or national site makes of a notice, given what it holds. Notices of two municipalities travel on
 * separate links and overtake each other: of two entries the one of the later day stands, whichever is heard first, and
 * what is heard late of a residence before it is history. A second current residence without a move is refused.
 */
import type { IsoDate } from '@ishizue/clock';
import { fail, ok, type Result } from '@ishizue/outcome';
import type { ResidenceStatus } from '../identity/event-reason.ts';
import type { IdentityChanged } from '../identity/identity-changed.ts';

export type IdentityChangeFailure =
  | 'identity-body-invalid'
  | 'resident-code-taken'
  | 'resident-elsewhere'
  | 'person-unknown'
  | 'person-deceased'
  | 'municipality-not-of-site';

/** What the site holds of the person now. */
export interface HeldPerson {
  readonly residentCode: string;
  readonly municipality: string;
  readonly status: ResidenceStatus;
  readonly birthDate: string;
  /** The day from which the person has lived in the municipality. */
  readonly enteredOn: IsoDate;
}

/** `record` replaces what is held; `history` is kept as a change only: the person lives elsewhere by now. */
export type IdentityChangeEffect = 'record' | 'history';

const ENTRIES: ReadonlySet<string> = new Set(['move-in', 'birth', 'initial-load']);

export function decideIdentityChange(
  held: HeldPerson | undefined,
  notice: IdentityChanged,
): Result<IdentityChangeEffect, IdentityChangeFailure> {
  if (ENTRIES.has(notice.reason)) return decideEntry(held, notice);
  if (!held) return fail('person-unknown', `a ${notice.reason} of someone who was never entered`);
  if (held.municipality === notice.municipality) return ok('record');
  // the late notice of the municipality that the person has left
  if (notice.reason === 'move-out' || notice.reason === 'number-assigned') return ok('history');
  if (notice.reason !== 'death' && notice.eventDate <= held.enteredOn) return ok('history');
  return fail('resident-elsewhere', `a ${notice.reason} from a municipality where the person does not live`);
}

function decideEntry(
  held: HeldPerson | undefined,
  notice: IdentityChanged,
): Result<IdentityChangeEffect, IdentityChangeFailure> {
  if (!held) return ok('record');
  if (isEarlierElsewhere(held, notice)) return ok('history');
  if (held.status === 'deceased')
    return fail('person-deceased', 'an entry of someone who is recorded as deceased');
  if (notice.reason === 'birth') return fail('resident-code-taken', 'a birth with a code that somebody has');
  const currentElsewhere = held.status === 'resident' && held.municipality !== notice.municipality;
  if (notice.reason === 'initial-load' && currentElsewhere)
    return fail('resident-elsewhere', 'two municipalities hold the person as a current resident');
  return ok('record');
}

/** Whether the entry began a residence before the one that is held. A load tells of today and is never the earlier. */
function isEarlierElsewhere(held: HeldPerson, notice: IdentityChanged): boolean {
  if (held.municipality === notice.municipality) return false;
  if (notice.reason === 'move-in') return notice.eventDate < held.enteredOn;
  // nothing comes before a birth, but the code may be another child's
  const isSamePerson = held.birthDate === notice.birthDate;
  return notice.reason === 'birth' && isSamePerson && notice.eventDate <= held.enteredOn;
}

/** The day from which the person has lived in the municipality, after a notice that is recorded. */
export function enteredOnAfter(held: HeldPerson | undefined, notice: IdentityChanged): IsoDate {
  return held && !ENTRIES.has(notice.reason) ? held.enteredOn : notice.eventDate;
}
