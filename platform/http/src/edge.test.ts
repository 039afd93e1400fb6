import assert from 'node:assert/strict';
import { request as httpRequest } from 'node:http';
import { connect } from 'node:net';
import { test } from 'node:test';
import { setTimeout as sleep } from 'node:timers/promises';
import { ok } from '@ishizue/outcome';
import { z } from 'zod';
import { readBody } from './raw.ts';
import { route } from './route.ts';
import { sendBytes, serveForTest } from './serve-for-test.ts';

/** A route that answers when the test lets it. */
function gate() {
  let open = (): void => undefined;
  const opened = new Promise<void>((resolve) => {
    open = resolve;
  });
  let arrived = 0;
  const held = route({
    method: 'GET',
    path: '/held',
    summary: 'Waits',
    tags: [],
    access: 'public',
    responses: { 200: z.object({ done: z.boolean() }) },
    handler: async () => {
      arrived += 1;
      await opened;
      return ok({ done: true });
    },
  });
  return { held, open, waitFor: (count: number) => until(() => arrived >= count) };
}

const until = async (condition: () => boolean): Promise<void> => {
  for (let tries = 0; !condition(); tries++) {
    if (tries > 1000) throw new Error('it did not come to that');
    await sleep(5);
  }
};

test('above the limit in flight requests are refused with Retry-After, but watchers are answered', async (t) => {
  const { held, open, waitFor } = gate();
  const { ask, server } = await serveForTest(
    t,
    { limits: { inFlightMax: 2, retryAfterSeconds: 7 } },
    (mounted) => mounted.mount({ prefix: '', site: 'national', routes: [held], statuses: {} }),
  );
  const first = ask('GET', '/held');
  const second = ask('GET', '/held');
  await waitFor(2);
  const third = await ask('GET', '/held');
  assert.equal(third.status, 503);
  assert.equal(third.json()['code'], 'overloaded');
  assert.equal(third.headers['retry-after'], '7');
  assert.equal((await ask('GET', '/healthz')).status, 200);
  const scraped = await ask('GET', '/metrics');
  assert.match(scraped.text, /http_requests_refused_total\{reason="overloaded"\} 1/);
  assert.match(scraped.text, /http_requests_in_flight 3/);
  open();
  assert.deepEqual([(await first).status, (await second).status], [200, 200]);
  assert.equal((await ask('GET', '/held')).status, 200);
  assert.equal(server.app.server.listening, true);
});

test('a client that goes away is counted out', async (t) => {
  const { held, open, waitFor } = gate();
  const { ask, port, logLines } = await serveForTest(t, { limits: { inFlightMax: 1 } }, (mounted) =>
    mounted.mount({ prefix: '', site: 'national', routes: [held], statuses: {} }),
  );
  const request = httpRequest({ host: '127.0.0.1', port, path: '/held', agent: false });
  request.on('error', () => undefined).end();
  await waitFor(1);
  assert.equal((await ask('GET', '/held')).status, 503);
  request.destroy();
  await until(() => logLines.some((line) => line.includes('request-aborted')));
  open();
  assert.equal((await ask('GET', '/held')).status, 200);
});

test('a raw handler takes its prefix and what is below, and nothing beside it', async (t) => {
  const { ask, port, logLines } = await serveForTest(t, {}, (mounted) => {
    mounted.mountRaw({
      prefix: '/ocsp',
      access: 'public',
      handler: async (request, response) => {
        const body = await readBody(request, 10);
        if (!body.ok) {
          response.writeHead(413, { connection: 'close' }).end(body.failure.code);
          return;
        }
        if (body.value.length === 0) throw new Error('empty');
        response.writeHead(200, { 'content-type': 'application/ocsp-response' }).end(body.value);
      },
    });
  });
  const got = await ask('POST', '/ocsp', { body: 'abc' });
  assert.equal(`${got.status} ${got.text}`, '200 abc');
  assert.match(String(got.headers['x-request-id']), /^[a-z2-7]{26}$/);
  assert.equal((await ask('POST', '/ocsp/x?y', { body: 'abc' })).text, 'abc');
  assert.equal((await ask('POST', '/ocspx', { body: 'abc' })).status, 404);
  assert.equal((await ask('POST', '/ocsp', { body: '0123456789a' })).text, 'body-too-large');
  const chunked = 'POST /ocsp HTTP/1.1\r\nHost: x\r\nTransfer-Encoding: chunked\r\n\r\nb\r\n0123456789a\r\n';
  assert.match(await sendBytes(port, chunked), /^HTTP\/1\.1 413 /);
  const failed = await ask('POST', '/ocsp', { body: '' });
  assert.equal(failed.json()['code'], 'internal-error');
  assert.ok(logLines.some((line) => line.includes('raw-handler-failed')));
});

test('the head of a request is bounded in size, number of headers and time', async (t) => {
  const { port } = await serveForTest(t, {
    limits: { headerBytesMax: 4096, headersMs: 300, requestMs: 600 },
  });
  const large = await sendBytes(port, `GET /healthz HTTP/1.1\r\nHost: x\r\nA: ${'a'.repeat(5000)}\r\n\r\n`);
  assert.match(large, /^HTTP\/1\.1 431 /);
  assert.match(large, /"code":"headers-too-large"/);
  const garbage = await sendBytes(port, 'what is this\r\n\r\n');
  assert.match(garbage, /^HTTP\/1\.1 400 [^]*"code":"request-invalid"/);
  const late = await sendBytes(port, 'GET /healthz HTTP/1.1\r\nHost: x\r\n');
  assert.match(late, /^HTTP\/1\.1 408 [^]*"code":"request-timed-out"/);
});

test('a body that never comes ends with the time of the request', async (t) => {
  const { port } = await serveForTest(t, { limits: { headersMs: 200, requestMs: 400 } }, (mounted) => {
    mounted.mountRaw({
      prefix: '/ocsp',
      access: 'public',
      handler: async (request, response) => {
        const body = await readBody(request, 100);
        response.end(body.ok ? 'read' : body.failure.code);
      },
    });
  });
  const answered = await sendBytes(port, 'POST /ocsp HTTP/1.1\r\nHost: x\r\nContent-Length: 10\r\n\r\nabc');
  assert.doesNotMatch(answered, /200/);
});

test('a closing server finishes what it has, refuses what is new, and ends', async (t) => {
  const { held, open, waitFor } = gate();
  const { ask, server, port } = await serveForTest(t, {}, (mounted) =>
    mounted.mount({ prefix: '', site: 'national', routes: [held], statuses: {} }),
  );
  const connection = connect(port, '127.0.0.1');
  let pipelined = '';
  connection.setEncoding('utf8').on('data', (chunk) => {
    pipelined += String(chunk);
  });
  connection.write('GET /held HTTP/1.1\r\nHost: x\r\n\r\n');
  const first = ask('GET', '/held');
  await waitFor(2);
  const closed = server.close();
  connection.write('GET /held HTTP/1.1\r\nHost: x\r\n\r\n');
  await sleep(50);
  open();
  assert.equal((await first).status, 200);
  await closed;
  assert.match(pipelined, /^HTTP\/1\.1 200 [^]*HTTP\/1\.1 503 [^]*"code":"overloaded"/);
  await assert.rejects(ask('GET', '/held'));
});

test('a closing server cuts what does not end', async (t) => {
  const { held, waitFor } = gate();
  const { ask, server } = await serveForTest(t, { limits: { drainMs: 100 } }, (mounted) =>
    mounted.mount({ prefix: '', site: 'national', routes: [held], statuses: {} }),
  );
  const never = ask('GET', '/held');
  never.catch(() => undefined);
  await waitFor(1);
  await server.close();
  await assert.rejects(never);
});
