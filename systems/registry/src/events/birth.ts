/** 出生 (住民基本台帳法 art. 8, 30-3): the child enters the register in a parent's household, with a new resident code. */
import type { IsoDate } from '@ishizue/clock';
import { fail, ok, type Result } from '@ishizue/outcome';
import type { Sex } from '../identity/event-reason.ts';
import type { Resident } from '../municipal/resident.ts';
import { requireCurrent } from './guards.ts';
import type { NewRecord } from './move-in.ts';
import type { Decision, EventFailure } from './resident-event.ts';

export interface Birth {
  readonly reason: 'birth';
  /** The resident code of the parent into whose household the child is entered. */
  readonly parentResidentCode: string;
  readonly eventDate: IsoDate;
  readonly name: string;
  readonly nameKana: string;
  readonly sex: Sex;
  readonly relationship: string;
}

/** The child's first record, made of the parent's household and address. */
export function decideBirth(
  parent: Resident | undefined,
  event: Birth,
  fresh: Omit<NewRecord, 'householdNumber'>,
  today: IsoDate,
): Result<Decision, EventFailure> {
  const current = requireCurrent(parent, event.eventDate, today);
  if (!current.ok) {
    if (current.failure.code === 'resident-not-current')
      return fail('parent-not-current', 'the parent is not a resident of this municipality');
    // a family that moved in after the birth declares the child as moved in
    return current;
  }
  const { householdNumber, wardCode, postalCode, town, lot, building, nationality } = current.value;
  const { domicile, familyRegisterHead } = current.value;
  return ok({
    reason: 'birth',
    eventDate: event.eventDate,
    after: {
      ...fresh,
      householdNumber,
      wardCode,
      postalCode,
      town,
      lot,
      building,
      nationality,
      domicile,
      familyRegisterHead,
      individualNumber: null,
      status: 'resident',
      relationship: event.relationship,
      name: event.name,
      nameKana: event.nameKana,
      formerSurname: null,
      formerSurnameKana: null,
      alias: null,
      aliasKana: null,
      birthDate: event.eventDate,
      sex: event.sex,
      residenceStatus: null,
      stayExpiresOn: null,
      becameResidentOn: event.eventDate,
      addressFixedOn: event.eventDate,
      previousAddress: null,
      endedOn: null,
      movedTo: null,
      sequence: 0,
    },
  });
}
