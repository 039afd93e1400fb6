export { expireRequests } from './centre/expire-requests.ts';
export { findRequest, type RequestView } from './centre/find-request.ts';
export {
  CHALLENGE_PURPOSE,
  type OpenedRequest,
  type OpenFailure,
  openRequest,
} from './centre/open-request.ts';
export { REQUEST_STATES, type RequestState } from './centre/request-state.ts';
export {
  type RoutedRequest,
  type Submission,
  type SubmitFailure,
  submitRequest,
} from './centre/submit-request.ts';
export { resumeIssue, type Suspension, suspendIssue } from './centre/suspensions.ts';
export { type TakeFailure, type TakenDocument, takeDocument } from './centre/take-document.ts';
export { type AnswerTicket, closeAnswerTicket, openTickets } from './centre/tickets.ts';
export {
  type VerifiedCertificate,
  verifyCertificate,
  withdrawCertificate,
} from './centre/verify-certificate.ts';
export {
  CERTIFICATE_CLASSES,
  type CertificateClass,
  type CertificateWish,
  CLASS_NAMES,
  certificateWish,
} from './certificate-class.ts';
export { newCertificateId, readCertificateId } from './certificate-id.ts';
export type {
  AuthenticateHolder,
  CardHolder,
  CardProof,
  CertificatesContext,
  ChallengeSource,
  HolderRefusal,
} from './certificates-context.ts';
export { counterPaperRoutes, counterPaperStatuses } from './counter-paper-routes.ts';
export { kioskPages } from './kiosk-pages/kiosk-page-routes.ts';
export { toCentre, toMunicipality } from './messages.ts';
export { hasSupportStop, liftStop, type StopReason, setStop } from './municipal/stops.ts';
export { openPress, type Press } from './paper/press.ts';
export { certificatesTopics } from './receivers.ts';
export { type CertificateRouteOptions, certificateRoutes, certificateStatuses } from './routes.ts';
export { certificatesSchema } from './schema.ts';
