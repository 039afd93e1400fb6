import assert from 'node:assert/strict';
import {
  createServer,
  type IncomingMessage,
  type RequestListener,
  type Server,
  type ServerResponse,
} from 'node:http';
import type { AddressInfo } from 'node:net';
import { text } from 'node:stream/consumers';
import { type TestContext, test } from 'node:test';
import { envelopeOf } from '../fixtures/envelopes.ts';
import { appliedOf, databaseWith, receiversOf } from '../fixtures/test-sites.ts';
import { ENVELOPE_WIRE_BYTES_MAX, ENVELOPES_PATH, httpTransport, type Transport } from './index.ts';

const LINK = 'town/1>centre:recorder';

async function serve(t: TestContext, timeoutMs: number, listener: RequestListener): Promise<Transport> {
  const server: Server = createServer(listener);
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  t.after(() => {
    server.closeAllConnections();
    server.close();
  });
  const { port } = server.address() as AddressInfo;
  return httpTransport({
    baseUrlOf: (site) => (site === 'centre' ? `http://127.0.0.1:${port}` : undefined),
    fetch: globalThis.fetch,
    timeoutMs,
  });
}

const answer =
  (status: number, body: string): RequestListener =>
  (request, response) => {
    request.resume();
    response.writeHead(status, { location: '/elsewhere' }).end(body);
  };

test('an envelope goes over HTTP and its acknowledgement comes back', async (t) => {
  const database = await databaseWith(t, [LINK]);
  const receivers = receiversOf(database, ['centre']);
  const paths: string[] = [];
  const take = async (request: IncomingMessage, response: ServerResponse): Promise<void> => {
    const body = await text(request);
    assert.ok(Buffer.byteLength(body) <= ENVELOPE_WIRE_BYTES_MAX);
    const result = await receivers.receive(JSON.parse(body));
    if (result.ok) response.end(JSON.stringify(result.value));
    else response.writeHead(422).end(JSON.stringify({ type: 'about:blank', code: result.failure.code }));
  };
  const transport = await serve(t, 10_000, (request, response) => {
    paths.push(`${request.method} ${request.url}`);
    void take(request, response);
  });
  const quotes = '"\\'.repeat(250_000); // escaped in the message, and once more in the envelope
  const envelope = await envelopeOf(
    LINK,
    [1, 2, 3, 4].map((seq) => ({ seq, subject: 'a', body: quotes.slice(0, 499_000) })),
  );
  const result = await transport.deliver('centre', envelope);
  assert.ok(result.ok, JSON.stringify(result));
  assert.equal(JSON.parse(result.value.header).receivedThrough, 4);
  assert.equal((await appliedOf(database, LINK)).length, 4);
  assert.deepEqual(paths, [`POST ${ENVELOPES_PATH}`]);
  const refused = await transport.deliver('centre', { ...envelope, body: '[]' });
  assert.equal(refused.ok || refused.failure.code, 'digest-mismatch');
});

test('whatever else a server does is a failure with a code', async (t) => {
  const envelope = { header: '', body: '', signature: '' };
  const codeOf = async (transport: Transport, site = 'centre'): Promise<unknown> => {
    const result = await transport.deliver(site, envelope);
    return result.ok || result.failure.code;
  };
  const cases: readonly (readonly [string, RequestListener])[] = [
    ['transport-timeout', () => undefined],
    ['transport-timeout', (_request, response) => void response.write('{')],
    ['transport-failed', (request) => request.socket.destroy()],
    ['transport-failed', answer(200, 'x'.repeat(100_000))],
    ['transport-failed', answer(307, '')],
    ['transport-failed', answer(500, '<html>')],
    ['transport-failed', answer(500, '{"code":"Not A Code"}')],
    ['receiver-busy', answer(503, '{"code":"receiver-busy"}')],
    ['acknowledgement-malformed', answer(200, '{"header":1,"signature":""}')],
    ['acknowledgement-malformed', answer(200, 'no JSON')],
  ];
  for (const [code, listener] of cases) assert.equal(await codeOf(await serve(t, 300, listener)), code);
  assert.equal(await codeOf(await serve(t, 300, answer(200, '')), 'elsewhere'), 'site-unreachable');
});
