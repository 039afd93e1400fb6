/** The object identifiers of extensions, key purposes, access methods and qualifiers (RFC 5280, RFC 6960, RFC 9654). */
import { encodeOid } from '../der/oid.ts';

export const EXTENSION_OIDS = {
  subjectKeyIdentifier: '2.5.29.14',
  keyUsage: '2.5.29.15',
  subjectAltName: '2.5.29.17',
  issuerAltName: '2.5.29.18',
  basicConstraints: '2.5.29.19',
  crlNumber: '2.5.29.20',
  reasonCode: '2.5.29.21',
  invalidityDate: '2.5.29.24',
  deltaCrlIndicator: '2.5.29.27',
  issuingDistributionPoint: '2.5.29.28',
  certificateIssuer: '2.5.29.29',
  nameConstraints: '2.5.29.30',
  crlDistributionPoints: '2.5.29.31',
  certificatePolicies: '2.5.29.32',
  policyMappings: '2.5.29.33',
  authorityKeyIdentifier: '2.5.29.35',
  policyConstraints: '2.5.29.36',
  extKeyUsage: '2.5.29.37',
  freshestCrl: '2.5.29.46',
  inhibitAnyPolicy: '2.5.29.54',
  authorityInfoAccess: '1.3.6.1.5.5.7.1.1',
  ocspNonce: '1.3.6.1.5.5.7.48.1.2',
  ocspNoCheck: '1.3.6.1.5.5.7.48.1.5',
} as const;

/** Key purposes of extKeyUsage (RFC 5280 4.2.1.12). */
export const KEY_PURPOSE_OIDS = {
  any: '2.5.29.37.0',
  serverAuth: '1.3.6.1.5.5.7.3.1',
  clientAuth: '1.3.6.1.5.5.7.3.2',
  codeSigning: '1.3.6.1.5.5.7.3.3',
  emailProtection: '1.3.6.1.5.5.7.3.4',
  timeStamping: '1.3.6.1.5.5.7.3.8',
  ocspSigning: '1.3.6.1.5.5.7.3.9',
} as const;

export const OCSP_ACCESS_OID = '1.3.6.1.5.5.7.48.1';
export const CA_ISSUERS_ACCESS_OID = '1.3.6.1.5.5.7.48.2';
export const CPS_QUALIFIER_OID = '1.3.6.1.5.5.7.2.1';
export const ANY_POLICY_OID = '2.5.29.32.0';

// Encoding an identifier remembers it, so that reading one of these allocates nothing.
for (const oid of [...Object.values(EXTENSION_OIDS), ...Object.values(KEY_PURPOSE_OIDS)]) encodeOid(oid);
