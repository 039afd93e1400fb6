/** 転出, a move to another municipality or abroad (住民基本台帳法 art. 24): the record is deleted, and kept as a deleted one. */
import type { IsoDate } from '@ishizue/clock';
import { ok } from '@ishizue/outcome';
import { destinationAbroad } from '../identity/move-abroad.ts';
import { requireCurrent } from './guards.ts';
import type { Decide } from './resident-event.ts';

export interface MoveOut {
  readonly reason: 'move-out';
  readonly residentCode: string;
  readonly eventDate: IsoDate;
  /** Where to, as declared. */
  readonly destination: string;
  /** Whether the destination is outside Japan. */
  readonly abroad?: boolean;
}

export const decideMoveOut: Decide<MoveOut> = (before, event, today) => {
  const current = requireCurrent(before, event.eventDate, today);
  if (!current.ok) return current;
  const movedTo = event.abroad === true ? destinationAbroad(event.destination) : event.destination;
  return ok({
    reason: 'move-out',
    eventDate: event.eventDate,
    after: { ...current.value, status: 'moved-out', endedOn: event.eventDate, movedTo },
  });
};
