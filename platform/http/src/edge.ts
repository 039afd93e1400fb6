/**
 * The edge: every request passes here first, on bare node:http. It gives the request its id, counts it, refuses it
 * when there are too many, hands it to the raw path or to the router, and logs and measures it when its response is
 * over. Invariant: whatever happens behind it, each request is counted in and out exactly once.
 */
import {
  createServer,
  type IncomingMessage,
  type RequestListener,
  type Server,
  type ServerResponse,
} from 'node:http';
import type { Duplex } from 'node:stream';
import { dropClientCertificate } from './client-certificate.ts';
import { type Exchange, exchangeOf } from './exchange.ts';
import type { HttpLimits } from './limits.ts';
import type { Log } from './log.ts';
import { type HttpCode, httpStatuses, PROBLEM_MEDIA_TYPE, problemOf } from './problem.ts';
import { findRaw, type RawMount } from './raw.ts';
import { clientRequestId, newRequestId } from './request-id.ts';
import { baseHeaders } from './response-headers.ts';

/** What the edge works with. */
export interface EdgeOptions {
  readonly limits: HttpLimits;
  readonly log: Log;
  readonly problemsBaseUri: string;
  /** Told of every request that is refused here. */
  readonly refused: (reason: string) => void;
  /** Told of every exchange that is over. */
  readonly finished: (method: string, exchange: Exchange, status: number, seconds: number) => void;
  /** Paths that are answered also when there is too much to do: whoever watches must see it. */
  readonly unshed: ReadonlySet<string>;
  /** Whether a connection is from a proxy in front. */
  readonly isProxy: (address: string | undefined) => boolean;
}

/** The edge of one server. */
export class Edge {
  readonly #options: EdgeOptions;
  readonly #raw: RawMount[] = [];
  #inFlight = 0;
  #closing = false;

  constructor(options: EdgeOptions) {
    this.#options = options;
  }

  /** Requests without a finished response. */
  get inFlight(): number {
    return this.#inFlight;
  }

  /** Adds a raw handler. */
  mountRaw(mount: RawMount): void {
    if (mount.prefix.endsWith('/')) throw new Error(`a raw prefix ends with a slash: ${mount.prefix}`);
    this.#raw.push(mount);
  }

  /** From now on new requests are refused: the server is closing. */
  refuseNew(): void {
    this.#closing = true;
  }

  /** The server, bounded, with `router` behind the edge. */
  serve(router: RequestListener): Server {
    const { limits } = this.#options;
    const server = createServer(
      {
        maxHeaderSize: limits.headerBytesMax,
        headersTimeout: limits.headersMs,
        requestTimeout: limits.requestMs,
        keepAliveTimeout: limits.keepAliveMs,
        connectionsCheckingInterval: Math.min(1_000, limits.headersMs),
        noDelay: true,
      },
      (request, response) => this.#accept(request, response, router),
    );
    server.maxHeadersCount = limits.headersMax;
    server.maxConnections = limits.connectionsMax;
    server.setTimeout(limits.idleMs);
    return server;
  }

  #accept(request: IncomingMessage, response: ServerResponse, router: RequestListener): void {
    const exchange = exchangeOf(request);
    const target = request.url ?? '/';
    if (!this.#options.isProxy(request.socket.remoteAddress)) dropClientCertificate(request.headers);
    response.setHeader('X-Request-Id', exchange.requestId);
    this.#inFlight += 1;
    const raw = findRaw(this.#raw, target);
    response.once('close', () => this.#over(request, response, exchange, raw !== undefined));
    if (this.#closing || this.#inFlight > this.#options.limits.inFlightMax) {
      if (!this.#options.unshed.has(target)) {
        this.#refuse(request, response, exchange);
        return;
      }
    }
    if (!raw) {
      router(request, response);
      return;
    }
    exchange.route = raw.prefix;
    this.#runRaw(raw, request, response, exchange).catch((error: unknown) => {
      this.#options.log.error(
        'raw-handler-failed',
        { requestId: exchange.requestId, route: raw.prefix },
        error,
      );
      this.#sendProblem(response, exchange, 'internal-error', 'The request could not be served');
    });
  }

  async #runRaw(
    raw: RawMount,
    request: IncomingMessage,
    response: ServerResponse,
    exchange: Exchange,
  ): Promise<void> {
    await raw.handler(request, response, exchange.requestId);
  }

  #refuse(request: IncomingMessage, response: ServerResponse, exchange: Exchange): void {
    this.#options.refused(this.#closing ? 'closing' : 'overloaded');
    response.setHeader('Retry-After', String(this.#options.limits.retryAfterSeconds));
    // The body of a refused request is not read: the connection ends with the answer.
    if (this.#closing || request.headers['content-length'] || request.headers['transfer-encoding'])
      response.setHeader('Connection', 'close');
    this.#sendProblem(response, exchange, 'overloaded', 'There is too much to do at the moment');
  }

  #sendProblem(response: ServerResponse, exchange: Exchange, code: HttpCode, detail: string): void {
    exchange.code = code;
    if (response.headersSent) {
      response.destroy();
      return;
    }
    const body = this.#problem(code, detail, exchange.requestId);
    response.writeHead(httpStatuses[code], {
      ...baseHeaders,
      'content-type': PROBLEM_MEDIA_TYPE,
      'content-length': Buffer.byteLength(body),
    });
    response.end(body);
  }

  #problem(code: HttpCode, detail: string, requestId: string): string {
    return JSON.stringify(
      problemOf(this.#options.problemsBaseUri, { code, detail }, httpStatuses[code], requestId),
    );
  }

  #over(request: IncomingMessage, response: ServerResponse, exchange: Exchange, raw: boolean): void {
    this.#inFlight -= 1;
    const milliseconds = performance.now() - exchange.startedAt;
    const method = request.method ?? '';
    this.#options.finished(method, exchange, response.statusCode, milliseconds / 1000);
    const complete = response.writableFinished;
    if (raw && complete && response.statusCode < 500) return; // the raw path is measured, not logged
    this.#options.log.info(complete ? 'request' : 'request-aborted', {
      method,
      route: exchange.route,
      status: response.statusCode,
      ms: Math.round(milliseconds * 1000) / 1000,
      requestId: exchange.requestId,
      clientRequestId: clientRequestId(request.headers['x-request-id']),
      actor: exchange.actor,
      code: exchange.code,
    });
  }

  /** Answers requests whose address no router can read. */
  refuseUnroutable(response: ServerResponse, tooLong: boolean): void {
    const code = tooLong ? 'address-too-long' : 'request-invalid';
    this.#sendProblem(response, exchangeOf(response.req), code, 'The address is not valid');
  }

  /** Answers what is not HTTP, or comes too slowly, or has too large a head: there is no request object for it. */
  refuseMalformed(error: Error & { readonly code?: string }, socket: Duplex): void {
    const code: HttpCode =
      error.code === 'HPE_HEADER_OVERFLOW'
        ? 'headers-too-large'
        : error.code === 'ERR_HTTP_REQUEST_TIMEOUT'
          ? 'request-timed-out'
          : 'request-invalid';
    this.#options.refused(code);
    if (error.code === 'ECONNRESET' || !socket.writable) {
      socket.destroy();
      return;
    }
    const requestId = newRequestId();
    this.#options.log.warn('malformed-request', { code, requestId });
    const body = this.#problem(code, 'The request could not be read', requestId);
    socket.end(
      `HTTP/1.1 ${httpStatuses[code]} ${code}\r\nConnection: close\r\nX-Request-Id: ${requestId}\r\n` +
        `Content-Type: ${PROBLEM_MEDIA_TYPE}\r\nContent-Length: ${Buffer.byteLength(body)}\r\n\r\n${body}`,
    );
  }
}
