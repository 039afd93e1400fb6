/**
 * 転入, a move from elsewhere (住民基本台帳法 art. 22). The person comes with a resident code (on the move-out certificate) or,
 * from abroad and never registered, without one; who lived here before gets the old record on.
 */
import type { IsoDate } from '@ishizue/clock';
import { fail, ok } from '@ishizue/outcome';
import { parsePartialDate } from '@ishizue/text';
import { isSameButForName, isSamePerson } from '../identity/same-person.ts';
import type { PersonalDetails, ResidentialAddress } from '../municipal/resident.ts';
import type { SealedNumber } from '../numbers/number-cipher.ts';
import { isBeforeBirth, requireEventDate, requireNoticeDay } from './guards.ts';
import type { Decide } from './resident-event.ts';

export interface MoveIn {
  readonly reason: 'move-in';
  /** From the move-out certificate; null where the person never had one. */
  readonly residentCode: string | null;
  readonly individualNumber: SealedNumber | null;
  readonly eventDate: IsoDate;
  /** The day on which the counter took the notice (転入届); the record may be made later. */
  readonly noticedOn?: IsoDate;
  readonly details: PersonalDetails;
  readonly address: ResidentialAddress;
  /** An existing household to join with this relationship, or absent: a new household with the person as head. */
  readonly joins?: { readonly householdNumber: string; readonly relationship: string };
  readonly previousAddress: string;
}

/** What the register gives a person who has no record here: filled in when the event is recorded. */
export interface NewRecord {
  readonly municipality: string;
  readonly residentNumber: string;
  readonly residentCode: string;
  readonly householdNumber: string;
  /** The record here under the code is of an entry that was undone: it says nothing of the person. */
  readonly isNeverEntered?: boolean;
}

export const decideMoveIn =
  (fresh: NewRecord): Decide<MoveIn> =>
  (before, event, today) => {
    if (before?.status === 'resident')
      return fail('resident-already-current', 'the person is already a resident here');
    if (before?.status === 'deceased')
      return fail('resident-not-current', 'the person’s record says deceased');
    const dated = requireEventDate(event.eventDate, today);
    if (!dated.ok) return dated;
    const noticed = requireNoticeDay(event.noticedOn, event.eventDate, today);
    if (!noticed.ok) return noticed;
    if (!parsePartialDate(event.details.birthDate).ok)
      return fail('birth-date-invalid', 'the birth date is no date, nor one of which the end is unknown');
    if (isBeforeBirth(event.eventDate, event.details.birthDate))
      return fail('event-before-birth', 'the move is before the birth');
    // whoever left may have another name by now: the national site, which has heard of it, compares that too
    const known = fresh.isNeverEntered ? undefined : before;
    if (known && !isSameButForName(known, event.details))
      return fail('identity-differs', 'the record with this code is another person’s, or says otherwise');
    if (known?.endedOn && event.eventDate < known.endedOn)
      return fail('event-before-move-out', 'the move is before the person had left');
    // under another name it may still be somebody else: the number comes with the paper or from the centre
    const ownNumber = known && isSamePerson(known, event.details) ? known.individualNumber : null;
    return ok({
      reason: 'move-in',
      eventDate: event.eventDate,
      ...noticed.value,
      after: {
        ...event.details,
        ...event.address,
        municipality: fresh.municipality,
        residentNumber: before?.residentNumber ?? fresh.residentNumber,
        residentCode: fresh.residentCode,
        individualNumber: event.individualNumber ?? ownNumber,
        status: 'resident',
        householdNumber: event.joins?.householdNumber ?? fresh.householdNumber,
        relationship: event.joins?.relationship ?? '世帯主',
        becameResidentOn: event.eventDate,
        addressFixedOn: event.eventDate,
        previousAddress: event.previousAddress,
        endedOn: null,
        movedTo: null,
        sequence: before?.sequence ?? 0,
      },
    });
  };
