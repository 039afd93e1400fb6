/**
 * Registers verifiers and takes them through the states that one officer decides alone (docs/flows/verifiers.md steps 1 and
 * 2). A suspension waits for answers that are being given and is there for whoever asks next, in every process.
 */
import { inTransaction, type Tx } from '@ishizue/db';
import { fail, ok, type Result } from '@ishizue/outcome';
import { NATIONAL_SITE } from '@ishizue/registry';
import type { JpkiContext } from '../jpki-context.ts';
import { actOnVerifier, type VerifierOfficer } from './verifier-act.ts';
import { nextVerifierState, type SoleAct } from './verifier-lifecycle.ts';
import {
  allVerifiers,
  findVerifier,
  insertVerifier,
  isTaken,
  storeState,
  type Verifier,
} from './verifier-store.ts';
import {
  type ClientCertificate,
  checkTerms,
  type TermsFailure,
  type VerifierTerms,
  verifierName,
} from './verifier-terms.ts';

export type AcceptFailure =
  | TermsFailure
  /** The client certificate or its key is another verifier's. */
  | 'client-certificate-known'
  /** Who is entrusted is no platform operator that is registered. */
  | 'operator-unknown';

export type RegisterFailure = AcceptFailure | 'purpose-missing' | 'verifier-name-invalid' | 'verifier-known';

export type ActFailure = 'purpose-missing' | 'verifier-unknown' | 'verifier-state-refused';

/** Takes a notification down: the verifier is `notified` and may do nothing yet. */
export function registerVerifier(
  context: JpkiContext,
  by: VerifierOfficer,
  verifier: string,
  terms: VerifierTerms,
): Promise<Result<Verifier, RegisterFailure>> {
  const acted = { act: 'verifier-register', verifier };
  return actOnVerifier(context, by, acted, async (tx): Promise<Result<Verifier, RegisterFailure>> => {
    if (!verifierName.safeParse(verifier).success)
      return fail('verifier-name-invalid', 'verifier/… in small letters, digits and hyphens');
    const at = context.clock.now();
    const client = await acceptTerms(tx, verifier, terms, at);
    if (!client.ok) return client;
    const isNew = await insertVerifier(tx, { verifier, terms, client: client.value, at });
    return isNew
      ? ok(await getVerifier(tx, verifier))
      : fail('verifier-known', 'a verifier of this name is registered');
  });
}

/** Checks terms against themselves and against who is registered; answers the certificate as it is kept. */
export async function acceptTerms(
  tx: Tx,
  verifier: string,
  terms: VerifierTerms,
  at: number,
): Promise<Result<ClientCertificate | undefined, AcceptFailure>> {
  const client = checkTerms(terms, at);
  if (!client.ok) return client;
  if (client.value && (await isTaken(tx, verifier, client.value)))
    return fail('client-certificate-known', 'the certificate or its key is another verifier’s');
  const operator = terms.entrustedTo === null ? undefined : await findVerifier(tx, terms.entrustedTo);
  if (terms.entrustedTo !== null && (operator?.kind !== 'platform-operator' || operator.state === 'ended'))
    return fail('operator-unknown', 'who is entrusted is no platform operator that is registered');
  return client;
}

/** One of the acts that an officer does alone. */
export function changeVerifier(
  context: JpkiContext,
  by: VerifierOfficer,
  verifier: string,
  act: SoleAct,
): Promise<Result<Verifier, ActFailure>> {
  const acted = { act: `verifier-${act}`, verifier };
  return actOnVerifier(context, by, acted, async (tx): Promise<Result<Verifier, ActFailure>> => {
    const found = await findVerifier(tx, verifier);
    if (!found) return fail('verifier-unknown', 'no verifier of this name is registered');
    const next = nextVerifierState(found.state, act);
    if (!next.ok) return next;
    await storeState(tx, verifier, next.value, context.clock.now(), null);
    return ok(await getVerifier(tx, verifier));
  });
}

export async function getVerifier(tx: Tx, verifier: string): Promise<Verifier> {
  const found = await findVerifier(tx, verifier);
  if (!found) throw new Error('a verifier that was just written is not there');
  return found;
}

/** Everybody who is or was registered. No personal data. */
export const listVerifiers = (context: JpkiContext): Promise<readonly Verifier[]> =>
  inTransaction(context.sql, { site: NATIONAL_SITE }, allVerifiers);
