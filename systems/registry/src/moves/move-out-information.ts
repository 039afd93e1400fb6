/**
 * 転出証明書情報: all that the new municipality needs of a person who moves in (住民基本台帳法施行令 art. 23, 24-3: items of
 * 法 art. 7 (i) to (v) and (xiii), the number, old address, destination and planned day, insurance, pension and allowance,
 * the card). The paper certificate says the same. The form is strict: what is not in it does not travel.
 */
import { z } from 'zod';
import { formatAddress } from '../identity/address.ts';
import type { Resident } from '../municipal/resident.ts';
import { sealedNumber } from '../numbers/number-cipher.ts';
import type { RegistryContext } from '../registry-context.ts';

const text = (length_max: number): z.ZodString => z.string().min(1).max(length_max);
export const municipalityCode = z.string().regex(/^\d{6}$/);
export const residentCode = z.string().regex(/^\d{11}$/);
/** The request id of a declaration. */
export const moveId = z.string().regex(/^[0-9A-Za-z-]{8,64}$/);

/** What the counter takes down of insurance, pension and allowance: other offices' registers hold them. */
export const benefits = z.strictObject({
  nationalHealthInsurance: z.boolean(),
  lateElderlyMedicalCare: z.boolean(),
  longTermCare: z.boolean(),
  /** The insured's category (1 to 3) and the basic pension number. */
  pension: z
    .strictObject({ category: z.int().min(1).max(3), number: z.string().regex(/^\d{10}$/) })
    .nullable(),
  childAllowance: z.boolean(),
});
export type Benefits = Readonly<z.infer<typeof benefits>>;

export const NO_BENEFITS: Benefits = {
  nationalHealthInsurance: false,
  lateElderlyMedicalCare: false,
  longTermCare: false,
  pension: null,
  childAllowance: false,
};

export const personalDetails = z.strictObject({
  name: text(100),
  nameKana: z.string().max(150),
  formerSurname: text(50).nullable(),
  formerSurnameKana: text(80).nullable(),
  alias: text(100).nullable(),
  aliasKana: text(150).nullable(),
  birthDate: z.string().regex(/^\d{4}-\d{2}-\d{2}$/),
  sex: z.union([z.literal(1), z.literal(2), z.literal(3)]),
  nationality: z.string().regex(/^[A-Z]{3}$/),
  residenceStatus: text(50).nullable(),
  stayExpiresOn: z.iso.date().nullable(),
  domicile: text(200).nullable(),
  familyRegisterHead: text(100).nullable(),
});

export const moveOutInformation = z.strictObject({
  moveId,
  municipality: municipalityCode,
  residentCode,
  individualNumber: sealedNumber.nullable(),
  details: personalDetails,
  relationship: text(30),
  /** The name of the head of the old household; null where it had none. */
  head: text(100).nullable(),
  /** The old address, in full. */
  address: text(500),
  residentSince: z.iso.date(),
  destination: text(300),
  plannedOn: z.iso.date(),
  benefits,
  /** The card that was shown with the declaration. */
  cardId: z.string().max(64).nullable(),
});
export type MoveOutInformation = Readonly<z.infer<typeof moveOutInformation>>;

/** The plan that the information is of. */
export interface PlannedJourney {
  readonly moveId: string;
  readonly destination: string;
  readonly plannedOn: string;
}

/** The information of one mover, from the record as it stands. */
export function informationOf(
  context: RegistryContext,
  resident: Resident,
  head: string | null,
  journey: PlannedJourney,
  mover: { readonly benefits: Benefits; readonly cardId: string | null },
): MoveOutInformation {
  const r = resident;
  return {
    moveId: journey.moveId,
    municipality: r.municipality,
    residentCode: r.residentCode,
    individualNumber: r.individualNumber,
    details: {
      name: r.name,
      nameKana: r.nameKana,
      formerSurname: r.formerSurname,
      formerSurnameKana: r.formerSurnameKana,
      alias: r.alias,
      aliasKana: r.aliasKana,
      birthDate: r.birthDate,
      sex: r.sex,
      nationality: r.nationality,
      residenceStatus: r.residenceStatus,
      stayExpiresOn: r.stayExpiresOn,
      domicile: r.domicile,
      familyRegisterHead: r.familyRegisterHead,
    },
    relationship: r.relationship,
    head,
    address: formatAddress(context.municipalities, r.municipality, r),
    residentSince: r.becameResidentOn,
    destination: journey.destination,
    plannedOn: journey.plannedOn,
    benefits: mover.benefits,
    cardId: mover.cardId,
  };
}
