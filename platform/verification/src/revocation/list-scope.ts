/** Whether a CRL covers a certificate (RFC 5280 6.3.3 (b)) and for which reasons (6.3.3 (d)). */
import { fail, ok, type Result } from '@ishizue/outcome';
import { type Certificate, type DistributionPoint, EXTENSION_OIDS } from '@ishizue/x509';
import type { VerificationFailureCode } from '../failure.ts';
import { sameName } from '../names/name-key.ts';
import { pointNames, shareName } from './point-names.ts';
import type { RevocationList } from './revocation-list.ts';

type Check = Result<undefined, VerificationFailureCode>;

/** ReasonFlags 1 to 8 (4.2.1.13) as a mask by bit numbers; bit 0 is not used. */
export const ALL_REASONS = 0x1fe;

/** The reasons that a list speaks of at this point (6.3.3 (d)). */
export const reasonsOf = ({ scope }: RevocationList, { reasons }: DistributionPoint): number =>
  (scope.onlySomeReasons ?? ALL_REASONS) & (reasons ?? ALL_REASONS) & ALL_REASONS;

const mismatch = (detail: string): Check => fail('crl-scope-mismatch', detail);

/** (b)(1): the list is the issuer's own, or that of the point's cRLIssuer and indirect. */
function checkIssuer(
  certificate: Certificate,
  { crlIssuer }: DistributionPoint,
  { crl, isIndirect }: RevocationList,
): Check {
  if (crlIssuer === undefined) {
    return sameName(crl.issuer, certificate.issuer)
      ? ok(undefined)
      : fail('crl-issuer-mismatch', 'the list is of another issuer');
  }
  const isIssuers = crlIssuer.some(
    (name) => name.kind === 'directoryName' && sameName(name.name, crl.issuer),
  );
  return isIssuers && isIndirect
    ? ok(undefined)
    : fail('crl-issuer-mismatch', 'the list is not the indirect one of the point’s cRLIssuer');
}

/** (b)(2): what the issuing distribution point says of its certificates. */
export function checkScope(certificate: Certificate, point: DistributionPoint, list: RevocationList): Check {
  const issuer = checkIssuer(certificate, point, list);
  if (!issuer.ok) return issuer;
  const { scope, crl } = list;
  const listNames = pointNames(scope, crl.issuer);
  const isNamed = scope.fullName !== undefined || scope.relativeName !== undefined;
  const isPointNamed = point.fullName !== undefined || point.relativeName !== undefined;
  const ownNames = isPointNamed ? pointNames(point, crl.issuer) : (point.crlIssuer ?? []);
  if (isNamed && !shareName(listNames, ownNames))
    return mismatch('the list is of another distribution point');
  const isAuthority = certificate.known.basicConstraints?.ca === true;
  if (scope.onlyContainsAttributeCerts === true) return mismatch('a list of attribute certificates');
  if (scope.onlyContainsUserCerts === true && isAuthority) return mismatch('a list of users’ certificates');
  return scope.onlyContainsCaCerts === true && !isAuthority
    ? mismatch('a list of authorities’ certificates')
    : ok(undefined);
}

/** Whether `delta` brings `base` up to date (6.3.3 (c)): same issuer, same scope, same key, and numbers that join. */
export function isDeltaOf(delta: RevocationList, base: RevocationList): boolean {
  if (delta.deltaOf === undefined || delta.number === undefined || base.number === undefined) return false;
  const octetsOf = ({ crl }: RevocationList, oid: string): Uint8Array =>
    crl.extensions.find((each) => each.oid === oid)?.value ?? new Uint8Array(0);
  const sameExtension = (oid: string): boolean =>
    Buffer.compare(octetsOf(delta, oid), octetsOf(base, oid)) === 0;
  return (
    sameName(delta.crl.issuer, base.crl.issuer) &&
    sameExtension(EXTENSION_OIDS.issuingDistributionPoint) &&
    sameExtension(EXTENSION_OIDS.authorityKeyIdentifier) &&
    base.number >= delta.deltaOf &&
    base.number < delta.number
  );
}
