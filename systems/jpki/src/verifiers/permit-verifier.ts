/**
 * Whether a verifier may be given what it asks, decided at every request from the rows of this instant. A delegating firm's
 * request comes by its operator's connection and names the firm: both must be live, and what they may do is what both may
 * (docs/flows/verifiers.md step 4). Invariant: whoever is not live, or not entitled, is told nothing of a person.
 */
import type { Tx } from '@ishizue/db';
import { fail, ok, type Result } from '@ishizue/outcome';
import type { CardKind } from '../profile/certificate-kind.ts';
import { shareVerifiers, type Verifier } from './verifier-store.ts';
import type { VerifierService } from './verifier-terms.ts';

export type PermitFailure =
  | 'verifier-unknown'
  | 'verifier-not-live'
  | 'verifier-suspended'
  /** The firm that is named has not entrusted itself to who asks. */
  | 'delegation-unknown'
  | 'service-not-permitted';

/** Who asks: the verifier whose key signed, and the firm for which it asks. */
export interface VerifierCaller {
  readonly verifier: string;
  readonly onBehalfOf?: string | undefined;
}

/** What is asked for: services, and what the certificates that they touch are for, on card or phone. */
export interface AskedServices {
  readonly services: readonly VerifierService[];
  readonly certificateKinds: readonly CardKind[];
}

export type VerifierRights = Pick<
  Verifier,
  'verifier' | 'state' | 'kind' | 'certificateKinds' | 'services' | 'entrustedTo' | 'title' | 'purpose'
>;

/** Answers for whom the answer is: the firm, or else who asks. Locks both until the transaction ends. */
export async function permitVerifier(
  tx: Tx,
  caller: VerifierCaller,
  asked: AskedServices,
): Promise<Result<VerifierRights, PermitFailure>> {
  const { verifier, onBehalfOf } = caller;
  const found = await shareVerifiers(tx, [verifier, ...(onBehalfOf === undefined ? [] : [onBehalfOf])]);
  return decidePermit(caller, asked, found);
}

/** The decision, pure. */
export function decidePermit(
  { verifier, onBehalfOf }: VerifierCaller,
  asked: AskedServices,
  found: ReadonlyMap<string, VerifierRights>,
): Result<VerifierRights, PermitFailure> {
  const connection = found.get(verifier);
  if (!connection || connection.kind === 'delegating-firm')
    return fail('verifier-unknown', 'the site is no registered verifier');
  const own = checkRights(connection, asked);
  if (!own.ok || onBehalfOf === undefined) return own;
  const firm = found.get(onBehalfOf);
  if (firm?.entrustedTo !== verifier || connection.kind !== 'platform-operator')
    return fail('delegation-unknown', 'the firm has not entrusted itself to this operator');
  return checkRights(firm, asked);
}

function checkRights(
  rights: VerifierRights,
  { services, certificateKinds }: AskedServices,
): Result<VerifierRights, PermitFailure> {
  const { verifier, state } = rights;
  if (state === 'suspended') return fail('verifier-suspended', `${verifier} is suspended`);
  if (state !== 'live') return fail('verifier-not-live', `${verifier} is ${state}`);
  const isPermitted =
    services.every((service) => rights.services.includes(service)) &&
    certificateKinds.every((kind) => rights.certificateKinds.includes(kind));
  return isPermitted ? ok(rights) : fail('service-not-permitted', `not among the terms of ${verifier}`);
}
