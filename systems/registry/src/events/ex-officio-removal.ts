/** 職権消除 (住民基本台帳法施行令 art. 8, 12): who is found not to live here is deleted ex officio; the deleted record is kept. */
import type { IsoDate } from '@ishizue/clock';
import { ok } from '@ishizue/outcome';
import { requireCurrent } from './guards.ts';
import type { Decide } from './resident-event.ts';

export interface ExOfficioRemoval {
  readonly reason: 'ex-officio-removal';
  readonly residentCode: string;
  readonly eventDate: IsoDate;
  /** What the removal rests on: the inquiry on the spot, another municipality's notice. */
  readonly basis: string;
}

export const decideExOfficioRemoval: Decide<ExOfficioRemoval> = (before, event, today) => {
  const current = requireCurrent(before, event.eventDate, today);
  if (!current.ok) return current;
  return ok({
    reason: 'ex-officio-removal',
    eventDate: event.eventDate,
    after: { ...current.value, status: 'removed', endedOn: event.eventDate },
  });
};
