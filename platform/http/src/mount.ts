/**
 * Puts the routes of one part into Fastify: schemas, limits and access from the route, the status of each failure code
 * from the part's table. A code without a status does not compile.
 */
import { Readable } from 'node:stream';
import type { FastifyInstance, FastifyReply, FastifyRequest } from 'fastify';
import { z } from 'zod';
import type { Pages } from './fastify-request.ts';
import { forgeryField, isForgeryToken, RequestForged } from './forgery.ts';
import { acceptForms } from './form-body.ts';
import type { Log } from './log.ts';
import { fastifySchema } from './openapi.ts';
import type { ErrorStatus } from './problem.ts';
import type { ProblemReplies } from './problem-replies.ts';
import type { Payload, ResponseContent } from './response-content.ts';
import { type Answer, type Call, Form, type Route } from './route.ts';
import { BodyTooLarge, boundedBytes, Upload } from './upload.ts';
import { TimedOut } from './within.ts';

/** The failure codes that a route's handler may give. */
export type CodeOf<R> = R extends Route<infer Code> ? Code : never;

/** The routes of one part of the house, at one site. */
export interface Part<Routes extends readonly Route[]> {
  /** Put before every path; '' for none. */
  readonly prefix: '' | `/${string}`;
  /** The site that the routes act for: persons and operators of other sites are refused. */
  readonly site: string;
  readonly routes: Routes;
  /** The status of every failure code of the routes. */
  readonly statuses: Readonly<Record<CodeOf<Routes[number]>, ErrorStatus>>;
  /** For parts with pages: how problems look there. */
  readonly pages?: Pages;
}

/** What mounting needs of the server. */
export interface MountContext {
  readonly replies: ProblemReplies;
  readonly log: Log;
  readonly handlerMs: number;
}

/** Registers the routes of a part in its own scope. */
export async function mountPart(
  scope: FastifyInstance,
  part: Part<readonly Route[]>,
  context: MountContext,
): Promise<void> {
  for (const route of part.routes) {
    // Bodies that are not JSON change what a scope parses, so such a route has a scope to itself.
    if (route.body instanceof Form || route.body instanceof Upload)
      await scope.register(async (own) => {
        acceptOnly(own, route.body);
        addRoute(own, route, part, context);
      });
    else addRoute(scope, route, part, context);
  }
}

function acceptOnly(scope: FastifyInstance, body: Route['body']): void {
  scope.removeAllContentTypeParsers();
  if (body instanceof Form) {
    acceptForms(scope);
    scope.addHook('preValidation', async (request) => {
      const secret = request.caller.forgerySecret;
      if (secret !== undefined && !isForgeryToken(secret, request.postedForgeryToken))
        throw new RequestForged('a form came without the token of its session');
    });
  }
  if (body instanceof Upload)
    scope.addContentTypeParser([...body.mediaTypes], (request, payload, done) => {
      const tooLarge = Number(request.headers['content-length']) > body.bytesMax;
      done(tooLarge ? new BodyTooLarge(`more than ${body.bytesMax} bytes`) : null, payload);
    });
}

function addRoute(
  scope: FastifyInstance,
  route: Route,
  part: Part<readonly Route[]>,
  context: MountContext,
): void {
  const url = part.prefix + route.path;
  const statuses: Readonly<Record<string, ErrorStatus>> = part.statuses;
  const contents = new Map(Object.entries(route.responses).map(([status, spec]) => [Number(status), spec]));
  const hasPages = [...contents.values()].some(
    (spec) => !(spec instanceof z.ZodType) && spec.mediaType?.startsWith('text/html'),
  );
  scope.route({
    method: route.method,
    url,
    schema: fastifySchema(route, url),
    config: {
      access: route.access,
      site: part.site,
      fromForm: route.body instanceof Form,
      ...(route.rateLimit ? { rateLimit: route.rateLimit } : {}),
      ...(hasPages && part.pages ? { pages: part.pages } : {}),
      ...(route.body instanceof Upload ? { streams: route.body.mediaTypes } : {}),
    },
    ...(route.bodyBytesMax === undefined ? {} : { bodyLimit: route.bodyBytesMax }),
    handler: async (request, reply) => {
      const outcome = await runInTime(route, request, reply, part.site, context);
      if (outcome.ok) return sendAnswer(route, contents, outcome.answer, reply, context.log);
      const status = statuses[outcome.failure.code];
      if (status === undefined) throw new Error(`${url}: a failure code has no status`);
      await context.replies.sendFailure(reply, outcome.failure, status);
      return reply;
    },
  });
}

/** Runs the handler until its time is over or the client is gone; the signal tells it either. */
async function runInTime(
  route: Route,
  request: FastifyRequest,
  reply: FastifyReply,
  site: string,
  context: MountContext,
): ReturnType<Route['run']> {
  const abort = new AbortController();
  const timeoutMs = route.timeoutMs ?? context.handlerMs;
  let timer: NodeJS.Timeout | undefined;
  const late = new Promise<never>((_resolve, reject) => {
    timer = setTimeout(() => {
      const error = new TimedOut('the handler took too long');
      reject(error);
      abort.abort(error);
    }, timeoutMs);
  });
  reply.raw.once('close', () => {
    clearTimeout(timer);
    if (!reply.raw.writableFinished) abort.abort();
  });
  try {
    return await Promise.race([route.run(callOf(route, request, site, abort.signal)), late]);
  } finally {
    clearTimeout(timer);
  }
}

function callOf(
  route: Route,
  request: FastifyRequest,
  site: string,
  signal: AbortSignal,
): Call<unknown, unknown, unknown, unknown> {
  const { caller } = request;
  return {
    params: request.params,
    query: request.query,
    body: route.body instanceof Upload ? uploaded(request.body, route.body.bytesMax) : request.body,
    actor: caller.actor,
    site,
    correlation: request.id,
    signal,
    address: request.ip,
    headers: request.headers,
    forgeryField: () => forgeryField(caller.forgerySecret),
  };
}

const uploaded = (body: unknown, bytesMax: number): AsyncIterable<Uint8Array> =>
  boundedBytes(body instanceof Readable ? body : Readable.from([]), bytesMax);

function sendAnswer(
  route: Route,
  contents: ReadonlyMap<number, z.ZodType | ResponseContent<never>>,
  answer: Answer,
  reply: FastifyReply,
  log: Log,
): FastifyReply {
  const spec = contents.get(answer.status);
  if (!spec) throw new Error(`${route.path}: ${answer.status} is not declared`);
  reply.code(answer.status);
  if (route.cacheControl !== undefined) reply.header('cache-control', route.cacheControl);
  if (spec instanceof z.ZodType) {
    const text = JSON.stringify(z.encode(spec, answer.body));
    return reply.headers(answer.headers).type('application/json; charset=utf-8').send(text);
  }
  // `Route` forgot which body belongs to which status; `route` checked it where the handler was written.
  const payload: Payload = (spec as ResponseContent<unknown>).encode(answer.body);
  reply.headers(spec.headers).headers(answer.headers);
  if (spec.mediaType !== undefined) reply.type(spec.mediaType);
  if (payload instanceof Readable)
    payload.once('error', (error) =>
      log.error('response-stream-failed', { requestId: reply.request.id, route: route.path }, error),
    );
  return reply.send(payload);
}
