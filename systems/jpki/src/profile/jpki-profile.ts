/**
 * What an operator may configure of the profiles, and the distinguished names made of it. Everything that the public
 * sources leave open about names is decided here and nowhere else. No production authority: O is `JPKI-TEST` unless the
 * operator says otherwise.
 */
import { attribute, encodeName, type GeneralName, type Name } from '@ishizue/x509';
import type { CertificateKind } from './certificate-kind.ts';
import type { CrlArea } from './crl-area.ts';
import { type KeyTypes, publishedKeyTypes } from './key-types.ts';

export interface JpkiProfile {
  /** O of the authorities and of the CRL distribution points. */
  readonly organisation: string;
  /** The last OU of the authorities. */
  readonly agency: string;
  /** O and last OU of the authorities' alternative name. */
  readonly organisationInJapanese: string;
  readonly agencyInJapanese: string;
  /** Where the practice statement is. */
  readonly cpsUri: string;
  /** Where the OCSP responder answers for all authorities. */
  readonly ocspUri: string;
  /** Of responders that are made from now on; RSA is what every client takes, P-256 signs ten times as fast. */
  readonly responderKey: 'rsa-2048' | 'p-256';
  /** Of holders and of new generations, by the day. */
  readonly keyTypes: KeyTypes;
  readonly policies: Readonly<Record<CertificateKind, string>>;
}

/**
 * The profile that a country gets where its operator configures none. Open in the sources: a policy of the test
 * environment is known for the signature certificate only (…8.5.1.0.20), so both kinds name the published policies. The policies of phones: certificate-kind.ts.
 */
export const testProfile: JpkiProfile = {
  organisation: 'JPKI-TEST',
  agency: 'Japan Agency for Local Authority Information Systems',
  organisationInJapanese: '公的個人認証サービス',
  agencyInJapanese: '地方公共団体情報システム機構',
  cpsUri: 'http://jpki.test/cps.html',
  ocspUri: 'http://jpki.test/ocsp',
  responderKey: 'rsa-2048',
  keyTypes: publishedKeyTypes,
  policies: {
    signature: '1.2.392.200149.8.5.1.1.20',
    authentication: '1.2.392.200149.8.5.1.3.30',
    'phone-signature': '1.2.392.200149.8.5.1.1.40',
    'phone-authentication': '1.2.392.200149.8.5.1.3.50',
  },
};

/** Open in the sources: the names of the authorities for phones, and so of their distribution points, are ours. */
const AUTHORITY_UNITS: Readonly<Record<CertificateKind, string>> = {
  signature: 'JPKI for digital signature',
  authentication: 'JPKI for user authentication',
  'phone-signature': 'JPKI for digital signature of mobile devices',
  'phone-authentication': 'JPKI for user authentication of mobile devices',
};

const AUTHORITY_UNITS_IN_JAPANESE: Readonly<Record<CertificateKind, string>> = {
  signature: '公的個人認証サービス署名用',
  authentication: '公的個人認証サービス利用者証明用',
  'phone-signature': '公的個人認証サービス移動端末設備署名用',
  'phone-authentication': '公的個人認証サービス移動端末設備利用者証明用',
};

/** Issuer and subject of an authority; all its generations have the same. */
export const authorityName = (profile: JpkiProfile, kind: CertificateKind): Name =>
  encodeName([
    attribute('C', 'JP'),
    attribute('O', profile.organisation),
    attribute('OU', AUTHORITY_UNITS[kind]),
    attribute('OU', profile.agency),
  ]);

/** The authority's name in Japanese: its subjectAltName, and issuerAltName of what it issues. */
export const authorityAlternativeName = (profile: JpkiProfile, kind: CertificateKind): GeneralName => ({
  kind: 'directoryName',
  name: encodeName([
    attribute('C', 'JP'),
    attribute('O', profile.organisationInJapanese),
    attribute('OU', AUTHORITY_UNITS_IN_JAPANESE[kind]),
    attribute('OU', profile.agencyInJapanese),
  ]),
});

/** The CRL distribution point of an area: a directory name, not an address. */
export const distributionPointName = (
  profile: JpkiProfile,
  kind: CertificateKind,
  { prefecture, area }: CrlArea,
): GeneralName => ({
  kind: 'directoryName',
  name: encodeName([
    attribute('C', 'JP'),
    attribute('O', profile.organisation),
    attribute('OU', AUTHORITY_UNITS[kind]),
    attribute('OU', 'CRL Distribution Points'),
    attribute('OU', prefecture),
    attribute('CN', `${area} CRLDP`),
  ]),
});
