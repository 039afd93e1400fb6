/**
 * The door of JPKI, the citizen PKI: four certification authorities, holders' certificates, their revocation, and what
 * relying parties need to verify them. `npm run life` goes through it in steps 6 to 8.
 */

export { applyIdentityChanged, jpkiTopics } from './apply-identity-changed.ts';
export {
  type AuthenticatedHolder,
  type AuthenticateFailure,
  authenticateHolder,
  type HolderChallenge,
  type SignInAccess,
} from './authenticate-holder.ts';
export { findIssuer } from './authority/find-issuer.ts';
export { ensureResponders } from './authority/responders.ts';
export { CARD_SCRIPT } from './card-script.ts';
export { CARD_WORDS } from './card-words.ts';
export { CEREMONY_OFFICER, type CeremonyOfficer } from './ceremony/ceremony-act.ts';
export { type Ceremony, type CeremonyPlan, listCeremonies } from './ceremony/ceremony-store.ts';
export { approveCeremony, isOurTranscript, proposeCeremony } from './ceremony/decide-ceremony.ts';
export { verifyTranscript } from './ceremony/verify-transcript.ts';
export { type CeremonyFailure, type CeremonyOrder, performCeremony } from './ceremony.ts';
export { acceptClock, datedLast } from './clock/dated-last.ts';
export type { ConsentItem } from './consents/consent-statement.ts';
export type { LatestAttributes } from './consents/latest-attributes.ts';
export { CONSENT_CLERK } from './consents/withdraw-consent.ts';
export { readAnswerCounts } from './counts/answer-counts.ts';
export { ListFiles } from './crl/list-files.ts';
export { readPublications } from './crl/publication-log.ts';
export {
  type CrlReport,
  publishCrls,
  publishDueCrls,
  publishWholeList,
} from './crl/publish-crls.ts';
export type { PublishFailure } from './crl/publish-list.ts';
// renewal and expiry (docs/flows/renewal.md, expiry-notices.md)
export {
  type ExpiringHolder,
  type ExpiringPage,
  findExpiringHolders,
} from './expiring/find-expiring-holders.ts';
export { findHolder } from './find-holder.ts';
export { hasLiveCertificate } from './has-live-certificate.ts';
export {
  documentClasses,
  hasPhotograph,
  IDENTITY_DOCUMENTS,
  type IdentityDocument,
  isIdentityProved,
} from './identity-documents.ts';
export type { IssueOrder } from './issue/issue-order.ts';
export { type IssuedCertificate, type IssueFailure, issueCertificate } from './issue-certificate.ts';
export { type JpkiContext, type JpkiParts, type JpkiSigner, jpkiContext } from './jpki-context.ts';
export { type JpkiRouteFailure, jpkiRoutes } from './jpki-routes.ts';
export { createOcspAnswerer, type OcspAnswerer } from './ocsp/answer-ocsp.ts';
export { createOcspResponder, OCSP_PATH } from './ocsp/ocsp-responder.ts';
export { PHONE_CALL_CENTRE } from './phones/end-phone.ts';
export { phoneRoutes, phoneStatuses } from './phones/phone-routes.ts';
export {
  CARD_KINDS,
  type CardKind,
  CERTIFICATE_KINDS,
  type CertificateKind,
} from './profile/certificate-kind.ts';
export type { HolderAttributes } from './profile/holder-attributes.ts';
export { type JpkiProfile, testProfile } from './profile/jpki-profile.ts';
export { type KeyTypeSettings, type KeyTypes, readKeyTypes } from './profile/key-types.ts';
export {
  isInRenewalWindow,
  lastDayOfValidity,
  lastEndInWindow,
  type ValidityCase,
} from './profile/validity-rule.ts';
export { listPath } from './relying-party/list-path.ts';
export { type VerifierDesk, verifierDesk } from './relying-party/verifier-desk.ts';
export {
  type AnswerFetcher,
  type ChallengeQuestion,
  type ListFetcher,
  type VerifiedSigner,
  type VerifyFailure,
  verifySignedChallenge,
} from './relying-party/verify-signed-challenge.ts';
export { type BeginRenewalFailure, beginRenewal, type RenewalOffer } from './renewal/begin-renewal.ts';
export {
  type ConfirmRenewalFailure,
  confirmRenewal,
  type RenewedCertificate,
} from './renewal/confirm-renewal.ts';
export { giveUpRenewals } from './renewal/give-up-renewals.ts';
export { authoriseOffice } from './renewal/issuing-offices.ts';
export type { RenewalFacts } from './renewal/renewal-facts.ts';
export { RENEWAL_GROUNDS } from './renewal/renewal-fee.ts';
export {
  type CertificateName,
  HOLDER_REASONS,
  type HolderReason,
  type RevokeCounts,
  type RevokeFailure,
  revokeCertificates,
  revokeForCard,
} from './revoke-certificates.ts';
export { jpkiSchema } from './schema.ts';
export {
  holderAttributesAtSignIn,
  type SignInAttributesFailure,
} from './sign-in/holder-attributes-at-sign-in.ts';
export { permitSignIn } from './sign-in/permit-sign-in.ts';
export { countVerifierAnswers } from './verifier-counts.ts';
export { verifierServiceRoutes, verifierServiceStatuses } from './verifier-service-routes.ts';
export { findVerifierKey } from './verifiers/find-verifier-key.ts';
export type { PermitFailure, VerifierCaller, VerifierRights } from './verifiers/permit-verifier.ts';
export { STATUS_AUDIENCES, type StatusAudience } from './verifiers/status-caller.ts';
export {
  approveForVerifier,
  changeVerifier,
  listVerifiers,
  proposeForVerifier,
  registerVerifier,
  SOLE_ACTS,
  type VerifierOfficer,
  verifierHistory,
  verifierProposals,
  verifierStatuses,
} from './verifiers/verifier-office.ts';
export { VERIFIER_OFFICER, verifierRegistration } from './verifiers/verifier-registration.ts';
export { verifierRoutes } from './verifiers/verifier-routes.ts';
export type { ProposedAct, Verifier, VerifierProposal } from './verifiers/verifier-store.ts';
export { type VerifierTerms, verifierTerms } from './verifiers/verifier-terms.ts';
