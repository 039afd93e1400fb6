/**
 * The shapes of the names in the profiles, told anew from their text: a lint that used the builders would pass their
 * mistakes. An organisation's name is the operator's choice; that it is the same everywhere is not.
 */
import { ATTRIBUTE_OIDS, type GeneralName, type Name, type NameAttribute } from '@ishizue/x509';
import { CERTIFICATE_KINDS, type CertificateKind } from '../profile/certificate-kind.ts';

const { C, O, OU, CN } = ATTRIBUTE_OIDS;

const UNITS = {
  signature: { latin: 'JPKI for digital signature', japanese: '公的個人認証サービス署名用' },
  authentication: { latin: 'JPKI for user authentication', japanese: '公的個人認証サービス利用者証明用' },
  'phone-signature': {
    latin: 'JPKI for digital signature of mobile devices',
    japanese: '公的個人認証サービス移動端末設備署名用',
  },
  'phone-authentication': {
    latin: 'JPKI for user authentication of mobile devices',
    japanese: '公的個人認証サービス移動端末設備利用者証明用',
  },
} as const satisfies Readonly<Record<CertificateKind, unknown>>;

/** One attribute of a shape: its type, and its value where the profile fixes it. */
export type ExpectedAttribute = readonly [oid: string, value?: string | RegExp];

const isAsExpected = (found: NameAttribute | undefined, [oid, value]: ExpectedAttribute): boolean =>
  found !== undefined &&
  found.oid === oid &&
  found.type === (oid === C ? 'printable' : 'utf8') &&
  (value === undefined || (typeof value === 'string' ? found.value === value : value.test(found.value)));

/** Whether a name has exactly these attributes, one a level: C as PrintableString, all others as UTF8String. */
export function hasShape(name: Name, expected: readonly ExpectedAttribute[]): boolean {
  const levels = name.relativeNames;
  return (
    levels.length === expected.length &&
    expected.every((each, index) => levels[index]?.length === 1 && isAsExpected(levels[index][0], each))
  );
}

/** The name of a general name that is a directory name and nothing else. */
const soleDirectoryName = (names: readonly GeneralName[] | undefined): Name | undefined =>
  names?.length === 1 && names[0]?.kind === 'directoryName' ? names[0].name : undefined;

/** `C=JP, O, OU=JPKI for …, OU` */
export const isAuthorityName = (name: Name, kind: CertificateKind): boolean =>
  hasShape(name, [[C, 'JP'], [O], [OU, UNITS[kind].latin], [OU]]);

/** Which authority's name it is, if any's. */
export const authorityKindOf = (name: Name): CertificateKind | undefined =>
  CERTIFICATE_KINDS.find((kind) => isAuthorityName(name, kind));

export function isAuthorityNameInJapanese(
  names: readonly GeneralName[] | undefined,
  kind: CertificateKind,
): boolean {
  const name = soleDirectoryName(names);
  return name !== undefined && hasShape(name, [[C, 'JP'], [O], [OU, UNITS[kind].japanese], [OU]]);
}

export const PREFECTURE = /^(?:Hokkaido|[A-Z][a-z]+-(?:to|fu|ken))$/;
/** A municipality, or a ward after its city; towns and villages without their county. */
export const AREA = /^[A-Z][A-Za-z]*(?:-[A-Z]?[A-Za-z]+)*-(?:shi|ku|cho|machi|mura|son)$/;
const LIST_OF_AREA = new RegExp(`${AREA.source.slice(0, -1)} CRLDP$`);

/** The distribution point of an area under the authority of `issuer`. */
export function isDistributionPoint(
  names: readonly GeneralName[] | undefined,
  kind: CertificateKind,
  issuer: Name,
): boolean {
  const name = soleDirectoryName(names);
  return (
    name !== undefined &&
    hasShape(name, [
      [C, 'JP'],
      [O, issuer.find('O') ?? ''],
      [OU, UNITS[kind].latin],
      [OU, 'CRL Distribution Points'],
      [OU, PREFECTURE],
      [CN, LIST_OF_AREA],
    ])
  );
}
