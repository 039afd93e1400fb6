/**
 * 旧氏の記載, 変更, 削除 (住民基本台帳法施行令 art. 30-13, 30-14): a surname that the person had before, beside the name. Identity
 * data, but not one of the four items: it revokes no certificate.
 */
import type { IsoDate } from '@ishizue/clock';
import { fail, ok } from '@ishizue/outcome';
import { requireCurrent } from './guards.ts';
import type { Decide } from './resident-event.ts';

export interface FormerSurnameChange {
  readonly reason: 'former-surname-change';
  readonly residentCode: string;
  readonly eventDate: IsoDate;
  /** Null where the former surname is deleted. */
  readonly formerSurname: string | null;
  readonly formerSurnameKana: string | null;
}

export const decideFormerSurnameChange: Decide<FormerSurnameChange> = (before, event, today) => {
  const current = requireCurrent(before, event.eventDate, today);
  if (!current.ok) return current;
  const was = current.value;
  if (was.nationality !== 'JPN')
    return fail('nationality-does-not-fit', 'a former surname is one of the Japanese family register');
  const formerSurnameKana = event.formerSurname === null ? null : event.formerSurnameKana;
  if (was.formerSurname === event.formerSurname && was.formerSurnameKana === formerSurnameKana)
    return fail('correction-changes-nothing', 'the former surname is the one that the record has');
  const after = { ...was, formerSurname: event.formerSurname, formerSurnameKana };
  return ok({ reason: 'former-surname-change', eventDate: event.eventDate, after });
};
