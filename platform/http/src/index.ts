export {
  type Access,
  type ActorFor,
  anyOf,
  anyOperator,
  type CallerAccess,
  mayCall,
  type OperatorAccess,
  operatorWith,
} from './access.ts';
export {
  type Actor,
  type AnonymousActor,
  type Authenticate,
  anonymous,
  type Caller,
  type CredentialRequest,
  type OperatorActor,
  type PersonActor,
  type SiteActor,
} from './actor.ts';
export { clientCertificateOf } from './client-certificate.ts';
export { contentDigest } from './content-digest.ts';
export { type SessionCookie, sessionCookie } from './cookie.ts';
export { describeError } from './describe-error.ts';
export type { Pages } from './fastify-request.ts';
export type { ReadinessCheck } from './health.ts';
export { type HtmlValue, html, SafeHtml } from './html.ts';
export { defaultLimits, type HttpLimits } from './limits.ts';
export { createLog, type Log, type LogFields, type LogOptions } from './log.ts';
export type { Count, GaugeSource, Metrics } from './metrics.ts';
export type { Part } from './mount.ts';
export {
  type ErrorStatus,
  type HttpCode,
  httpStatuses,
  PROBLEM_MEDIA_TYPE,
  type Problem,
  problemSchema,
} from './problem.ts';
export { RateLimit, type RateLimitOptions, type Taken } from './rate-limit.ts';
export { type RawHandler, type RawMount, readBody } from './raw.ts';
export { newRequestId } from './request-id.ts';
export { bytes, empty, ndjson, page, type ResponseContent } from './response-content.ts';
export { Answer, answer, type Call, form, type Method, type Route, redirect, route } from './route.ts';
export { createHttpServer, type HttpServer, type HttpServerOptions, type Listening } from './server.ts';
export type { StaticFiles } from './static-files.ts';
export { BodyTooLarge, BodyUnreadable, type LineEncoding, linesOf, type Upload, upload } from './upload.ts';
