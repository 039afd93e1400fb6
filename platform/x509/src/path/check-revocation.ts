/**
 * Whether a CRL says that a certificate is revoked (RFC 5280 6.3 for one complete, direct list). The list must be the
 * issuer's own, signed, in date, and its issuing distribution point must cover the certificate: the list of another
 * partition would call every certificate good. Delta, indirect and partial-reason lists are refused.
 */
import { fail, ok, type Result } from '@ishizue/outcome';
import type { Certificate } from '../certificate/certificate.ts';
import { EXTENSION_OIDS } from '../certificate/extension-oids.ts';
import { type GeneralName, sameGeneralName } from '../certificate/general-name.ts';
import { verifySignature } from '../certificate/signature.ts';
import { type Crl, findCrlEntry } from '../crl/crl.ts';
import type { IssuingDistributionPoint } from '../crl/crl-extension.ts';
import type { X509FailureCode } from '../failure.ts';
import type { CertStatus } from '../ocsp/response-data.ts';
import { checkKeyUsage, subjectKeyIdOf } from './certificate-checks.ts';

/** What is asked. The issuer's certificate has been verified before. */
export interface CrlQuestion {
  readonly certificate: Certificate;
  readonly issuer: Certificate;
  readonly crl: Crl;
  /** The instant at which the list must be in date, in milliseconds since the epoch. */
  readonly at: number;
}

type Check = Result<undefined, X509FailureCode>;

function checkIssuer({ certificate, issuer, crl }: CrlQuestion): Check {
  const authority = crl.known.authorityKeyIdentifier?.keyIdentifier;
  const isIssuers =
    crl.issuer.equals(issuer.subject) &&
    crl.issuer.equals(certificate.issuer) &&
    (authority === undefined || Buffer.compare(authority, subjectKeyIdOf(issuer)) === 0);
  return isIssuers ? ok(undefined) : fail('crl-issuer-mismatch', 'the list is of another issuer or key');
}

function checkCriticals(crl: Crl): Check {
  if (crl.extensions.some(({ oid }) => oid === EXTENSION_OIDS.deltaCrlIndicator)) {
    return fail('crl-unsupported', 'a delta list');
  }
  const understood: readonly string[] = [
    EXTENSION_OIDS.issuingDistributionPoint,
    EXTENSION_OIDS.crlNumber,
    EXTENSION_OIDS.authorityKeyIdentifier,
  ];
  const unknown = crl.extensions.find(({ oid, critical }) => critical && !understood.includes(oid));
  if (unknown !== undefined)
    return fail('critical-extension-unknown', `extension ${unknown.oid} of the list`);
  return crl.hasUnknownEntryExtension
    ? fail('critical-extension-unknown', 'a critical extension of an entry')
    : ok(undefined);
}

const shareAName = (a: readonly GeneralName[], b: readonly GeneralName[]): boolean =>
  a.some((one) => b.some((other) => sameGeneralName(one, other)));

/** Whether one of the certificate's distribution points, whole and of its own issuer, is the list's. */
function isPointOf(certificate: Certificate, names: readonly GeneralName[]): boolean {
  const points = certificate.known.crlDistributionPoints ?? [];
  return points.some(
    ({ fullName, reasons, crlIssuer }) =>
      fullName !== undefined &&
      reasons === undefined &&
      crlIssuer === undefined &&
      shareAName(fullName, names),
  );
}

function checkScope(certificate: Certificate, point: IssuingDistributionPoint | undefined): Check {
  if (point === undefined) return ok(undefined);
  if (point.indirectCrl || point.onlySomeReasons !== undefined || point.relativeName !== undefined) {
    return fail('crl-unsupported', 'an indirect list, one of some reasons, or a relative name');
  }
  const isCa = certificate.known.basicConstraints?.ca === true;
  const isOutside =
    point.onlyContainsAttributeCerts ||
    (point.onlyContainsUserCerts && isCa) ||
    (point.onlyContainsCaCerts && !isCa) ||
    (point.fullName !== undefined && !isPointOf(certificate, point.fullName));
  return isOutside ? fail('crl-scope-mismatch', 'the list does not cover the certificate') : ok(undefined);
}

function checkTime({ crl, at }: CrlQuestion): Check {
  if (at < crl.thisUpdate) return fail('crl-not-yet-valid', 'the list is of the future');
  // A list that does not say when the next one comes cannot be known to be the latest (RFC 5280 5.1.2.5).
  const isCurrent = crl.nextUpdate !== undefined && at <= crl.nextUpdate;
  return isCurrent ? ok(undefined) : fail('crl-expired', 'a newer list must be there');
}

/** `good` or `revoked` by this list; never `unknown`. A failure means that the list says nothing. */
export function checkRevocationByCrl(question: CrlQuestion): Result<CertStatus, X509FailureCode> {
  const { certificate, issuer, crl } = question;
  const checks = [
    () => checkIssuer(question),
    () => checkKeyUsage(issuer, 'cRLSign'),
    () => checkCriticals(crl),
    () => checkScope(certificate, crl.known.issuingDistributionPoint),
    () => checkTime(question),
    () => verifySignature(crl, issuer.publicKey),
  ];
  for (const check of checks) {
    const result = check();
    if (!result.ok) return result;
  }
  const entry = findCrlEntry(crl, certificate.serial);
  return ok(
    entry === undefined
      ? { status: 'good' }
      : { status: 'revoked', revokedAt: entry.revokedAt, reason: entry.reason },
  );
}
