/**
 * What the municipality of domicile makes of a notice, given the entry that it holds. Notices of two municipalities of
 * residence travel on separate links and overtake each other: the later residence stands whichever is heard first, and
 * what cannot be put in order, or may be another person's, is refused and waits for an officer.
 */
import { fail, ok, type Result } from '@ishizue/outcome';
import { nameKey } from '@ishizue/text';
import type { EntryReason } from '../identity/overseas-identity.ts';
import type { SupplementaryEntry } from './entry.ts';
import type { EntryNotice } from './entry-notice.ts';

export type EntryChangeFailure =
  | 'notice-body-invalid'
  | 'residence-not-of-site'
  | 'domicile-elsewhere'
  | 'entry-unknown'
  | 'entry-deleted'
  | 'person-differs'
  | 'family-register-missing'
  | 'notice-order-unclear';

/** `late` is kept as history, `known` was applied before; neither changes the entry. */
export type EntryEffect = 'enter' | 'record' | 'late' | 'known';

export function decideEntryChange(
  held: SupplementaryEntry | undefined,
  notice: EntryNotice,
): Result<EntryEffect, EntryChangeFailure> {
  if (!held) return decideUnknown(notice);
  if (held.birthDate !== notice.birthDate || held.sex !== notice.sex)
    return fail('person-differs', 'the entry of the code has another birth date or sex');
  // a name that differs in more than spelling is the family register's to change (art. 19 ii)
  if (nameKey(held.name) !== nameKey(notice.name))
    return fail('person-differs', 'the entry of the code has another name');
  if (held.residence === notice.residence) return decideSameResidence(held, notice);
  if (held.isOverseas && notice.kind === 'overseas' && notice.since === held.since) return ok('known');
  if (notice.since === held.since || (notice.since < held.since && held.residence === null))
    return fail('notice-order-unclear', 'the dates do not tell which residence is the later');
  if (notice.since < held.since) return ok('late');
  return ifCurrent(held);
}

function decideUnknown(notice: EntryNotice): Result<EntryEffect, EntryChangeFailure> {
  if (notice.kind !== 'residence' || !notice.opens)
    return fail('entry-unknown', 'no entry has the resident code');
  if (notice.familyRegisterHead === null)
    return fail('family-register-missing', 'the head of the family register is not told');
  return ok('enter');
}

function decideSameResidence(
  held: SupplementaryEntry,
  notice: EntryNotice,
): Result<EntryEffect, EntryChangeFailure> {
  if (notice.sequence <= (held.residenceSequence ?? 0)) return ok('known');
  // the entry was loaded as it stood after a later move inside the municipality
  const isBeforeLoad = held.residenceSequence === null && 'addressFixedOn' in notice;
  if (isBeforeLoad && notice.addressFixedOn < held.addressFixedOn) return ok('late');
  return ifCurrent(held);
}

const ifCurrent = (held: SupplementaryEntry): Result<EntryEffect, EntryChangeFailure> =>
  held.state === 'current' ? ok('record') : fail('entry-deleted', 'the entry is deleted');

/** The entry after a notice that opened or changed it. */
export function entryAfter(
  held: SupplementaryEntry | undefined,
  municipality: string,
  notice: EntryNotice,
): SupplementaryEntry {
  const before = held ?? openedBy(municipality, notice);
  const after = {
    ...before,
    sequence: before.sequence + 1,
    residence: notice.residence,
    residenceSequence: notice.sequence,
    since: notice.since,
  };
  switch (notice.kind) {
    case 'residence':
    case 'code-changed':
      return { ...after, address: notice.address, isOverseas: false, addressFixedOn: notice.addressFixedOn };
    case 'overseas':
      return { ...after, address: null, isOverseas: true, addressFixedOn: notice.eventDate };
    case 'deceased':
      return { ...after, state: 'deleted' };
  }
}

function openedBy(municipality: string, notice: EntryNotice): SupplementaryEntry {
  if (notice.kind !== 'residence' || notice.familyRegisterHead === null)
    throw new Error('a notice that opens no entry was decided to open one');
  const { residentCode, name, birthDate, sex, address, addressFixedOn } = notice;
  return {
    municipality,
    residentCode,
    state: 'current',
    familyRegister: notice.domicile,
    familyRegisterHead: notice.familyRegisterHead,
    name,
    address,
    isOverseas: false,
    addressFixedOn,
    birthDate,
    sex,
    sequence: 0,
    residence: null,
    residenceSequence: null,
    since: notice.since,
  };
}

const KIND_REASONS = {
  residence: 'address-changed',
  'code-changed': 'code-changed',
  overseas: 'moved-overseas',
  deceased: 'deleted',
} as const satisfies Record<EntryNotice['kind'], EntryReason>;

/** What the change is called up the tiers. */
export function reasonOf(effect: EntryEffect, notice: EntryNotice): EntryReason {
  if (effect === 'enter') return 'entered';
  return KIND_REASONS[notice.kind];
}
