import assert from 'node:assert/strict';
import { test } from 'node:test';
import { setTimeout as sleep } from 'node:timers/promises';
import { ok } from '@ishizue/outcome';
import { z } from 'zod';
import { route } from './route.ts';
import { serveForTest } from './serve-for-test.ts';

test('readiness asks every dependency at once, each with its own time', async (t) => {
  let asked = 0;
  let told = false;
  let broken = false;
  const { ask } = await serveForTest(t, {
    readiness: [
      {
        name: 'database',
        timeoutMs: 5000,
        check: async () => {
          asked += 1;
          await sleep(300);
          if (broken) throw new Error('no connection');
        },
      },
      {
        name: 'signer',
        timeoutMs: 60,
        check: (signal) =>
          new Promise((resolve) => {
            if (!broken) resolve();
            signal.addEventListener('abort', () => {
              told = true;
            });
          }),
      },
    ],
  });
  const [one, two] = await Promise.all([ask('GET', '/healthz'), ask('GET', '/healthz')]);
  assert.equal(one.status, 200);
  assert.deepEqual(two.json(), { status: 'ok', checks: { database: 'ok', signer: 'ok' } });
  assert.equal(asked, 1, 'callers at the same time share one round');
  broken = true;
  const failing = await ask('GET', '/healthz');
  assert.equal(failing.status, 503);
  assert.deepEqual(failing.json(), {
    status: 'failing',
    checks: { database: 'failing', signer: 'timed-out' },
  });
  assert.equal(told, true);
  assert.equal((await ask('GET', '/healthz/live')).status, 200);
});

test('metrics count by route pattern, and other parts add theirs', async (t) => {
  const thing = route({
    method: 'GET',
    path: '/things/:id',
    summary: 'A thing',
    tags: [],
    access: 'public',
    responses: { 200: z.object({ ok: z.boolean() }) },
    handler: () => ok({ ok: true }),
  });
  const { ask, logLines } = await serveForTest(t, {}, (server) => {
    server.mount({ prefix: '', site: 'national', routes: [thing], statuses: {} });
    server.metrics.gauge({
      name: 'link_waiting',
      help: 'Messages',
      label: 'link',
      read: async () => new Map([['a>b', 3]]),
    });
    server.metrics.gauge({
      name: 'broken',
      help: 'x',
      read: () => Promise.reject(new Error('123456789018')),
    });
    server.metrics.counter('issued_total', 'x').add(2);
  });
  await ask('GET', '/things/123456789018');
  await ask('GET', '/things/2');
  await ask('GET', '/123456789018');
  const { text, headers } = await ask('GET', '/metrics');
  assert.match(String(headers['content-type']), /^text\/plain; version=0\.0\.4/);
  assert.match(
    text,
    /http_request_duration_seconds_count\{method="GET",route="\/things\/:id",status="200"\} 2/,
  );
  assert.match(text, /http_request_duration_seconds_count\{method="GET",route="\(none\)",status="404"\} 1/);
  assert.match(text, /link_waiting\{link="a>b"\} 3/);
  assert.match(text, /issued_total 2/);
  assert.match(text, /process_resident_memory_bytes \d+/);
  assert.match(text, /\nbroken nan\n/i);
  assert.doesNotMatch(text + logLines.join(''), /123456789018/);
  assert.ok(logLines.some((line) => line.includes('gauge-unreadable')));
});

test('a gauge shows a number for each link of a whole country, and is cut and logged beyond its bound', async (t) => {
  const numbers = (count: number) => new Map(Array.from({ length: count }, (_, at) => [`link-${at}`, at]));
  const { ask, logLines } = await serveForTest(t, {}, (server) => {
    server.metrics.gauge({ name: 'fits', help: 'x', label: 'link', read: () => numbers(20_000) });
    server.metrics.gauge({ name: 'over', help: 'x', label: 'link', read: () => numbers(20_001) });
  });
  const { text } = await ask('GET', '/metrics');
  assert.equal(text.match(/^fits\{/gm)?.length, 20_000);
  assert.equal(text.match(/^over\{/gm)?.length, 20_000);
  const cut = logLines.filter((line) => line.includes('gauge-cut'));
  assert.equal(cut.length, 1);
  assert.match(cut[0] ?? '', /"gauge":"over","values":20001,"shown":20000/);
});
