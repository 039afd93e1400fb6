/**
 * What a prefectural or national site makes of a notice, given what it holds. Notices of two municipalities travel on
 * separate links and overtake each other: of two entries the one of the later day stands, whichever is heard first, and
 * what is heard late of a residence before it is history. Three things are never taken over: a second current residence,
 * an entry under a code by which the site knows somebody else, and anything but history under a code that is used up. An
 * entry changes no identity; a correction does. A prefecture hears of no correction that was made in another one: of
 * whom it knows as gone it compares no name, and leaves that to the nation.
 */
import type { IsoDate } from '@ishizue/clock';
import { fail, ok, type Result } from '@ishizue/outcome';
import type { EventReason, ResidenceStatus, Sex } from '../identity/event-reason.ts';
import type { IdentityChanged } from '../identity/identity-changed.ts';
import { isSameButForName, isSamePerson } from '../identity/same-person.ts';

export type IdentityChangeFailure =
  | 'identity-body-invalid'
  | 'resident-code-taken'
  | 'resident-code-retired'
  | 'resident-elsewhere'
  | 'identity-differs'
  | 'number-elsewhere'
  | 'person-unknown'
  | 'person-deceased'
  | 'municipality-not-of-site';

/** What the site holds of the person now: under the code of now, whichever the notice came under. */
export interface HeldPerson {
  readonly residentCode: string;
  readonly municipality: string;
  readonly status: ResidenceStatus;
  readonly name: string;
  readonly birthDate: string;
  readonly sex: Sex;
  /** The day from which the person has lived in the municipality. */
  readonly enteredOn: IsoDate;
  /** Every entry under the code that the site heard of was undone: it knows nobody by the code. */
  readonly isUndone?: boolean;
  /** Whose place the last entry took under another name, at a prefecture; gone with the next entry. */
  readonly displaced?: DisplacedPerson | null;
}

/** Whom a prefecture held before it took an entry under another name over on trust. */
export interface DisplacedPerson {
  /** Where they had lived. */
  readonly municipality: string;
  readonly name: string;
  /** The entry that took the place. */
  readonly by: { readonly municipality: string; readonly sequence: number };
}

/**
 * `record` replaces what is held; `history` is kept as a change only: the person lives elsewhere by now; `restored`: the
 * entry that is undone had taken another's place, and what was held before it is put back.
 */
export type IdentityChangeEffect = 'record' | 'history' | 'restored';

/** Whose registers a site hears of: all, or those of one prefecture. */
export type Hearing = 'nation' | 'prefecture';

const ENTRIES: ReadonlySet<string> = new Set(['move-in', 'birth', 'initial-load', 'ex-officio-entry']);

const LATE_NOTICES: ReadonlySet<string> = new Set([
  'move-out',
  'ex-officio-removal',
  'number-assigned',
  'number-changed',
]);

/** Whether a reason begins a residence (記載). */
export const isEntry = (reason: EventReason): boolean => ENTRIES.has(reason);

export function decideIdentityChange(
  held: HeldPerson | undefined,
  notice: IdentityChanged,
  hearing: Hearing,
): Result<IdentityChangeEffect, IdentityChangeFailure> {
  const decision = decideByResidence(held, notice, hearing);
  const isHistory = decision.ok && decision.value === 'history';
  if (held && held.residentCode !== notice.residentCode && !isHistory)
    return fail('resident-code-retired', 'the person of this code has another one by now');
  return decision;
}

function decideByResidence(
  held: HeldPerson | undefined,
  notice: IdentityChanged,
  hearing: Hearing,
): Result<IdentityChangeEffect, IdentityChangeFailure> {
  if (isEntry(notice.reason)) return decideEntry(held, notice, hearing);
  if (!held) return fail('person-unknown', `a ${notice.reason} of someone who was never entered`);
  if (held.municipality === notice.municipality)
    return ok(undoesDisplacement(held, notice) ? 'restored' : 'record');
  if (notice.reason === 'undo') return decideRestoration(held, notice, hearing);
  // the late notice of the municipality that the person has left
  if (LATE_NOTICES.has(notice.reason)) return ok('history');
  if (notice.reason !== 'death' && notice.eventDate <= held.enteredOn) return ok('history');
  return fail('resident-elsewhere', `a ${notice.reason} from a municipality where the person does not live`);
}

/** Whether an entry is undone that had taken the place of somebody who had lived elsewhere. */
const undoesDisplacement = ({ displaced }: HeldPerson, notice: IdentityChanged): boolean =>
  notice.reason === 'undo' &&
  displaced?.by.municipality === notice.municipality &&
  displaced.by.sequence === notice.undoes &&
  displaced.municipality !== notice.municipality;

function decideEntry(
  held: HeldPerson | undefined,
  notice: IdentityChanged,
  hearing: Hearing,
): Result<IdentityChangeEffect, IdentityChangeFailure> {
  if (!held || held.isUndone) return ok('record');
  if (!mayBeOf(held, notice, hearing))
    return notice.reason === 'birth'
      ? fail('resident-code-taken', 'a birth with a code that somebody has')
      : fail('identity-differs', 'the site knows another person by this code');
  if (isEarlierElsewhere(held, notice)) return ok('history');
  if (held.status === 'deceased')
    return fail('person-deceased', 'an entry of someone who is recorded as deceased');
  if (notice.reason === 'birth') return fail('resident-code-taken', 'a birth with a code that somebody has');
  // the notice of the move-out may be on its way: until it is here, the person lives there
  if (held.status === 'resident' && held.municipality !== notice.municipality)
    return fail('resident-elsewhere', 'another municipality holds the person as a current resident');
  return ok('record');
}

/** Whether an entry is of the person that the site holds, as far as the site can tell. */
function mayBeOf(held: HeldPerson, notice: IdentityChanged, hearing: Hearing): boolean {
  if (isSamePerson(held, notice)) return true;
  if (isEarlierElsewhere(held, notice))
    return held.displaced != null && isSamePerson({ ...held, name: held.displaced.name }, notice);
  return notice.reason !== 'birth' && mayHaveNewName(held, notice, hearing);
}

/** Whether the person is gone from where the site hears of, and differs by no more than the name. */
const mayHaveNewName = (held: HeldPerson, notice: IdentityChanged, hearing: Hearing): boolean =>
  hearing === 'prefecture' &&
  (held.status === 'moved-out' || held.status === 'removed') &&
  isSameButForName(held, notice);

/** Whether an entry that is recorded takes the place of somebody with another name. */
export const displaces = (held: HeldPerson | undefined, notice: IdentityChanged): boolean =>
  held !== undefined && held.isUndone !== true && isEntry(notice.reason) && !isSamePerson(held, notice);

/** An undo by a municipality other than the one that is held: of a deletion it makes the person its resident again. */
function decideRestoration(
  held: HeldPerson,
  notice: IdentityChanged,
  hearing: Hearing,
): Result<IdentityChangeEffect, IdentityChangeFailure> {
  if (notice.status !== 'resident' || notice.eventDate <= held.enteredOn) return ok('history');
  if (!isSamePerson(held, notice) && !mayHaveNewName(held, notice, hearing))
    return fail('identity-differs', 'the site knows another person by this code');
  if (held.status === 'resident')
    return fail('resident-elsewhere', 'another municipality holds the person as a current resident');
  return ok('record');
}

/** Whether the entry began a residence before the one that is held. A load tells of today and is never the earlier. */
function isEarlierElsewhere(held: HeldPerson, notice: IdentityChanged): boolean {
  if (held.municipality === notice.municipality) return false;
  if (notice.reason === 'birth') return notice.eventDate <= held.enteredOn;
  return notice.reason !== 'initial-load' && notice.eventDate < held.enteredOn;
}

/** The day from which the person has lived in the municipality, after a notice that is recorded. */
export function enteredOnAfter(held: HeldPerson | undefined, notice: IdentityChanged): IsoDate {
  if (notice.residentSince !== undefined) return notice.residentSince;
  return held && !isEntry(notice.reason) ? held.enteredOn : notice.eventDate;
}

/** What is held after a notice that is recorded. */
export function heldAfter(held: HeldPerson | undefined, notice: IdentityChanged): HeldPerson {
  const { residentCode, municipality, status, name, birthDate, sex } = notice;
  return {
    residentCode,
    municipality,
    status,
    name,
    birthDate,
    sex,
    enteredOn: enteredOnAfter(held, notice),
    displaced: displacedAfter(held, notice),
  };
}

function displacedAfter(held: HeldPerson | undefined, notice: IdentityChanged): DisplacedPerson | null {
  if (!isEntry(notice.reason)) return held?.displaced ?? null;
  if (!held || !displaces(held, notice)) return null;
  const by = { municipality: notice.municipality, sequence: notice.sequence };
  return { municipality: held.municipality, name: held.name, by };
}
