import assert from 'node:assert/strict';
import { request as httpRequest } from 'node:http';
import { Readable } from 'node:stream';
import { test } from 'node:test';
import { setTimeout as sleep } from 'node:timers/promises';
import { fail, ok } from '@ishizue/outcome';
import * as fc from 'fast-check';
import { z } from 'zod';
import { contentDigest } from './content-digest.ts';
import { ndjson } from './response-content.ts';
import { route } from './route.ts';
import { serveForTest } from './serve-for-test.ts';
import type { HttpServer } from './server.ts';
import { linesOf, upload } from './upload.ts';

const MIB = 1_048_576;

const importRows = route({
  method: 'POST',
  path: '/imports',
  summary: 'Import rows',
  tags: ['imports'],
  access: 'public',
  query: z.object({ stop: z.coerce.number().default(Number.MAX_SAFE_INTEGER) }),
  body: upload({ mediaTypes: ['text/csv'], bytesMax: 8 * MIB }),
  responses: { 200: z.object({ lines: z.number(), first: z.string() }) },
  handler: async ({ body, query }) => {
    let lines = 0;
    let first = '';
    for await (const line of linesOf(body, { lineBytesMax: 1000 })) {
      if (lines === 0) first = line;
      if (++lines > query.stop) return fail('row-refused', 'A row was refused');
    }
    return ok({ lines, first });
  },
});

const made = { produced: 0, returned: 0 };
async function* rows(count: number, failAt: number) {
  try {
    for (let n = 0; n < count; n++) {
      if (n === failAt) throw new Error('the cursor broke');
      made.produced += 1;
      yield { n, text: 'x'.repeat(100), hidden: 'y' };
    }
  } finally {
    made.returned += 1;
  }
}

const exportRows = route({
  method: 'GET',
  path: '/exports',
  summary: 'Export rows',
  tags: ['imports'],
  access: 'public',
  query: z.object({ count: z.coerce.number(), failAt: z.coerce.number().default(-1) }),
  responses: { 200: ndjson(z.object({ n: z.number(), text: z.string() }), { linesMax: 200_000 }) },
  handler: ({ query }) => ok(rows(query.count, query.failAt)),
});

const echo = route({
  method: 'POST',
  path: '/echo',
  summary: 'Echo',
  tags: ['imports'],
  access: 'public',
  body: z.object({ a: z.number() }),
  responses: { 200: z.object({ a: z.number() }) },
  handler: ({ body }) => ok(body),
});

const mount = (server: HttpServer): void =>
  server.mount({
    prefix: '',
    site: 'national',
    routes: [importRows, exportRows, echo],
    statuses: { 'row-refused': 422 },
  });

const csv = { 'content-type': 'text/csv' };

test('an upload is read line by line while it arrives', async (t) => {
  const { ask } = await serveForTest(t, {}, mount);
  const body = `\uFEFFname,code\r\n${'山田,131016\r\n'.repeat(50_000)}`;
  const got = await ask('POST', '/imports', { headers: csv, body });
  assert.deepEqual(got.json(), { lines: 50_001, first: 'name,code' });
});

test('an upload is bounded, with a stated length and without, and so are its lines', async (t) => {
  const { ask, port } = await serveForTest(t, {}, mount);
  const stated = await ask('POST', '/imports', {
    headers: { ...csv, 'content-length': String(9 * MIB), expect: '100-continue' },
  }).catch(() => undefined);
  assert.ok(stated === undefined || stated.status === 413);
  const status = await new Promise<number>((resolve, reject) => {
    const request = httpRequest({
      host: '127.0.0.1',
      port,
      method: 'POST',
      path: '/imports',
      headers: csv,
      agent: false,
    });
    request.on('response', (response) => resolve(response.resume().statusCode ?? 0)).on('error', reject);
    Readable.from(
      (function* () {
        for (let n = 0; n < 8 * 1024 + 1; n++)
          yield Buffer.from(`${'x'.repeat(1023)}\n`.slice(0, 1024).replace(/^x{24}/, '\n'.repeat(24)));
      })(),
    ).pipe(request);
  });
  assert.equal(status, 413);
  const long = await ask('POST', '/imports', { headers: csv, body: 'x'.repeat(2000) });
  assert.equal(`${long.status} ${String(long.json()['code'])}`, '413 body-too-large');
  const notText = await ask('POST', '/imports', { headers: csv, body: Uint8Array.of(0x82, 0xa0, 10) });
  assert.equal(`${notText.status} ${String(notText.json()['code'])}`, '400 request-invalid');
  const json = await ask('POST', '/imports', { json: {} });
  assert.equal(json.status, 415);
});

test('a handler that refuses in the middle of an upload still answers', async (t) => {
  const { ask } = await serveForTest(t, {}, mount);
  const got = await ask('POST', '/imports?stop=3', { headers: csv, body: 'a,b\n'.repeat(MIB) });
  assert.equal(got.status, 422);
  assert.equal(got.json()['code'], 'row-refused');
});

test('a stream of lines is sent whole, with only the fields of its schema', async (t) => {
  const { ask } = await serveForTest(t, {}, mount);
  const got = await ask('GET', '/exports?count=5000');
  assert.equal(got.headers['content-type'], 'application/x-ndjson');
  const lines = got.text.trimEnd().split('\n');
  assert.equal(lines.length, 5000);
  assert.deepEqual(JSON.parse(lines[4999] ?? ''), { n: 4999, text: 'x'.repeat(100) });
});

test('a stream that breaks, or is longer than it may be, is cut: nobody takes a part for the whole', async (t) => {
  const { ask, logLines } = await serveForTest(t, {}, mount);
  await assert.rejects(ask('GET', '/exports?count=5000&failAt=4000'), /aborted|hang up|ECONNRESET/);
  await assert.rejects(ask('GET', '/exports?count=200001'), /aborted|hang up|ECONNRESET/);
  assert.ok(logLines.some((line) => line.includes('response-stream-failed')));
});

test('the source is read only as fast as the client takes, and let go when the client leaves', async (t) => {
  const { port } = await serveForTest(t, {}, mount);
  made.produced = 0;
  made.returned = 0;
  const request = httpRequest({ host: '127.0.0.1', port, path: '/exports?count=200000', agent: false });
  request.on('error', () => undefined).end();
  await new Promise<void>((resolve) => {
    request.on('response', (response) => {
      response.on('error', () => undefined).pause();
      resolve();
    });
  });
  let before = -1;
  for (let tries = 0; tries < 50 && made.produced !== before; tries++) {
    before = made.produced;
    await sleep(150);
  }
  assert.equal(made.produced, before, 'a client that does not read stops the source');
  assert.ok(before < 150_000, `${before} rows were made for nobody`);
  request.destroy();
  for (let tries = 0; tries < 500 && made.returned === 0; tries++) await sleep(10);
  assert.equal(made.returned, 1);
});

test('a body that does not match its digest is refused, in a document and in a stream', async (t) => {
  const { ask } = await serveForTest(t, {}, mount);
  const body = '{"a":1}';
  const json = { 'content-type': 'application/json' };
  const sendJson = (digest: string) =>
    ask('POST', '/echo', { headers: { ...json, 'content-digest': digest }, body });
  assert.equal((await sendJson(contentDigest(Buffer.from(body)))).status, 200);
  for (const bad of [
    contentDigest(Buffer.from('{"a":2}')),
    'sha-256=:AAAA:',
    'md5=:AAAAAAAAAAAAAAAAAAAAAA==:',
    '',
  ]) {
    const got = await sendJson(bad);
    assert.equal(`${got.status} ${String(got.json()['code'])}`, '400 digest-mismatch', bad);
  }
  const rowsBody = 'a\nb\n';
  const right = await ask('POST', '/imports', {
    headers: { ...csv, 'content-digest': contentDigest(Buffer.from(rowsBody)) },
    body: rowsBody,
  });
  assert.equal(right.status, 200);
  const wrong = await ask('POST', '/imports', {
    headers: { ...csv, 'content-digest': contentDigest(Buffer.from('c')) },
    body: rowsBody,
  });
  assert.equal(wrong.json()['code'], 'digest-mismatch');
});

test('Content-Digest has the form of RFC 9530', () => {
  assert.equal(
    contentDigest(Buffer.from('{"hello": "world"}\n')),
    'sha-256=:RK/0qy18MlBSVnWgjwz6lZEWjP/lF5HF9bvEF8FabDg=:',
  );
});

test('lines do not depend on how their bytes are cut into chunks', async () => {
  await fc.assert(
    fc.asyncProperty(
      fc.array(
        fc.string({ unit: 'binary', maxLength: 20 }).map((line) => line.replaceAll(/[\r\n\uFEFF]/g, '')),
        { maxLength: 10 },
      ),
      fc.constantFrom('\n', '\r\n'),
      fc.array(fc.integer({ min: 1, max: 9 }), { minLength: 1, maxLength: 40 }),
      async (wanted, end, cuts) => {
        const whole = Buffer.from(wanted.map((line) => line + end).join(''));
        async function* chunks() {
          let at = 0;
          for (let n = 0; at < whole.length; n++) {
            const size = cuts[n % cuts.length] ?? 1;
            yield new Uint8Array(whole.subarray(at, at + size));
            at += size;
          }
        }
        const got: string[] = [];
        for await (const line of linesOf(chunks())) got.push(line);
        assert.deepEqual(
          got,
          wanted.map((line) => Buffer.from(line).toString()),
        );
      },
    ),
    { numRuns: 300 },
  );
});

test('lines in Shift_JIS are cut by line feeds only', async () => {
  const bytes = Uint8Array.of(0x83, 0x5c, 0x0a, 0x82, 0xa0); // ソ LF あ: the second byte of ソ is a backslash
  const got: string[] = [];
  for await (const line of linesOf(Readable.from([bytes]), { encoding: 'shift_jis' })) got.push(line);
  assert.deepEqual(got, ['ソ', 'あ']);
});
