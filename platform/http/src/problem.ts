/**
 * Problem documents (RFC 9457), the only shape in which a failure leaves the house over HTTP, and the codes that this
 * package itself gives. Invariant: a problem never repeats what the client sent, and never says how the inside broke.
 */
import type { Failure } from '@ishizue/outcome';
import { z } from 'zod';

/** Statuses that a failure may have. */
export type ErrorStatus =
  | 400
  | 401
  | 403
  | 404
  | 405
  | 406
  | 408
  | 409
  | 410
  | 412
  | 413
  | 414
  | 415
  | 422
  | 423
  | 428
  | 429
  | 431
  | 500
  | 501
  | 502
  | 503
  | 504;

/** The codes that any route may answer with, and their statuses. */
export const httpStatuses = {
  'request-invalid': 400,
  'digest-mismatch': 400,
  'sign-in-required': 401,
  'credential-invalid': 401,
  'not-permitted': 403,
  'request-forged': 403,
  'not-found': 404,
  'request-timed-out': 408,
  'body-too-large': 413,
  'address-too-long': 414,
  'media-type-unsupported': 415,
  'too-many-requests': 429,
  'headers-too-large': 431,
  'internal-error': 500,
  overloaded: 503,
  'timed-out': 503,
} as const satisfies Record<string, ErrorStatus>;

/** A code of this package. */
export type HttpCode = keyof typeof httpStatuses;

/** Where a request broke the schema: the part, a JSON pointer (RFC 6901) into it, and the broken rule; no value. */
const invalidPart = z.object({
  in: z.enum(['path', 'query', 'header', 'body']),
  pointer: z.string(),
  rule: z.string(),
});

/** One broken place of a request. */
export type InvalidPart = z.output<typeof invalidPart>;

/** The document, as it is also described in OpenAPI. */
export const problemSchema = z
  .object({
    type: z.string().meta({ description: 'A URI that names the kind of problem; ends in `code`' }),
    title: z.string(),
    status: z.int().min(400).max(599),
    detail: z.string(),
    instance: z.string().meta({ description: 'A URI that names this occurrence; ends in `requestId`' }),
    code: z.string().meta({ description: 'Stable, kebab-case; what programs should switch on' }),
    requestId: z.string(),
    errors: z.array(invalidPart).optional(),
  })
  .meta({ id: 'Problem', description: 'RFC 9457 problem document' });

/** A problem document. */
export type Problem = z.output<typeof problemSchema>;

/** The media type of problem documents. */
export const PROBLEM_MEDIA_TYPE = 'application/problem+json';

/** Where problem types are named when the server gives no base of its own. */
export const DEFAULT_PROBLEMS_BASE_URI = 'urn:ishizue:problem:';

/** The title of a code: `request-invalid` reads "Request invalid". */
function titleOf(code: string): string {
  const words = code.replaceAll('-', ' ');
  return words.charAt(0).toUpperCase() + words.slice(1);
}

/** Makes the document of one failure. */
export function problemOf(
  baseUri: string,
  failure: Failure,
  status: ErrorStatus,
  requestId: string,
  errors?: readonly InvalidPart[],
): Problem {
  return {
    type: baseUri + failure.code,
    title: titleOf(failure.code),
    status,
    detail: failure.detail,
    instance: `urn:ishizue:request:${requestId}`,
    code: failure.code,
    requestId,
    ...(errors === undefined ? {} : { errors: [...errors] }),
  };
}
