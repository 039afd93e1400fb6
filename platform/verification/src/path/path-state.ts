/** The state of path validation (RFC 5280 6.1.2): what the certificates so far leave to those that follow. */
import type { Name, PublicKeyInfo } from '@ishizue/x509';
import type { NameConstraints } from '../extensions/name-constraints.ts';
import { PolicyGraph } from '../policies/policy-graph.ts';
import type { PathQuestion } from './path-question.ts';

/** Counters are certificates that may still come before the constraint bites. */
export interface PathState {
  workingIssuer: Name;
  workingKey: PublicKeyInfo;
  maxPathLength: number;
  explicitPolicy: number;
  policyMapping: number;
  inhibitAny: number;
  /** One for each authority that constrains names: a name must satisfy them all. */
  readonly constraints: NameConstraints[];
  /** Undefined: no policy can run through any more. */
  policies: PolicyGraph | undefined;
}

/** Initialization (6.1.2) from the inputs. */
export function initialState(question: PathQuestion): PathState {
  const length = question.path.length;
  return {
    workingIssuer: question.anchor.subject,
    workingKey: question.anchor.publicKey,
    maxPathLength: length,
    explicitPolicy: question.explicitPolicy === true ? 0 : length + 1,
    policyMapping: question.inhibitMapping === true ? 0 : length + 1,
    inhibitAny: question.inhibitAny === true ? 0 : length + 1,
    constraints: [],
    policies: new PolicyGraph(),
  };
}
