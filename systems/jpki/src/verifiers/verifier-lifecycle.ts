/**
 * The states of a verifier's registration (JPKI Act 17, 36; docs/flows/verifiers.md) and the one function by which they
 * change. Pure. Invariant: nobody becomes live without the connection test, or without a second person; nothing leads out
 * of `ended`.
 */
import { fail, ok, type Result } from '@ishizue/outcome';

export const VERIFIER_STATES = [
  'notified',
  'technical-documents-released',
  'test-environment',
  'connection-test',
  'live',
  'suspended',
  'ended',
] as const;
export type VerifierState = (typeof VERIFIER_STATES)[number];

/** What one officer does alone. */
export const SOLE_ACTS = [
  'release-documents',
  'open-test-environment',
  'begin-connection-test',
  /** The connection test was not passed. */
  'repeat-test',
  'suspend',
  'end',
] as const;
export type SoleAct = (typeof SOLE_ACTS)[number];

/** What gives access: one officer proposes, another approves. */
export const APPROVED_ACTS = ['go-live', 'restore'] as const;
export type ApprovedAct = (typeof APPROVED_ACTS)[number];

export type StateAct = SoleAct | ApprovedAct;

const NEXT: Readonly<Record<VerifierState, Readonly<Partial<Record<StateAct, VerifierState>>>>> = {
  notified: { 'release-documents': 'technical-documents-released', end: 'ended' },
  'technical-documents-released': { 'open-test-environment': 'test-environment', end: 'ended' },
  'test-environment': { 'begin-connection-test': 'connection-test', end: 'ended' },
  'connection-test': { 'repeat-test': 'test-environment', 'go-live': 'live', end: 'ended' },
  live: { suspend: 'suspended', end: 'ended' },
  suspended: { restore: 'live', end: 'ended' },
  ended: {},
};

/** The state after an act, or the refusal of an act that the state does not allow. */
export function nextVerifierState(
  state: VerifierState,
  act: StateAct,
): Result<VerifierState, 'verifier-state-refused'> {
  const next = NEXT[state][act];
  return next === undefined
    ? fail('verifier-state-refused', `a verifier that is ${state} does not ${act}`)
    : ok(next);
}
