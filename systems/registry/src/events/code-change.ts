/**
 * 住民票コードの記載の変更 (住民基本台帳法 art. 30-4): a current resident asks for another code, at any time and without a reason, and
 * does not choose it. 住民票コードの職権記載等: the municipality corrects a code that was written by mistake. Everything but
 * the code stays. A change is not undone: who wants another code again gets a third one.
 */
import type { IsoDate } from '@ishizue/clock';
import { ok, type Result } from '@ishizue/outcome';
import type { Resident } from '../municipal/resident.ts';
import { requireCurrent } from './guards.ts';
import type { Decision, EventFailure } from './resident-event.ts';

export interface CodeChange {
  readonly reason: 'resident-code-change';
  readonly residentCode: string;
  readonly eventDate: IsoDate;
}

export interface ExOfficioCodeChange {
  readonly reason: 'ex-officio-code-change';
  readonly residentCode: string;
  readonly eventDate: IsoDate;
  /** What the correction rests on. */
  readonly basis: string;
}

/** @param newCode from the municipality's store */
export function decideCodeChange(
  before: Resident | undefined,
  event: CodeChange | ExOfficioCodeChange,
  newCode: string,
  today: IsoDate,
): Result<Decision, EventFailure> {
  const current = requireCurrent(before, event.eventDate, today);
  if (!current.ok) return current;
  const { residentCode: formerCode } = current.value;
  if (formerCode === newCode) throw new Error('the store gave a code that is in use');
  return ok({
    reason: event.reason,
    eventDate: event.eventDate,
    formerCode,
    after: { ...current.value, residentCode: newCode },
  });
}
