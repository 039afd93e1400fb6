/**
 * The CRL of one distribution point, or of a whole generation (RFC 5280 5): the issuing distribution point is the very
 * directory name that the certificates of the area carry; the list of everything has none. Daily in the real service;
 * valid two days here, so that one missed publication breaks nobody.
 */
import { crlNumber, type Extension, issuingDistributionPoint, type TbsCertListSpec } from '@ishizue/x509';
import type { CrlArea } from './crl-area.ts';
import { type IssuingAuthority, listAuthorityKey } from './issuing-authority.ts';
import { distributionPointName, type JpkiProfile } from './jpki-profile.ts';

export const CRL_VALID_MS = 48 * 3_600_000;

export interface CertificateListSpec {
  readonly profile: JpkiProfile;
  readonly authority: IssuingAuthority;
  /** Undefined for the list of the whole generation. */
  readonly area: CrlArea | undefined;
  readonly number: bigint;
  readonly thisUpdate: number;
}

/** All of TBSCertList but its entries. */
export function certificateListSpec(spec: CertificateListSpec): TbsCertListSpec {
  const { profile, authority, area } = spec;
  const scope: Extension[] =
    area === undefined
      ? []
      : [issuingDistributionPoint({ fullName: [distributionPointName(profile, authority.kind, area)] })];
  return {
    signatureAlgorithm: authority.algorithm,
    issuer: authority.name,
    thisUpdate: spec.thisUpdate,
    nextUpdate: spec.thisUpdate + CRL_VALID_MS,
    extensions: [listAuthorityKey(authority), crlNumber(spec.number), ...scope],
  };
}
