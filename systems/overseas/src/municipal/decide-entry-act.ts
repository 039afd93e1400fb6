/**
 * What an officer at the municipality of domicile records ex officio, as the family register has it (住民基本台帳法 art. 18,
 * 同施行令 art. 18–20): a person who entered the family register, a correction by it, a person who was removed from it.
 * Pure: the entry as it stands and the act give the entry after it, or a refusal.
 */
import type { IsoDate } from '@ishizue/clock';
import type { MunicipalityDirectory } from '@ishizue/municipalities';
import { fail, ok, type Result } from '@ishizue/outcome';
import { isBeforeBirth, isCalendarDate, parseResidentCode, type Sex } from '@ishizue/registry';
import { checkPersonText, parsePartialDate } from '@ishizue/text';
import { resolveDomicile } from '../domicile/resolve-domicile.ts';
import type { EntryReason } from '../identity/overseas-identity.ts';
import { holdsIndividualNumber } from '../identity/without-individual-number.ts';
import type { SupplementaryEntry } from './entry.ts';

interface PersonInRegister {
  readonly name: string;
  /** `YYYY-MM-DD`, `00` for a part that nobody knows. */
  readonly birthDate: string;
  readonly sex: Sex;
}

export type EntryAct = { readonly residentCode: string; readonly eventDate: IsoDate } & (
  | ({
      readonly act: 'enter';
      readonly familyRegister: string;
      readonly familyRegisterHead: string;
      readonly address: string;
      readonly addressFixedOn: IsoDate;
    } & PersonInRegister)
  | ({ readonly act: 'correct' } & Partial<PersonInRegister>)
  | { readonly act: 'delete' }
);

export type EntryActFailure =
  | 'resident-code-malformed'
  | 'resident-code-check-digit'
  | 'resident-code-retired'
  | 'text-refused'
  | 'individual-number-in-text'
  | 'birth-date-invalid'
  | 'event-date-invalid'
  | 'domicile-elsewhere'
  | 'entry-exists'
  | 'entry-unknown'
  | 'entry-deleted'
  | 'correction-changes-nothing';

/** Where and when the act is recorded. */
export interface ActContext {
  readonly municipality: string;
  readonly municipalities: MunicipalityDirectory;
  readonly today: IsoDate;
  /** Whether the act's code is used up: its person goes on under another. */
  readonly isCodeRetired: boolean;
}

export const ACT_REASONS = {
  enter: 'entered',
  correct: 'corrected',
  delete: 'deleted',
} as const satisfies Record<EntryAct['act'], EntryReason>;

export function decideEntryAct(
  held: SupplementaryEntry | undefined,
  act: EntryAct,
  context: ActContext,
): Result<SupplementaryEntry, EntryActFailure> {
  const sound = checkAct(act, context.today);
  if (!sound.ok) return sound;
  if (context.isCodeRetired) return fail('resident-code-retired', 'the resident code is used up');
  if (act.act === 'enter') return decideEnter(held, act, context);
  if (!held) return fail('entry-unknown', 'no entry has the resident code');
  if (held.state === 'deleted') return fail('entry-deleted', 'the entry is deleted');
  const next = { ...held, sequence: held.sequence + 1 };
  if (act.act === 'delete') return ok({ ...next, state: 'deleted', since: act.eventDate });
  const { name = held.name, birthDate = held.birthDate, sex = held.sex } = act;
  if (name === held.name && birthDate === held.birthDate && sex === held.sex)
    return fail('correction-changes-nothing', 'the entry is like this already');
  return ok({ ...next, name, birthDate, sex });
}

function decideEnter(
  held: SupplementaryEntry | undefined,
  act: Extract<EntryAct, { act: 'enter' }>,
  { municipality, municipalities }: ActContext,
): Result<SupplementaryEntry, EntryActFailure> {
  if (held) return fail('entry-exists', 'there is an entry of the resident code');
  const domicile = resolveDomicile(municipalities, act.familyRegister);
  if (!domicile.ok || domicile.value !== municipality)
    return fail('domicile-elsewhere', 'the family register is not of this municipality');
  const residence = resolveDomicile(municipalities, act.address);
  return ok({
    municipality,
    residentCode: act.residentCode,
    state: 'current',
    familyRegister: act.familyRegister,
    familyRegisterHead: act.familyRegisterHead,
    name: act.name,
    address: act.address,
    isOverseas: false,
    addressFixedOn: act.addressFixedOn,
    birthDate: act.birthDate,
    sex: act.sex,
    sequence: 1,
    residence: residence.ok ? residence.value : null,
    residenceSequence: null,
    since: act.addressFixedOn,
  });
}

const TEXT_LENGTH_MAX = 200;

function checkAct(act: EntryAct, today: IsoDate): Result<undefined, EntryActFailure> {
  const code = parseResidentCode(act.residentCode);
  if (!code.ok) return code;
  const texts =
    act.act === 'enter'
      ? [act.name, act.familyRegister, act.familyRegisterHead, act.address]
      : act.act === 'correct' && act.name !== undefined
        ? [act.name]
        : [];
  for (const text of texts) {
    if (text === '' || !checkPersonText(text, TEXT_LENGTH_MAX).ok)
      return fail('text-refused', 'a text is empty, too long, or has characters that may not be stored');
    if (holdsIndividualNumber(text))
      return fail('individual-number-in-text', 'a text holds what may be an individual number');
  }
  return checkDates(act, today);
}

function checkDates(act: EntryAct, today: IsoDate): Result<undefined, EntryActFailure> {
  const birthDate = act.act === 'delete' ? undefined : act.birthDate;
  if (birthDate !== undefined && (!parsePartialDate(birthDate).ok || birthDate > today))
    return fail('birth-date-invalid', 'the birth date is no date, or in the future');
  const days = act.act === 'enter' ? [act.eventDate, act.addressFixedOn] : [act.eventDate];
  if (
    days.some((day) => !isCalendarDate(day) || day > today || isBeforeBirth(day, birthDate ?? '0000-00-00'))
  )
    return fail('event-date-invalid', 'a day is none of the calendar, in the future, or before the birth');
  return ok(undefined);
}
