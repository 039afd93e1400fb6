/**
 * 職権記載 (住民基本台帳法 art. 8; 施行令 art. 12): who lives here and did not declare it is entered ex officio, on facts that
 * the municipality has found. What holds of a move-in holds of it.
 */
import { decideMoveIn, type MoveIn, type NewRecord } from './move-in.ts';
import type { Decide } from './resident-event.ts';

export interface ExOfficioEntry extends Omit<MoveIn, 'reason'> {
  readonly reason: 'ex-officio-entry';
  /** What the entry rests on: the notice, judgement or inquiry. */
  readonly basis: string;
}

export const decideExOfficioEntry =
  (fresh: NewRecord): Decide<ExOfficioEntry> =>
  (before, event, today) => {
    const entered = decideMoveIn(fresh)(before, { ...event, reason: 'move-in' }, today);
    return entered.ok ? { ...entered, value: { ...entered.value, reason: event.reason } } : entered;
  };
