/** Preparation for the certificate that follows (RFC 5280 6.1.4): what an authority's certificate says of those below. */
import { fail, ok, type Result } from '@ishizue/outcome';
import { ANY_POLICY_OID, type Certificate } from '@ishizue/x509';
import { readNameConstraints } from '../extensions/name-constraints.ts';
import {
  readInhibitAnyPolicy,
  readPolicyConstraints,
  readPolicyMappings,
} from '../extensions/policy-extensions.ts';
import type { VerificationFailureCode } from '../failure.ts';
import { describe, type Trail } from '../report.ts';
import { checkExtensions } from './check-extensions.ts';
import type { PathState } from './path-state.ts';
import type { Position } from './process-certificate.ts';

type Check = Result<undefined, VerificationFailureCode>;

/** (a), (b) */
function applyMappings(certificate: Certificate, state: PathState): Check {
  const mappings = readPolicyMappings(certificate);
  if (!mappings.ok) return mappings;
  if (mappings.value === undefined) return ok(undefined);
  const hasAny = mappings.value.some(
    ({ issuerPolicy, subjectPolicy }) => issuerPolicy === ANY_POLICY_OID || subjectPolicy === ANY_POLICY_OID,
  );
  if (hasAny) return fail('policy-mapping-of-any', 'anyPolicy is mapped');
  state.policies?.map(mappings.value, state.policyMapping === 0);
  if (state.policies?.isEmpty === true) state.policies = undefined;
  return ok(undefined);
}

/** (c), (g): the key and the name of the authority, and its constraints on names. */
function takeOver(certificate: Certificate, state: PathState): Check {
  const constraints = readNameConstraints(certificate);
  if (!constraints.ok) return constraints;
  state.workingIssuer = certificate.subject;
  state.workingKey = certificate.publicKey;
  if (constraints.value !== undefined) state.constraints.push(constraints.value);
  return ok(undefined);
}

/** (h) to (j): the counters, which self-issued certificates do not count down. */
function countDown({ certificate, isSelfIssued }: Position, state: PathState): Check {
  const constraints = readPolicyConstraints(certificate);
  if (!constraints.ok) return constraints;
  const inhibitAny = readInhibitAnyPolicy(certificate);
  if (!inhibitAny.ok) return inhibitAny;
  const step = isSelfIssued ? 0 : 1;
  const lower = (counter: number, limit: number | undefined): number =>
    Math.min(Math.max(0, counter - step), limit ?? Number.POSITIVE_INFINITY);
  state.explicitPolicy = lower(state.explicitPolicy, constraints.value?.requireExplicitPolicy);
  state.policyMapping = lower(state.policyMapping, constraints.value?.inhibitPolicyMapping);
  state.inhibitAny = lower(state.inhibitAny, inhibitAny.value);
  return ok(undefined);
}

/** (k) */
function checkAuthority({ version, known }: Certificate): Check {
  if (version !== 3) return fail('authority-not-version-3', `version ${version}`);
  return known.basicConstraints?.ca === true
    ? ok(undefined)
    : fail('not-a-ca', 'basicConstraints without cA');
}

/** (l), (m) */
function checkLength({ certificate, isSelfIssued }: Position, state: PathState): Check {
  if (!isSelfIssued) {
    if (state.maxPathLength <= 0) return fail('path-too-long', 'an authority more than an authority allows');
    state.maxPathLength--;
  }
  const pathLength = certificate.known.basicConstraints?.pathLength ?? Number.POSITIVE_INFINITY;
  state.maxPathLength = Math.min(state.maxPathLength, pathLength);
  return ok(undefined);
}

/** (n) */
const checkKeyUsage = ({ known }: Certificate): Check =>
  known.keyUsage?.includes('keyCertSign') === false
    ? fail('key-usage-refuses', 'keyUsage without keyCertSign')
    : ok(undefined);

/** All of it, for every certificate but the last. The first that fails ends the path. */
export function prepareNext(position: Position, state: PathState, trail: Trail): Check {
  const { certificate } = position;
  const about = describe(certificate);
  const checks: readonly (readonly [string, string, () => Check])[] = [
    ['policy mappings', '6.1.4 (a), (b)', () => applyMappings(certificate, state)],
    ['name constraints for those below', '6.1.4 (c) to (g)', () => takeOver(certificate, state)],
    ['policy constraints for those below', '6.1.4 (h) to (j)', () => countDown(position, state)],
    ['is an authority', '6.1.4 (k)', () => checkAuthority(certificate)],
    ['path length', '6.1.4 (l), (m)', () => checkLength(position, state)],
    ['may sign certificates', '6.1.4 (n)', () => checkKeyUsage(certificate)],
    ['critical extensions understood', '6.1.4 (o)', () => checkExtensions(certificate)],
  ];
  for (const [check, clause, run] of checks) {
    const result = trail.note(about, check, `RFC 5280 ${clause}`, run());
    if (!result.ok) return result;
  }
  return ok(undefined);
}
