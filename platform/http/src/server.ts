/**
 * The HTTP server of an app: the edge in front, Fastify behind it, and between them, in this order and before a body
 * is read, the caller, the access decision and the limits. It binds to loopback unless it is told otherwise.
 */
import type { IncomingMessage, RequestListener } from 'node:http';
import { pipeline } from 'node:stream';
import { ok } from '@ishizue/outcome';
import Fastify, { type FastifyInstance } from 'fastify';
import { serializerCompiler, validatorCompiler } from 'fastify-type-provider-zod';
import { type Authenticate, anonymous } from './actor.ts';
import { Admission } from './admission.ts';
import { trustedPeers } from './client-certificate.ts';
import { DigestMismatch, digestCheck } from './content-digest.ts';
import { Edge } from './edge.ts';
import { exchangeOf } from './exchange.ts';
import { isSafeMethod } from './forgery.ts';
import { type ReadinessCheck, readiness } from './health.ts';
import { defaultLimits, type HttpLimits } from './limits.ts';
import type { Log } from './log.ts';
import { Metrics } from './metrics.ts';
import { mountPart, type Part } from './mount.ts';
import { collectOpenApi, openApiText } from './openapi.ts';
import { DEFAULT_PROBLEMS_BASE_URI } from './problem.ts';
import { ProblemReplies } from './problem-replies.ts';
import type { RawMount } from './raw.ts';
import { baseHeaders } from './response-headers.ts';
import type { Route } from './route.ts';
import { mountStatic, type StaticFiles } from './static-files.ts';

/** What a server is made of. */
export interface HttpServerOptions {
  readonly name: string;
  readonly version: string;
  readonly log: Log;
  /** Without it every caller is anonymous. */
  readonly authenticate?: Authenticate;
  /** The name of the session cookie, for the OpenAPI document. */
  readonly cookieName?: string;
  /** Ends in a separator; a problem's `type` is this and its code. */
  readonly problemsBaseUri?: string;
  readonly limits?: Partial<HttpLimits>;
  readonly readiness?: readonly ReadinessCheck[];
  /** Addresses whose X-Forwarded-For and Client-Cert are believed; none by default. */
  readonly trustedProxies?: readonly string[];
}

/** Where a server listens. */
export interface Listening {
  readonly host: string;
  readonly port: number;
  readonly origin: string;
}

/** A server. Everything is mounted before `listen`. */
export interface HttpServer {
  readonly app: FastifyInstance;
  readonly metrics: Metrics;
  readonly mount: <const Routes extends readonly Route[]>(part: Part<Routes>) => void;
  readonly mountRaw: (mount: RawMount) => void;
  readonly mountStatic: (files: StaticFiles) => void;
  /** Loopback and any free port by default; rejects when a route does not say who may call it. */
  readonly listen: (where?: { readonly host?: string; readonly port?: number }) => Promise<Listening>;
  /** Refuses new requests, waits for those in flight, and cuts what is left after the drain time. */
  readonly close: () => Promise<void>;
}

/** Paths that the server itself answers. */
const OWN_PATHS = {
  health: '/healthz',
  alive: '/healthz/live',
  metrics: '/metrics',
  openApi: '/openapi.json',
};

/** Makes a server. */
export function createHttpServer(options: HttpServerOptions): HttpServer {
  const limits = { ...defaultLimits, ...options.limits };
  const problemsBaseUri = options.problemsBaseUri ?? DEFAULT_PROBLEMS_BASE_URI;
  const { log } = options;
  const edge: Edge = new Edge({
    limits,
    log,
    problemsBaseUri,
    refused: (reason) => metrics.refuse(reason),
    finished: (...measured) => metrics.observe(...measured),
    unshed: new Set([OWN_PATHS.health, OWN_PATHS.alive, OWN_PATHS.metrics]),
    isProxy: trustedPeers(options.trustedProxies ?? []),
  });
  const metrics = new Metrics(log, () => edge.inFlight);
  const app = createApp(options, limits, edge);
  const replies = new ProblemReplies(problemsBaseUri, log);
  addHooks(
    app,
    new Admission(options.authenticate ?? (() => ok({ actor: anonymous })), replies, log),
    replies,
  );
  collectOpenApi(app, { ...options, cookie: options.cookieName ?? '__Host-ishizue-session' });
  app.register(async (scope) => addOwnRoutes(scope, app, metrics, options.readiness ?? []));
  return {
    app,
    metrics,
    mount: (part) => {
      app.register((scope) => mountPart(scope, part, { replies, log, handlerMs: limits.handlerMs }));
    },
    mountRaw: (mount) => edge.mountRaw(mount),
    mountStatic: (files) => {
      app.register(async (scope) => mountStatic(scope, files));
    },
    listen: (where) => listen(app, where?.host ?? '127.0.0.1', where?.port ?? 0),
    close: () => close(app, edge, metrics, limits.drainMs),
  };
}

function createApp(options: HttpServerOptions, limits: HttpLimits, edge: Edge): FastifyInstance {
  const app = Fastify({
    logger: false, // Fastify logs addresses and messages; the edge logs requests instead
    serverFactory: (router: RequestListener) => edge.serve(router),
    genReqId: (request: IncomingMessage) => exchangeOf(request).requestId,
    bodyLimit: limits.bodyBytesMax,
    return503OnClosing: false,
    clientErrorHandler: (error, socket) => edge.refuseMalformed(error, socket),
    frameworkErrors: (error, _request, reply) => {
      edge.refuseUnroutable(reply.raw, error.code === 'FST_ERR_MAX_PARAM_LENGTH');
    },
    routerOptions: { maxParamLength: 256 },
    trustProxy: options.trustedProxies === undefined ? false : [...options.trustedProxies],
  });
  app.removeContentTypeParser('text/plain');
  app.setValidatorCompiler(validatorCompiler);
  app.setSerializerCompiler(serializerCompiler);
  app.decorateRequest('postedForgeryToken', undefined);
  return app;
}

function addHooks(app: FastifyInstance, admission: Admission, replies: ProblemReplies): void {
  app.addHook('onRoute', (route) => {
    if (route.config?.access === undefined || route.config.site === undefined)
      throw new Error(`${String(route.method)} ${route.url} does not say who may call it`);
  });
  app.addHook('onRequest', async (request, reply) => {
    request.caller = { actor: anonymous };
    reply.headers(baseHeaders);
    if (request.is404) return;
    const { url } = request.routeOptions;
    if (url !== undefined) exchangeOf(request.raw).route = url;
    if (!(await admission.admit(request, reply))) return reply;
  });
  app.addHook('preParsing', async (request, _reply, payload) => {
    const header = request.headers['content-digest'];
    if (header === undefined || isSafeMethod(request.method)) return payload;
    const check = typeof header === 'string' ? digestCheck(header) : undefined;
    if (!check) throw new DigestMismatch('Content-Digest names no digest that is understood');
    return pipeline(payload, check, () => undefined); // what goes wrong is seen by whoever reads `check`
  });
  app.setErrorHandler((error, request, reply) => replies.sendThrown(error, request, reply));
  app.setNotFoundHandler((_request, reply) => replies.send(reply, 'not-found', 'There is nothing here'));
}

function addOwnRoutes(
  scope: FastifyInstance,
  app: FastifyInstance,
  metrics: Metrics,
  checks: readonly ReadinessCheck[],
): void {
  const ask = readiness(checks);
  const open = { schema: { hide: true }, config: { access: 'public', site: '' } } as const;
  let openApi = '';
  scope.addHook('onReady', async () => {
    openApi = openApiText(app); // made at start, so that a route that cannot be described fails there
  });
  scope.get(OWN_PATHS.alive, open, () => ({ status: 'ok' }));
  scope.get(OWN_PATHS.health, open, async (_request, reply) => {
    const state = await ask();
    return reply.code(state.status === 'ok' ? 200 : 503).send(state);
  });
  scope.get(OWN_PATHS.metrics, open, async (_request, reply) => {
    const { mediaType, body } = await metrics.text();
    return reply.type(mediaType).send(body);
  });
  scope.get(OWN_PATHS.openApi, open, (_request, reply) =>
    reply.type('application/json; charset=utf-8').send(openApi),
  );
}

async function listen(app: FastifyInstance, host: string, port: number): Promise<Listening> {
  await app.listen({ host, port });
  const address = app.server.address();
  if (address === null || typeof address === 'string') throw new Error('the server has no port');
  const shown = address.family === 'IPv6' ? `[${address.address}]` : address.address;
  return { host: address.address, port: address.port, origin: `http://${shown}:${address.port}` };
}

async function close(app: FastifyInstance, edge: Edge, metrics: Metrics, drainMs: number): Promise<void> {
  edge.refuseNew();
  const { server } = app;
  // Connections fall idle one after the other as their responses end.
  const sweep = setInterval(() => server.closeIdleConnections(), 50);
  const cut = setTimeout(() => server.closeAllConnections(), drainMs);
  try {
    await app.close();
  } finally {
    clearInterval(sweep);
    clearTimeout(cut);
    metrics.close();
  }
}
