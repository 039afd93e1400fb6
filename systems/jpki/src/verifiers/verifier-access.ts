/**
 * How an answer to a verifier stands in the ledger: for whom it was (the firm, where it entrusted an operator), by whose
 * connection it came, under which article the kind of certificate is told of (JPKI Act 18, 37). Refusals too.
 */
import type { Access } from '@ishizue/registry';
import { CARD_KIND_OF, type CardKind, type CertificateKind } from '../profile/certificate-kind.ts';
import type { VerifierCaller } from './permit-verifier.ts';
import { verifierName } from './verifier-terms.ts';

const ARTICLES: Readonly<Record<CardKind, string>> = {
  signature: '公的個人認証法 第18条',
  authentication: '公的個人認証法 第37条',
};

/** A caller with the id of its request. */
export interface VerifierCall extends VerifierCaller {
  readonly correlation: string;
}

export function verifierAccess(
  { verifier, onBehalfOf, correlation }: VerifierCall,
  kind: CertificateKind,
  affair: string,
): Access {
  // a name without the form of one is not repeated: it was the caller's to choose
  const isFirm = onBehalfOf !== undefined && verifierName.safeParse(onBehalfOf).success;
  return {
    actorKind: 'site',
    actor: isFirm ? onBehalfOf : verifier,
    terminal: isFirm ? verifier : '',
    article: ARTICLES[CARD_KIND_OF[kind]],
    affair,
    correlation,
  };
}
