/**
 * A server on a free loopback port for one test, with its log in memory, and a bare client that shows what really
 * came over the connection.
 */
import { request as httpRequest, type IncomingHttpHeaders } from 'node:http';
import { connect } from 'node:net';
import type { TestContext } from 'node:test';
import { createLog } from './log.ts';
import { createHttpServer, type HttpServer, type HttpServerOptions } from './server.ts';

/** A response as received. */
export interface Received {
  readonly status: number;
  readonly headers: IncomingHttpHeaders;
  readonly text: string;
  readonly json: () => Record<string, unknown>;
}

/** A running server. */
export interface ServedForTest {
  readonly server: HttpServer;
  readonly origin: string;
  readonly port: number;
  readonly logLines: string[];
  readonly ask: (method: string, path: string, more?: AskOptions) => Promise<Received>;
}

/** Headers and body of a request. */
export interface AskOptions {
  readonly headers?: Readonly<Record<string, string>>;
  readonly json?: unknown;
  readonly body?: string | Uint8Array;
}

/** Starts a server, mounts on it, and closes it after the test. */
export async function serveForTest(
  t: TestContext,
  options: Partial<HttpServerOptions>,
  mount: (server: HttpServer) => void = () => undefined,
): Promise<ServedForTest> {
  const logLines: string[] = [];
  const log = createLog({ service: 'test', destination: { write: (line) => logLines.push(line) } });
  const server = createHttpServer({ name: 'Test', version: '1.0.0', log, ...options });
  mount(server);
  const { origin, port } = await server.listen();
  t.after(() => server.close());
  return { server, origin, port, logLines, ask: (method, path, more) => ask(port, method, path, more ?? {}) };
}

function ask(port: number, method: string, path: string, more: AskOptions): Promise<Received> {
  const body = more.json === undefined ? more.body : JSON.stringify(more.json);
  const headers = {
    ...(more.json === undefined ? {} : { 'content-type': 'application/json' }),
    ...(body === undefined ? {} : { 'content-length': String(Buffer.byteLength(body)) }),
    ...more.headers,
  };
  return new Promise((resolve, reject) => {
    const request = httpRequest({ host: '127.0.0.1', port, method, path, headers, agent: false });
    request.on('error', reject).on('response', (response) => {
      const chunks: Buffer[] = [];
      response.on('data', (chunk: Buffer) => chunks.push(chunk)).on('error', reject);
      response.on('end', () => {
        const text = Buffer.concat(chunks).toString();
        resolve({
          status: response.statusCode ?? 0,
          headers: response.headers,
          text,
          json: () => JSON.parse(text),
        });
      });
    });
    request.end(body);
  });
}

/** Sends bytes as they are and gives everything that came back until the connection ended. */
export function sendBytes(port: number, bytes: string): Promise<string> {
  return new Promise((resolve, reject) => {
    let received = '';
    const socket = connect(port, '127.0.0.1', () => socket.write(bytes));
    socket.setEncoding('utf8');
    socket.on('data', (chunk) => {
      received += String(chunk);
    });
    socket.on('close', () => resolve(received)).on('error', reject);
  });
}
