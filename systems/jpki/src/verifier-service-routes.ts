/**
 * What verifiers are served besides status (docs/flows/verifiers.md): links between serial numbers, consents, latest
 * attributes. Who is no verifier gets past the signature at most: the refusal is made here, and on the ledger.
 */
import { consentRoutes, type VerifierServiceLimits } from './consents/consent-routes.ts';
import type { DraftConsentFailure } from './consents/draft-consent.ts';
import type { GiveConsentFailure } from './consents/give-consent.ts';
import type { AttributesFailure } from './consents/latest-attributes.ts';
import type { WithdrawFailure } from './consents/withdraw-consent.ts';
import type { JpkiContext } from './jpki-context.ts';
import { serialLinkRoute } from './serial-links/serial-link-routes.ts';
import type { PermitFailure } from './verifiers/permit-verifier.ts';

type ServiceFailure =
  | PermitFailure
  | DraftConsentFailure
  | GiveConsentFailure
  | AttributesFailure
  | WithdrawFailure;

export const verifierServiceStatuses = {
  'verifier-unknown': 403,
  'verifier-not-live': 403,
  'verifier-suspended': 403,
  'delegation-unknown': 403,
  'service-not-permitted': 403,
  'consent-day-invalid': 422,
  'consent-draft-unknown': 404,
  'certificate-malformed': 422,
  'certificate-not-trusted': 422,
  'certificate-expired': 422,
  'certificate-not-yet-valid': 422,
  'certificate-of-another-kind': 422,
  'challenge-signature-invalid': 422,
  'certificate-unknown': 422,
  'certificate-revoked': 422,
  'consent-unknown': 404,
  'consent-withdrawn': 410,
  'consent-expired': 410,
  'purpose-changed': 409,
  'chain-broken': 409,
  'holder-not-resident': 409,
} as const satisfies Record<ServiceFailure, number>;

/** The routes; mount them below the national site with `verifierServiceStatuses`. */
export const verifierServiceRoutes = (context: JpkiContext, limits: VerifierServiceLimits) =>
  [serialLinkRoute(context, limits.services), ...consentRoutes(context, limits)] as const;
