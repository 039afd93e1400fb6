export { accessSchema } from './access-schema.ts';
export { type AuthenticatorOptions, authenticator } from './authenticator.ts';
export { type Challenge, Challenges } from './challenges.ts';
export { type DeskEntry, deskProblems } from './desk/desk-pages.ts';
export { deskRoutes } from './desk/desk-routes.ts';
export {
  type NewOperator,
  type Operator,
  type OperatorCode,
  Operators,
  type OperatorsOptions,
} from './operators.ts';
export { randomSecret } from './random-text.ts';
export { type ScryptParameters, SecretHasher } from './secret-hash.ts';
export { sessionRoutes, sessionStatuses } from './session-routes.ts';
export {
  type OpenedSession,
  type SessionActor,
  type SessionLifetime,
  type SessionSubject,
  Sessions,
  type SessionsOptions,
} from './sessions.ts';
export { SiteNonces } from './site-nonces.ts';
export {
  type SiteKey,
  type SiteRequestCode,
  type SiteRequestHeaders,
  signSiteRequest,
  type VerifiedSiteRequest,
} from './site-request.ts';
