/** Basic certificate processing (RFC 5280 6.1.3), but for revocation, which is asked once the whole path holds. */
import { fail, ok, type Result } from '@ishizue/outcome';
import type { Certificate } from '@ishizue/x509';
import type { VerificationFailureCode } from '../failure.ts';
import { sameName } from '../names/name-key.ts';
import { describe, type Trail } from '../report.ts';
import { verifySigned } from '../signature/verify-message.ts';
import { checkNames } from './check-names.ts';
import type { PathState } from './path-state.ts';

type Check = Result<undefined, VerificationFailureCode>;

/** Where a certificate stands in its path. */
export interface Position {
  readonly certificate: Certificate;
  readonly isLast: boolean;
  /** Its subject is its issuer: an authority that certifies its own new key or policy. */
  readonly isSelfIssued: boolean;
}

export const positionOf = (certificate: Certificate, isLast: boolean): Position => ({
  certificate,
  isLast,
  isSelfIssued: sameName(certificate.subject, certificate.issuer),
});

/** Whether the instant lies within the validity, both ends included; its last second belongs to it whole. */
export function checkValidity({ notBefore, notAfter }: Certificate, at: number): Check {
  if (at < notBefore) return fail('not-yet-valid', `valid from ${new Date(notBefore).toISOString()}`);
  return at < notAfter + 1000 ? ok(undefined) : fail('expired', `until ${new Date(notAfter).toISOString()}`);
}

const checkChaining = ({ issuer }: Certificate, state: PathState): Check =>
  sameName(issuer, state.workingIssuer)
    ? ok(undefined)
    : fail('name-chaining-broken', 'the issuer is not the one above');

/** 6.1.3 (d) to (f): the certificate's policies under those of the authorities above it. */
function checkPolicies({ certificate, isLast, isSelfIssued }: Position, state: PathState): Check {
  const policies = certificate.known.certificatePolicies?.map(({ policy }) => policy);
  if (policies === undefined) state.policies = undefined;
  else state.policies?.descend(policies, state.inhibitAny > 0 || (!isLast && isSelfIssued));
  if (state.policies?.isEmpty === true) state.policies = undefined;
  return state.explicitPolicy > 0 || state.policies !== undefined
    ? ok(undefined)
    : fail('policy-missing', 'a policy is required and none runs through');
}

/** (a) signature, validity, chaining; (b), (c) names; (d) to (f) policies. The first that fails ends the path. */
export function processCertificate(position: Position, state: PathState, at: number, trail: Trail): Check {
  const { certificate, isLast, isSelfIssued } = position;
  const about = describe(certificate);
  const isConstrained = isLast || !isSelfIssued;
  const checks: readonly (readonly [string, string, () => Check])[] = [
    ['signature by the key above', '6.1.3 (a)(1)', () => verifySigned(certificate, state.workingKey)],
    ['within its validity', '6.1.3 (a)(2)', () => checkValidity(certificate, at)],
    ['issued under the name above', '6.1.3 (a)(4)', () => checkChaining(certificate, state)],
    [
      'names within the constraints',
      '6.1.3 (b), (c)',
      () => (isConstrained ? checkNames(certificate, state.constraints) : ok(undefined)),
    ],
    ['policies', '6.1.3 (d) to (f)', () => checkPolicies(position, state)],
  ];
  for (const [check, clause, run] of checks) {
    const result = trail.note(about, check, `RFC 5280 ${clause}`, run());
    if (!result.ok) return result;
  }
  return ok(undefined);
}
