/**
 * Whether people may sign in at a verifier's client with the authentication certificate (docs/flows/sign-in.md): asked at
 * every step of a sign-in, from the rows of this instant, so that a suspension bites at the next one.
 */
import { inTransaction } from '@ishizue/db';
import type { Result } from '@ishizue/outcome';
import { NATIONAL_SITE } from '@ishizue/registry';
import type { JpkiContext } from '../jpki-context.ts';
import {
  type PermitFailure,
  permitVerifier,
  type VerifierCaller,
  type VerifierRights,
} from '../verifiers/permit-verifier.ts';

/** Who is signed in at: the firm, or else the verifier itself. Nothing of a person is asked. */
export const permitSignIn = (
  { sql }: Pick<JpkiContext, 'sql'>,
  { verifier, onBehalfOf }: VerifierCaller,
): Promise<Result<VerifierRights, PermitFailure>> =>
  inTransaction(sql, { site: NATIONAL_SITE }, (tx) =>
    permitVerifier(tx, { verifier, onBehalfOf }, { services: [], certificateKinds: ['authentication'] }),
  );
