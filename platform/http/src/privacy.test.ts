import assert from 'node:assert/strict';
import { test } from 'node:test';
import { fail, ok } from '@ishizue/outcome';
import { z } from 'zod';
import { describeError } from './describe-error.ts';
import { createLog } from './log.ts';
import { clientRequestId } from './request-id.ts';
import { route } from './route.ts';
import { sendBytes, serveForTest } from './serve-for-test.ts';

const NAME = '山田花子';
const NUMBER = '123456789018';

const person = route({
  method: 'POST',
  path: '/persons/:name/:number',
  summary: 'Fails in every way',
  tags: [],
  access: 'public',
  params: z.object({ name: z.string(), number: z.string() }),
  query: z.object({ how: z.string().optional(), name: z.string().optional() }),
  body: z.object({ name: z.string(), number: z.string().max(20) }),
  responses: { 200: z.object({ name: z.string() }) },
  handler: ({ params, query, body }) => {
    const error = new TypeError(
      `no such person: ${params.name} ${body.number}\n    at ${NAME} (/x/${NUMBER}.ts:1:1)`,
    );
    if (query.how === 'throw')
      throw Object.assign(error, { code: NUMBER, cause: new Error(`${NAME} ${NUMBER}`) });
    if (query.how === 'fail') return fail('person-unknown', 'There is no such person');
    return ok({ name: body.name });
  },
});

const holdsPersonalData = (text: string): boolean =>
  [NAME, encodeURIComponent(NAME), JSON.stringify(NAME).slice(1, -1), NUMBER].some((one) =>
    text.includes(one),
  );

test('a name and a number in path, query, headers, body and errors never reach the log', async (t) => {
  const { ask, port, logLines } = await serveForTest(t, {}, (server) =>
    server.mount({ prefix: '', site: 'national', routes: [person], statuses: { 'person-unknown': 404 } }),
  );
  const path = `/persons/${encodeURIComponent(NAME)}/${NUMBER}`;
  const query = `name=${encodeURIComponent(NAME)}&number=${NUMBER}`;
  const headers = {
    'x-request-id': `00000000-0000-4000-8000-${NUMBER}`,
    'user-agent': `Browser of ${NUMBER}`,
    referer: `http://127.0.0.1/${NUMBER}`,
    cookie: `a=${NUMBER}`,
    authorization: `Bearer ${NUMBER}`,
  };
  const body = { name: NAME, number: NUMBER };
  const statuses = [];
  for (const [method, target, json] of [
    ['POST', `${path}?${query}`, body],
    ['POST', `${path}?${query}&how=throw`, body],
    ['POST', `${path}?${query}&how=fail`, body],
    ['POST', `${path}?${query}`, { ...body, number: NUMBER.repeat(2), [NAME]: NUMBER }],
    ['POST', `/nowhere/${NUMBER}?${query}`, body],
    ['GET', `/persons/%zz${NUMBER}`, undefined],
  ] as const)
    statuses.push((await ask(method, target, { headers, json })).status);
  assert.deepEqual(statuses, [200, 500, 404, 400, 404, 400]);
  await sendBytes(port, `GARBAGE ${NAME} ${NUMBER}\r\n\r\n`);
  const log = logLines.join('');
  assert.equal(logLines.filter((line) => line.includes('"msg":"request"')).length, 6);
  assert.match(log, /"route":"\/persons\/:name\/:number"/);
  assert.match(log, /"type":"TypeError"/);
  assert.match(log, /privacy\.test\.ts:\d+/);
  assert.equal(holdsPersonalData(log), false, log);
});

test('the check itself would see personal data in a log', () => {
  const lines: string[] = [];
  createLog({ service: 'test', destination: { write: (line) => lines.push(line) } }).info(NAME, {
    x: NUMBER,
  });
  assert.equal(holdsPersonalData(lines.join('')), true);
});

test('an error is described by class, code and frames, whatever its message imitates', () => {
  const error = new RangeError(`${NUMBER}\n    at f (/x/${NAME}.ts:1:1)\n    at g (/${NUMBER}.ts:1:1)`);
  const described = describeError(Object.assign(error, { code: 'ERR_SOME' }));
  assert.equal(described.type, 'RangeError');
  assert.equal(described.code, 'ERR_SOME');
  assert.match(described.stack[0] ?? '', /privacy\.test\.ts:\d+:\d+\)?$/);
  error.message = 'changed later';
  assert.equal(holdsPersonalData(JSON.stringify(describeError(error))), false);
  assert.deepEqual(describeError(NUMBER), { type: 'thrown string', stack: [] });
  assert.equal(describeError(Object.assign(new Error('x'), { name: NAME, code: NUMBER })).type, 'Error');
  assert.equal(describeError(Object.assign(new Error('x'), { code: '23505' })).code, '23505');
});

test('causes are followed, but not for ever', () => {
  const error = new Error('outer', { cause: new TypeError('inner') });
  assert.equal(describeError(error).cause?.type, 'TypeError');
  const circular = new Error('a');
  circular.cause = circular;
  assert.ok(JSON.stringify(describeError(circular)).length < 20_000);
});

test('a client’s request id is kept only in shapes that hold no number of a person', () => {
  assert.equal(
    clientRequestId('0190f5fe-7c00-7a00-8000-00aa11bb22cc'),
    '0190f5fe-7c00-7a00-8000-00aa11bb22cc',
  );
  assert.equal(clientRequestId('4bf92f3577b34da6a3ce929d0e0e4736'), '4bf92f3577b34da6a3ce929d0e0e4736');
  for (const bad of [
    NUMBER,
    NAME,
    `00000000-0000-4000-8000-${NUMBER}`,
    'x'.repeat(26).toUpperCase() + 'y',
    '',
    undefined,
  ])
    assert.equal(clientRequestId(bad), undefined);
});
