/** What a certificate says of the generation that issues it; resolved by key, never by name, which generations share. */
import {
  authorityKeyIdentifier,
  crlDistributionPoints,
  type Extension,
  issuerAltName,
  type Name,
  type SignatureAlgorithm,
  subjectKeyIdentifier,
} from '@ishizue/x509';
import { keyIdentifierOf } from './authority-certificate.ts';
import type { CertificateKind } from './certificate-kind.ts';
import type { CrlArea } from './crl-area.ts';
import { authorityAlternativeName, distributionPointName, type JpkiProfile } from './jpki-profile.ts';

export interface IssuingAuthority {
  readonly kind: CertificateKind;
  readonly name: Name;
  readonly keyIdentifier: Uint8Array;
  /** That its key signs with. */
  readonly algorithm: SignatureAlgorithm;
  /** Of the authority's own certificate. */
  readonly serial: Uint8Array;
}

/** A holder's certificate to write. Instants are milliseconds since the epoch. */
export interface HolderCertificateSpec {
  readonly profile: JpkiProfile;
  readonly authority: IssuingAuthority;
  readonly serial: Uint8Array;
  readonly notBefore: number;
  readonly notAfter: number;
  /** SubjectPublicKeyInfo in DER. */
  readonly publicKey: Uint8Array;
  /** The common name, see holder-number.ts. */
  readonly holderNumber: string;
  readonly area: CrlArea;
}

/** The authority in Japanese, and where its list for the holder's area is: both kinds have these two in a row. */
export const issuerAndList = ({ profile, authority, area }: HolderCertificateSpec): Extension[] => [
  issuerAltName([authorityAlternativeName(profile, authority.kind)]),
  crlDistributionPoints([{ fullName: [distributionPointName(profile, authority.kind, area)] }]),
];

/** The keys of issuer and subject, which end both kinds. */
export const keyIdentifiers = ({ authority, publicKey }: HolderCertificateSpec): Extension[] => [
  issuerKey(authority),
  subjectKeyIdentifier(keyIdentifierOf(publicKey)),
];

/** authorityKeyIdentifier with all three parts, as the real ones have it. */
export const issuerKey = (authority: IssuingAuthority): Extension =>
  authorityKeyIdentifier({
    keyIdentifier: authority.keyIdentifier,
    issuer: [{ kind: 'directoryName', name: authority.name }],
    serial: authority.serial,
  });

/** authorityKeyIdentifier of a CRL: the key alone (RFC 5280 5.2.1). */
export const listAuthorityKey = (authority: IssuingAuthority): Extension =>
  authorityKeyIdentifier({ keyIdentifier: authority.keyIdentifier });
