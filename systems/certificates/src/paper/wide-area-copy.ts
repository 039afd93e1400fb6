/**
 * The content of a wide-area copy (広域交付, 住民基本台帳法 art. 12-4), made from what the person's own municipality has told and
 * from nothing else. Domicile, number and what the law leaves out besides are not there to be printed.
 */
import type { IsoDate } from '@ishizue/clock';
import { mustSucceed } from '@ishizue/outcome';
import type { TakenCopy } from '@ishizue/registry';
import { formatPartialWareki, parsePartialDate } from '@ishizue/text';
import { nationalityName } from './nationality-name.ts';
import {
  type CopiedMember,
  type CopiedOrigin,
  type Issuer,
  plain,
  plainOrNull,
  type RecordCopy,
  SEXES,
  wareki,
} from './record-copy.ts';

/** Who prints it, when, and whose register it tells of. */
export interface WideAreaSource {
  readonly certificateId: string;
  readonly issuedOn: IsoDate;
  readonly issuer: Issuer;
  /** 東京都清瀬市 */
  readonly residence: string;
}

/** Makes the content. The texts are sound (the register that sent them checked them); an unsound one throws. */
export function copyOfWideArea(source: WideAreaSource, { wish, content }: TakenCopy): RecordCopy {
  return {
    certificateId: source.certificateId,
    issuer: source.issuer,
    issuedOn: wareki(source.issuedOn),
    isWholeHousehold: wish.extent === 'household',
    address: plain(content.address),
    headOfHousehold: wish.withRelationship ? plain(content.head ?? '') : null,
    members: content.persons.map(memberOf),
    residence: source.residence,
  };
}

type Person = TakenCopy['content']['persons'][number];

function memberOf(person: Person): CopiedMember {
  return {
    name: plain(person.name),
    nameKana: plain(person.nameKana),
    formerSurname: plainOrNull(person.formerSurname),
    alias: plainOrNull(person.alias),
    birthDate: formatPartialWareki(mustSucceed(parsePartialDate(person.birthDate), 'a birth date')),
    sex: SEXES[person.sex],
    relationship: plainOrNull(person.relationship),
    becameResidentOn: wareki(person.becameResidentOn),
    addressFixedOn: wareki(person.addressFixedOn),
    previousAddress: plainOrNull(person.previousAddress),
    origin: person.foreign && originOf(person.foreign),
    ...(person.residentCode === null ? {} : { residentCode: person.residentCode }),
  };
}

const originOf = (foreign: NonNullable<Person['foreign']>): CopiedOrigin => ({
  kind: 'foreign',
  nationality: nationalityName(foreign.nationality),
  residenceStatus: plain(foreign.residenceStatus ?? ''),
  stayExpiresOn: foreign.stayExpiresOn === null ? '' : wareki(foreign.stayExpiresOn),
});
