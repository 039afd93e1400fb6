/**
 * The content of a copy of the resident record (住民票の写し, 住民基本台帳法 art. 12, items of art. 7): a pure value made
 * from the record of one household and nothing else. What was not asked for is not in it: it cannot be printed by
 * mistake. Kiosk copies never hold the resident code or the individual number (住民票コード・個人番号).
 */
import { createHash } from 'node:crypto';
import type { IsoDate } from '@ishizue/clock';
import type { MunicipalityDirectory } from '@ishizue/municipalities';
import { mustSucceed } from '@ishizue/outcome';
import { formatAddress, type Resident } from '@ishizue/registry';
import { formatPartialWareki, formatWareki, parsePartialDate, resolveGlyphReferences } from '@ishizue/text';
import type { CertificateWish } from '../certificate-class.ts';
import { nationalityName } from './nationality-name.ts';

/** One person on the paper; every field is as it is printed, null where it is left out or the record has none. */
export interface CopiedMember {
  readonly name: string;
  readonly nameKana: string;
  readonly formerSurname: string | null;
  readonly alias: string | null;
  readonly birthDate: string;
  readonly sex: string;
  readonly relationship: string | null;
  readonly becameResidentOn: string;
  readonly addressFixedOn: string;
  readonly previousAddress: string | null;
  readonly origin: CopiedOrigin | null;
  /** On wide-area copies for which it was asked for. */
  readonly residentCode?: string;
}

/** Where a person is from: the family register of a national, nationality and status of residence of others. */
export type CopiedOrigin =
  | { readonly kind: 'family-register'; readonly domicile: string; readonly head: string }
  | {
      readonly kind: 'foreign';
      readonly nationality: string;
      readonly residenceStatus: string;
      readonly stayExpiresOn: string;
    };

/** Who issues and signs: 清瀬市長. */
export interface Issuer {
  readonly municipality: string;
  /** 清瀬市長 */
  readonly title: string;
  readonly mayor: string;
  /** 清瀬市長之印 */
  readonly sealText: string;
}

export interface RecordCopy {
  readonly certificateId: string;
  readonly issuer: Issuer;
  readonly issuedOn: string;
  readonly isWholeHousehold: boolean;
  readonly address: string;
  /** Null where it was not asked for. */
  readonly headOfHousehold: string | null;
  readonly members: readonly CopiedMember[];
  /** Of a wide-area copy (広域交付): the municipality whose register it tells of, 東京都清瀬市. */
  readonly residence?: string;
}

/** What a copy is made from: one household's records as they were read for this one request. */
export interface CopySource {
  readonly certificateId: string;
  readonly issuedOn: IsoDate;
  readonly issuer: Issuer;
  readonly wish: CertificateWish;
  /** Who asked. */
  readonly subject: Resident;
  /** Those who are printed, the head first. */
  readonly members: readonly Resident[];
  /** The head of their household. */
  readonly head: Resident | undefined;
}

/** Makes the content. The records' texts are sound (the register checked them); an unsound one throws. */
export function copyOfRecord(municipalities: MunicipalityDirectory, source: CopySource): RecordCopy {
  const { wish, subject, members } = source;
  return {
    certificateId: source.certificateId,
    issuer: source.issuer,
    issuedOn: wareki(source.issuedOn),
    isWholeHousehold: wish.extent === 'household',
    address: plain(formatAddress(municipalities, subject.municipality, subject)),
    headOfHousehold: wish.withRelationship ? plain(source.head?.name ?? '') : null,
    members: members.map((member) => copyOfMember(member, wish)),
  };
}

/** SHA-256 of the content, hexadecimal: printed on the paper in short, stored in full. */
export function digestOf(content: object): string {
  return createHash('sha256').update(JSON.stringify(content)).digest('hex');
}

function copyOfMember(member: Resident, wish: CertificateWish): CopiedMember {
  return {
    name: plain(member.name),
    nameKana: plain(member.nameKana),
    formerSurname: plainOrNull(member.formerSurname),
    alias: plainOrNull(member.alias),
    birthDate: formatPartialWareki(
      mustSucceed(parsePartialDate(member.birthDate), 'a birth date of the register'),
    ),
    sex: SEXES[member.sex],
    relationship: wish.withRelationship ? plain(member.relationship) : null,
    becameResidentOn: wareki(member.becameResidentOn),
    addressFixedOn: wareki(member.addressFixedOn),
    previousAddress: plainOrNull(member.previousAddress),
    origin: wish.withDomicile ? originOf(member) : null,
  };
}

/** As papers write them. */
export const SEXES = { 1: '男', 2: '女', 3: '不詳' } as const;
const NATIONAL = 'JPN';

function originOf(member: Resident): CopiedOrigin {
  if (member.nationality === NATIONAL) {
    return {
      kind: 'family-register',
      domicile: plain(member.domicile ?? ''),
      head: plain(member.familyRegisterHead ?? ''),
    };
  }
  return {
    kind: 'foreign',
    nationality: nationalityName(member.nationality),
    residenceStatus: plain(member.residenceStatus ?? ''),
    stayExpiresOn: member.stayExpiresOn === null ? '' : wareki(member.stayExpiresOn),
  };
}

export const wareki = (date: IsoDate): string => mustSucceed(formatWareki(date), 'a date of the register');
/** The text with the glyphs that it names as `{MJ028902}`. */
export const plain = (text: string): string =>
  mustSucceed(resolveGlyphReferences(text), 'a text of the register');
export const plainOrNull = (text: string | null): string | null => (text === null ? null : plain(text));
