/** 死亡 (住民基本台帳法施行令 art. 8): the record is deleted on the date of death. */
import type { IsoDate } from '@ishizue/clock';
import { ok } from '@ishizue/outcome';
import { requireCurrent } from './guards.ts';
import type { Decide } from './resident-event.ts';

export interface Death {
  readonly reason: 'death';
  readonly residentCode: string;
  readonly eventDate: IsoDate;
}

export const decideDeath: Decide<Death> = (before, event, today) => {
  const current = requireCurrent(before, event.eventDate, today);
  if (!current.ok) return current;
  return ok({
    reason: 'death',
    eventDate: event.eventDate,
    after: { ...current.value, status: 'deceased', endedOn: event.eventDate },
  });
};
