/** The wrap-up (RFC 5280 6.1.5): what the certificate in question itself must satisfy, and the policies that are left. */
import { fail, ok, type Result } from '@ishizue/outcome';
import type { Certificate } from '@ishizue/x509';
import { readPolicyConstraints } from '../extensions/policy-extensions.ts';
import type { VerificationFailureCode } from '../failure.ts';
import { userPolicies } from '../policies/policy-graph.ts';
import { describe, type Trail } from '../report.ts';
import { checkExtensions } from './check-extensions.ts';
import type { PathQuestion } from './path-question.ts';
import type { PathState } from './path-state.ts';

type Check = Result<undefined, VerificationFailureCode>;

/** The policies under which the path is valid, as the user knows them. */
export type Policies = readonly string[];

/** (a), (b), (g) */
function checkPolicies(
  certificate: Certificate,
  state: PathState,
  question: PathQuestion,
): Result<Policies, VerificationFailureCode> {
  const constraints = readPolicyConstraints(certificate);
  if (!constraints.ok) return constraints;
  const isRequired = state.explicitPolicy <= 1 || constraints.value?.requireExplicitPolicy === 0;
  const authority = state.policies?.authorityPolicies() ?? new Set<string>();
  const policies = [...userPolicies(authority, question.policies)];
  return isRequired && policies.length === 0
    ? fail('policy-missing', 'no policy that was asked for runs through the path')
    : ok(policies);
}

/** Whether the key may be used as the caller wants to use it (4.2.1.3). */
function checkUsage({ known }: Certificate, { keyUsages }: PathQuestion): Check {
  const isAllowed =
    keyUsages === undefined ||
    known.keyUsage === undefined ||
    keyUsages.some((usage) => known.keyUsage?.includes(usage));
  return isAllowed ? ok(undefined) : fail('key-usage-refuses', `keyUsage without ${keyUsages.join(' or ')}`);
}

/** The policies that run through, if the last certificate holds. */
export function wrapUp(
  certificate: Certificate,
  state: PathState,
  question: PathQuestion,
  trail: Trail,
): Result<Policies, VerificationFailureCode> {
  const about = describe(certificate);
  const extensions = trail.note(
    about,
    'critical extensions understood',
    'RFC 5280 6.1.5 (f)',
    checkExtensions(certificate),
  );
  if (!extensions.ok) return extensions;
  if (question.keyUsages !== undefined) {
    const usage = trail.note(about, 'use of the key', 'RFC 5280 4.2.1.3', checkUsage(certificate, question));
    if (!usage.ok) return usage;
  }
  const policies = checkPolicies(certificate, state, question);
  const detail = policies.ok ? policies.value.join(' ') || 'none, and none is required' : undefined;
  return trail.note(about, 'policies of the path', 'RFC 5280 6.1.5 (a), (b), (g)', policies, detail);
}
