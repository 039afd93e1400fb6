/** 転居, a move inside the municipality (住民基本台帳法 art. 23): the address changes, the person stays. */
import type { IsoDate } from '@ishizue/clock';
import { fail, ok } from '@ishizue/outcome';
import type { ResidentialAddress } from '../municipal/resident.ts';
import { requireCurrent, requireNoticeDay } from './guards.ts';
import type { Decide } from './resident-event.ts';

export interface MoveWithin {
  readonly reason: 'move-within';
  readonly residentCode: string;
  readonly eventDate: IsoDate;
  /** The day on which the counter took the notice (転居届); the record may be made later. */
  readonly noticedOn?: IsoDate;
  readonly address: ResidentialAddress;
  /** The person leaves the household and is head of a new one. */
  readonly newHousehold?: true;
  /** The household joined; absent, the person keeps the household number. */
  readonly householdNumber?: string;
  readonly relationship?: string;
}

export const decideMoveWithin: Decide<MoveWithin> = (before, event, today) => {
  const current = requireCurrent(before, event.eventDate, today);
  if (!current.ok) return current;
  const noticed = requireNoticeDay(event.noticedOn, event.eventDate, today);
  if (!noticed.ok) return noticed;
  const { wardCode, town, lot, building } = event.address;
  const was = current.value;
  if (was.wardCode === wardCode && was.town === town && was.lot === lot && was.building === building)
    return fail('address-unchanged', 'the new address is the old one');
  if (event.newHousehold && (event.householdNumber !== undefined || event.relationship !== undefined))
    return fail('household-ambiguous', 'a new household is not one that is joined');
  return ok({
    reason: 'move-within',
    eventDate: event.eventDate,
    ...noticed.value,
    after: {
      ...was,
      ...event.address,
      householdNumber: event.householdNumber ?? was.householdNumber,
      relationship: event.relationship ?? was.relationship,
      addressFixedOn: event.eventDate,
      previousAddress: [was.town, was.lot, was.building].filter(Boolean).join(''),
    },
  });
};
