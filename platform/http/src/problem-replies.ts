/**
 * The one place where failures become responses: failures of handlers by the table of the part that mounted them,
 * Fastify's own refusals by the table here, and everything that was thrown as `internal-error`.
 */
import type { Failure } from '@ishizue/outcome';
import type { FastifyError, FastifyReply, FastifyRequest } from 'fastify';
import { hasZodFastifySchemaValidationErrors } from 'fastify-type-provider-zod';
import { DigestMismatch } from './content-digest.ts';
import { exchangeOf } from './exchange.ts';
import { RequestForged } from './forgery.ts';
import type { Log } from './log.ts';
import {
  type ErrorStatus,
  type HttpCode,
  httpStatuses,
  type InvalidPart,
  PROBLEM_MEDIA_TYPE,
  problemOf,
} from './problem.ts';
import { pageHeaders } from './response-headers.ts';
import { BodyTooLarge, BodyUnreadable } from './upload.ts';
import { TimedOut } from './within.ts';

/** What a problem may carry besides its failure. */
interface ProblemExtras {
  readonly errors?: readonly InvalidPart[];
  readonly headers?: Readonly<Record<string, string>>;
}

const ERRORS_MAX = 50;

/** Refusals of Fastify itself; what is not here and has a 4xx status is `request-invalid`. */
const FASTIFY_REFUSALS: Readonly<Record<string, readonly [HttpCode, string]>> = {
  FST_ERR_CTP_BODY_TOO_LARGE: ['body-too-large', 'The body is larger than this route takes'],
  FST_ERR_CTP_INVALID_MEDIA_TYPE: ['media-type-unsupported', 'This route does not take that media type'],
  FST_ERR_CTP_INVALID_JSON_BODY: ['request-invalid', 'The body is not valid JSON'],
  FST_ERR_CTP_EMPTY_JSON_BODY: ['request-invalid', 'The body is empty'],
};

/** Sends problems for one server. */
export class ProblemReplies {
  readonly #baseUri: string;
  readonly #log: Log;

  constructor(baseUri: string, log: Log) {
    this.#baseUri = baseUri;
    this.#log = log;
  }

  /** Sends one of this package's own codes. */
  async send(reply: FastifyReply, code: HttpCode, detail: string, extras: ProblemExtras = {}): Promise<void> {
    await this.sendFailure(reply, { code, detail }, httpStatuses[code], extras);
  }

  /** Sends a failure with its status: a page where the route answers with pages, a document otherwise. */
  async sendFailure(
    reply: FastifyReply,
    failure: Failure,
    status: ErrorStatus,
    extras: ProblemExtras = {},
  ): Promise<void> {
    const exchange = exchangeOf(reply.request.raw);
    exchange.code = failure.code;
    const pages = reply.request.routeOptions.config.pages;
    reply.headers({ ...extras.headers, 'cache-control': 'no-store' });
    if (status === 401 && pages?.signIn !== undefined && reply.request.method === 'GET') {
      await reply
        .code(303)
        .header('location', `${pages.signIn}?return=${encodeURIComponent(reply.request.url)}`)
        .send();
      return;
    }
    const problem = problemOf(this.#baseUri, failure, status, exchange.requestId, extras.errors);
    reply.code(status);
    if (status === 401) reply.header('www-authenticate', 'Bearer');
    if (pages) {
      const markup = pages.problem(problem).toString();
      await reply.headers(pageHeaders).type('text/html; charset=utf-8').send(markup);
    } else {
      // As bytes: to a text Fastify would add a charset that the media type does not know.
      await reply.type(PROBLEM_MEDIA_TYPE).send(Buffer.from(JSON.stringify(problem)));
    }
  }

  /** Sends what was thrown. Only refusals that are known by class or code tell the client anything. */
  async sendThrown(thrown: unknown, request: FastifyRequest, reply: FastifyReply): Promise<void> {
    if (hasZodFastifySchemaValidationErrors(thrown)) {
      const detail = 'Parts of the request are not as this route takes them';
      await this.send(reply, 'request-invalid', detail, { errors: invalidParts(thrown) });
      return;
    }
    const refusal = refusalOf(thrown);
    if (refusal) {
      // The rest of a body that is too large is not waited for.
      const headers = refusal[0] === 'body-too-large' ? { connection: 'close' } : {};
      await this.send(reply, refusal[0], refusal[1], { headers });
      return;
    }
    const { requestId, route } = exchangeOf(request.raw);
    this.#log.error('handler-failed', { requestId, route, method: request.method }, thrown);
    await this.send(reply, 'internal-error', 'The request could not be served');
  }
}

function refusalOf(thrown: unknown): readonly [HttpCode, string] | undefined {
  if (thrown instanceof BodyTooLarge) return ['body-too-large', 'The body is larger than this route takes'];
  if (thrown instanceof BodyUnreadable) return ['request-invalid', 'The body is not text in its encoding'];
  if (thrown instanceof DigestMismatch) return ['digest-mismatch', 'The body does not match Content-Digest'];
  if (thrown instanceof RequestForged) return ['request-forged', 'The form is not of this session'];
  if (thrown instanceof TimedOut) return ['timed-out', 'The request took too long'];
  if (!(thrown instanceof Error) || !('code' in thrown) || typeof thrown.code !== 'string') return undefined;
  if (!thrown.code.startsWith('FST_ERR_')) return undefined;
  const known = FASTIFY_REFUSALS[thrown.code];
  if (known) return known;
  const status = 'statusCode' in thrown && typeof thrown.statusCode === 'number' ? thrown.statusCode : 500;
  return status >= 400 && status < 500 ? ['request-invalid', 'The request could not be read'] : undefined;
}

const PARTS: Readonly<Record<string, InvalidPart['in']>> = {
  params: 'path',
  querystring: 'query',
  headers: 'header',
  body: 'body',
};

/** Names of schemas and short indexes; anything else in a path may be what the client made up as a key. */
const POINTER_STEP = /^(?:[A-Za-z_][A-Za-z0-9_-]{0,63}|\d{1,6})$/;

function invalidParts(
  error: Pick<FastifyError, 'validationContext'> & {
    readonly validation: readonly { readonly instancePath: string; readonly keyword: string }[];
  },
): InvalidPart[] {
  const part = PARTS[error.validationContext ?? ''] ?? 'body';
  return error.validation.slice(0, ERRORS_MAX).map((issue) => ({
    in: part,
    pointer: issue.instancePath
      .split('/')
      .map((step) => (step === '' || POINTER_STEP.test(step) ? step : '*'))
      .join('/')
      .replace(/^\/$/, ''),
    rule: issue.keyword,
  }));
}
