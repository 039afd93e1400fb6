/**
 * What an anchor's own certificate limits (RFC 5937 3): whoever trusts it trusts it as far as it says itself. RFC 5280 takes
 * a name and a key only, under which a holder's certificate that somebody pins could issue others.
 */
import { fail, ok, type Result } from '@ishizue/outcome';
import type { Certificate } from '@ishizue/x509';
import { readNameConstraints } from '../extensions/name-constraints.ts';
import type { VerificationFailureCode } from '../failure.ts';
import { describe, type Trail } from '../report.ts';
import type { PathState } from './path-state.ts';

type Check = Result<undefined, VerificationFailureCode>;

/** Certificates of versions 1 and 2 cannot say whether they are an authority's: the caller's word stands. */
function checkAuthority({ version, known }: Certificate): Check {
  if (version === 3 && known.basicConstraints?.ca !== true)
    return fail('not-a-ca', 'an anchor that is no authority has issued something');
  return known.keyUsage?.includes('keyCertSign') === false
    ? fail('key-usage-refuses', 'keyUsage without keyCertSign')
    : ok(undefined);
}

function takeLimits(anchor: Certificate, state: PathState): Check {
  const constraints = readNameConstraints(anchor);
  if (!constraints.ok) return constraints;
  if (constraints.value !== undefined) state.constraints.push(constraints.value);
  const pathLength = anchor.known.basicConstraints?.pathLength ?? Number.POSITIVE_INFINITY;
  state.maxPathLength = Math.min(state.maxPathLength, pathLength);
  return ok(undefined);
}

/** Whether the anchor may issue, its path length and name constraints put into the state. */
export function takeAnchor(anchor: Certificate, state: PathState, trail: Trail): Check {
  const about = describe(anchor);
  const authority = trail.note(about, 'anchor may issue', 'RFC 5937 3', checkAuthority(anchor));
  if (!authority.ok) return authority;
  return trail.note(about, 'limits of the anchor', 'RFC 5937 3', takeLimits(anchor, state));
}
