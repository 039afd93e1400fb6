/**
 * The four items (基本4情報) as the signature certificate holds them: otherNames under one arc, in the order 1, 4, 3, 5, 2, 6.
 * Name and address pass through the substitution of characters that JIS does not have; .2 and .6 say where.
 */
import { fail, ok, type Result } from '@ishizue/outcome';
import {
  type CertificateText,
  countCharacters,
  formatEraPrefixedDate,
  NO_SUBSTITUTE,
  type PartialDate,
  type Substitutes,
  substituteForCertificate,
} from '@ishizue/text';
import { type GeneralName, utf8OtherName } from '@ishizue/x509';

/** The arc of the attributes; the last number tells which. */
export const ATTRIBUTE_ARC = '1.2.392.200149.8.5.5';

export const ATTRIBUTE_OF = {
  name: `${ATTRIBUTE_ARC}.1`,
  nameFlags: `${ATTRIBUTE_ARC}.2`,
  sex: `${ATTRIBUTE_ARC}.3`,
  birthDate: `${ATTRIBUTE_ARC}.4`,
  address: `${ATTRIBUTE_ARC}.5`,
  addressFlags: `${ATTRIBUTE_ARC}.6`,
} as const;

const ADDRESS_CHARACTERS_MAX = 200;
/** Open in the sources; what the registry stores of a name at the most. */
const NAME_CHARACTERS_MAX = 200;

/** The person as the registry has them; open in the sources: sex unknown is 3 here (one source says 9). */
export interface HolderIdentity {
  readonly name: string;
  readonly birth: PartialDate;
  readonly sex: 1 | 2 | 3;
  readonly address: string;
}

export interface HolderAttributes {
  readonly name: CertificateText;
  readonly birthDate: string;
  readonly sex: string;
  readonly address: CertificateText;
}

export type AttributesFailure = 'substitute-needed' | 'holder-text-too-long';

/** The attributes of a person; refused where a character has no substitute, which the counter has to choose. */
export function holderAttributes(
  person: HolderIdentity,
  chosen: Substitutes = {},
): Result<HolderAttributes, AttributesFailure> {
  const name = substituteForCertificate(person.name, chosen);
  const address = substituteForCertificate(person.address, chosen);
  if (isUndecided(name) || isUndecided(address))
    return fail('substitute-needed', 'a character of the name or the address has no substitute');
  if (countCharacters(name.text) > NAME_CHARACTERS_MAX)
    return fail('holder-text-too-long', `a name of more than ${NAME_CHARACTERS_MAX} characters`);
  if (countCharacters(address.text) > ADDRESS_CHARACTERS_MAX)
    return fail('holder-text-too-long', `an address of more than ${ADDRESS_CHARACTERS_MAX} characters`);
  return ok({ name, birthDate: formatEraPrefixedDate(person.birth), sex: String(person.sex), address });
}

const isUndecided = ({ text, flags }: CertificateText): boolean =>
  Array.from(text).some((character, index) => character === NO_SUBSTITUTE && flags[index] === '1');

/** subjectAltName of the signature certificate. Public code mixes up 5 and 6: the order is the profile's, not ours. */
export const attributeNames = ({ name, birthDate, sex, address }: HolderAttributes): GeneralName[] => [
  utf8OtherName(ATTRIBUTE_OF.name, name.text),
  utf8OtherName(ATTRIBUTE_OF.birthDate, birthDate),
  utf8OtherName(ATTRIBUTE_OF.sex, sex),
  utf8OtherName(ATTRIBUTE_OF.address, address.text),
  utf8OtherName(ATTRIBUTE_OF.nameFlags, name.flags),
  utf8OtherName(ATTRIBUTE_OF.addressFlags, address.flags),
];
