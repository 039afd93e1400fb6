/**
 * The door of X.509: certificates, CRLs, OCSP messages and certification requests, written and read in strict DER, and
 * linted before they are signed. Nothing here signs: builders hand out the octets to sign, and assemblers put the
 * signature on. Instants are milliseconds since the epoch; octets that were read alias the input.
 */
export {
  type AlgorithmIdentifier,
  findSignatureAlgorithm,
  type KeyType,
  readAlgorithmIdentifier,
  type SignatureAlgorithm,
  signatureAlgorithm,
} from './certificate/algorithm.ts';
export { type Certificate, fingerprint, parseCertificate } from './certificate/certificate.ts';
export type { Defect } from './certificate/defect.ts';
export { type Extension, encodeExtension } from './certificate/extension.ts';
export {
  ANY_POLICY_OID,
  CA_ISSUERS_ACCESS_OID,
  CPS_QUALIFIER_OID,
  EXTENSION_OIDS,
  KEY_PURPOSE_OIDS,
  OCSP_ACCESS_OID,
} from './certificate/extension-oids.ts';
export {
  type GeneralName,
  readGeneralName,
  readGeneralNames,
  sameGeneralName,
  utf8OtherName,
} from './certificate/general-name.ts';
export type { KnownExtensions } from './certificate/known-extensions.ts';
export {
  ATTRIBUTE_OIDS,
  type AttributeKeyword,
  attribute,
  encodeName,
  Name,
  type NameAttribute,
  parseName,
  type RelativeName,
  readName,
} from './certificate/name.ts';
export {
  importPublicKey,
  keyIdentifier,
  type PublicKeyInfo,
  parsePublicKeyInfo,
  publicKeyHash,
  type RsaNumbers,
} from './certificate/public-key.ts';
export {
  formatSerialNumber,
  isSerialNumber,
  serialNumber,
  serialNumberValue,
} from './certificate/serial-number.ts';
export {
  assembleCertificate,
  assembleSigned,
  type Signed,
  verifySignature,
  verifyWithKey,
} from './certificate/signature.ts';
export {
  type AccessDescription,
  type AuthorityKeyIdentifier,
  authorityInfoAccess,
  authorityKeyIdentifier,
  type BasicConstraints,
  basicConstraints,
  caIssuersAccess,
  certificatePolicies,
  crlDistributionPoints,
  type DistributionPoint,
  extKeyUsage,
  issuerAltName,
  KEY_USAGES,
  type KeyUsage,
  keyUsage,
  ocspAccess,
  ocspNoCheck,
  type PolicyInformation,
  subjectAltName,
  subjectKeyIdentifier,
} from './certificate/standard-extension.ts';
export {
  encodeTbsCertificate,
  parseTbsCertificate,
  type TbsCertificate,
  type TbsCertificateSpec,
} from './certificate/tbs-certificate.ts';
export {
  type Crl,
  crlEntries,
  findCrlEntry,
  parseCrl,
  parseTbsCertList,
  type TbsCertList,
} from './crl/crl.ts';
export {
  type CrlEntry,
  encodeCrlEntries,
  encodeCrlEntryChunks,
  type ReadCrlEntry,
} from './crl/crl-entry.ts';
export {
  crlNumber,
  type IssuingDistributionPoint,
  issuingDistributionPoint,
  type KnownCrlExtensions,
} from './crl/crl-extension.ts';
export { findRevocationReason, REVOCATION_REASONS, type RevocationReason } from './crl/revocation-reason.ts';
export {
  certificateListFrame,
  encodeTbsCertList,
  type Frame,
  type TbsCertListSpec,
  tbsCertListFrame,
} from './crl/tbs-cert-list.ts';
export { decodeOid, encodeOid } from './der/oid.ts';
export { decodePem, encodePem, type PemLabel } from './der/pem.ts';
export { DerReader } from './der/reader.ts';
export type { StringType } from './der/string.ts';
export { checkDer } from './der/structure.ts';
export * as derTag from './der/tag.ts';
export { DerWriter, encodeDer } from './der/writer.ts';
export type {
  ContentFailureCode,
  CrlFailureCode,
  DerFailureCode,
  OcspFailureCode,
  PathFailureCode,
  SignatureFailureCode,
  X509FailureCode,
} from './failure.ts';
export { certificateRules } from './lint/certificate-rules.ts';
export { CrlPartsLint } from './lint/crl-parts-lint.ts';
export { type CrlEntryRule, crlEntryRules, crlRules, everyEntry } from './lint/crl-rules.ts';
export {
  type LintFinding,
  type LintRule,
  lintCertificate,
  lintCrl,
  lintOcsp,
} from './lint/lint-rule.ts';
export { ocspRules } from './lint/ocsp-rules.ts';
export {
  type CertId,
  type CertIdHash,
  encodeCertId,
  type IssuerHashes,
  isIssuedBy,
  issuerHashes,
} from './ocsp/cert-id.ts';
export { ocspRequestInPath } from './ocsp/ocsp-path.ts';
export {
  encodeOcspRequest,
  type OcspRequest,
  type OcspRequestLimits,
  parseOcspRequest,
} from './ocsp/ocsp-request.ts';
export {
  assembleOcspResponse,
  type BasicOcspResponse,
  type OcspResponse,
  type OcspResponseParts,
  type OcspResponseStatus,
  ocspErrorResponse,
  parseOcspResponse,
} from './ocsp/ocsp-response.ts';
export {
  type CertStatus,
  encodeResponseData,
  parseResponseData,
  type ResponderId,
  type ResponseData,
  type ResponseDataSpec,
  type SingleResponse,
  type SingleResponseSpec,
} from './ocsp/response-data.ts';
export { type CrlQuestion, checkRevocationByCrl } from './path/check-revocation.ts';
export { type OcspAnswer, type OcspQuestion, verifyOcspResponse } from './path/verify-ocsp-response.ts';
export { type Path, type PathQuestion, verifyPath } from './path/verify-path.ts';
export {
  type CertificationRequest,
  type CertificationRequestSpec,
  encodeCertificationRequestInfo,
  parseCertificationRequest,
  verifyPossession,
} from './request/certification-request.ts';
