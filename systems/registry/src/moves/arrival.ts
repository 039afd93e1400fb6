/**
 * What a move-in notice (転入通知, 住民基本台帳法 art. 9; 施行令 art. 13) means for the record at the old municipality. Pure. Whoever is
 * current with an open plan leaves on the day of the notice; a record deleted by the planned day gets its destination put
 * right. Anything else is nobody's to guess: it waits for an officer.
 */
import type { IsoDate } from '@ishizue/clock';
import { decideMoveOut } from '../events/move-out.ts';
import type { Decision } from '../events/resident-event.ts';
import { isSamePerson } from '../identity/same-person.ts';
import type { Resident } from '../municipal/resident.ts';
import type { MoveInNoticeBody } from './move-messages.ts';
import { isOpenMover } from './planned-mover.ts';
import type { PlannedMover } from './planned-mover-store.ts';

export type Arrival =
  | { readonly kind: 'leaves'; readonly before: Resident; readonly decision: Decision }
  | { readonly kind: 'annotated'; readonly record: Resident }
  | { readonly kind: 'unsettled'; readonly code: string };

const unsettled = (code: string): Arrival => ({ kind: 'unsettled', code });

/** @param plan the plan that counts: the open one, else the last closed one */
export function decideArrivalElsewhere(
  record: Resident | undefined,
  plan: PlannedMover | undefined,
  notice: MoveInNoticeBody,
  today: IsoDate,
): Arrival {
  if (!record) return unsettled('resident-not-found');
  if (!isSamePerson(record, notice)) return unsettled('identity-differs');
  if (record.status === 'moved-out') {
    if (notice.movedOn < record.becameResidentOn) return unsettled('event-before-entry');
    if (plan?.state === 'out' && plan.arrivedAt !== notice.from) return unsettled('arrived-elsewhere');
    return { kind: 'annotated', record };
  }
  if (record.status === 'resident' && !(plan && isOpenMover(plan.state))) return unsettled('no-planned-move');
  const { residentCode, movedOn, address } = notice;
  const event = { reason: 'move-out' as const, residentCode, eventDate: movedOn, destination: address };
  const decided = decideMoveOut(record, event, today);
  return decided.ok
    ? { kind: 'leaves', before: record, decision: decided.value }
    : unsettled(decided.failure.code);
}
