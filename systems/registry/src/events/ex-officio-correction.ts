/**
 * 職権修正 (住民基本台帳法施行令 art. 12; 規則 art. 11): the record says something else than what is so (a family-register
 * notice, a mistake found). Unlike a minor correction it may change who the person is said to be, so it revokes a
 * signature certificate (公的個人認証法 art. 12).
 */
import type { IsoDate } from '@ishizue/clock';
import { fail, ok } from '@ishizue/outcome';
import { parsePartialDate } from '@ishizue/text';
import type { PersonalDetails, Resident, ResidentialAddress } from '../municipal/resident.ts';
import { isBeforeBirth, requireCurrent } from './guards.ts';
import type { Decide } from './resident-event.ts';

export interface ExOfficioCorrection {
  readonly reason: 'ex-officio-correction';
  readonly residentCode: string;
  readonly eventDate: IsoDate;
  /** What is written anew; what is absent stays. */
  readonly details?: Partial<PersonalDetails>;
  readonly address?: ResidentialAddress;
  /** What the correction rests on. */
  readonly basis: string;
}

export const decideExOfficioCorrection: Decide<ExOfficioCorrection> = (before, event, today) => {
  const current = requireCurrent(before, event.eventDate, today);
  if (!current.ok) return current;
  const was = current.value;
  const after: Resident = { ...was, ...event.details, ...event.address };
  if (!parsePartialDate(after.birthDate).ok)
    return fail('birth-date-invalid', 'the birth date is no date, nor one of which the end is unknown');
  if (isBeforeBirth(was.becameResidentOn, after.birthDate))
    return fail('event-before-birth', 'the person would have been a resident before the birth');
  const written: Partial<Resident> = { ...event.details, ...event.address };
  const said: Readonly<Record<string, unknown>> = { ...was };
  if (Object.entries(written).every(([item, value]) => said[item] === value))
    return fail('correction-changes-nothing', 'the correction leaves everything as it is');
  return ok({ reason: 'ex-officio-correction', eventDate: event.eventDate, after });
};
