import assert from 'node:assert/strict';
import { test } from 'node:test';
import { type Actor, createHttpServer, createLog } from '@ishizue/http';
import { ok } from '@ishizue/outcome';
import {
  BANKS,
  codeOf,
  numberOf,
  PENSION,
  provisionEntries,
  provisioning,
  queryWith,
} from './provision-for-tests.ts';
import { provisionRoutes, provisionStatuses } from './provision-routes.ts';

test('an agency asks, hands in a file, collects, and follows changes over HTTP; others are refused', async (t) => {
  const { country, sql } = await provisioning(t, 2);
  const server = createHttpServer({
    name: 'Test',
    version: '1.0.0',
    log: createLog({ service: 'test', destination: { write: () => undefined } }),
    // signatures are @ishizue/access's; here a header says whose key it was
    authenticate: ({ headers }) => {
      const site = String(headers['x-site'] ?? '');
      const actor: Actor = site === '' ? { kind: 'anonymous' } : { kind: 'site', site, keyId: 'k' };
      return ok({ actor });
    },
  });
  const routes = provisionRoutes(country.context);
  server.mount({ prefix: '/national', site: 'national', routes, statuses: provisionStatuses });
  const { origin } = await server.listen();
  t.after(() => server.close());
  const send = async (
    site: string,
    method: string,
    path: string,
    body?: unknown,
    type = 'application/json',
  ) => {
    const response = await fetch(`${origin}/national/provision/${path}`, {
      method,
      headers: {
        ...(site === '' ? {} : { 'x-site': site }),
        ...(body === undefined ? {} : { 'content-type': type }),
      },
      ...(body === undefined ? {} : { body: typeof body === 'string' ? body : JSON.stringify(body) }),
    });
    const text = await response.text();
    return { status: response.status, text };
  };

  const asked = await send(PENSION, 'POST', 'queries', queryWith({ items: ['individual-number'] }));
  assert.deepEqual([asked.status, JSON.parse(asked.text)], [200, { individualNumber: numberOf(0) }]);
  assert.equal((await send('', 'POST', 'queries', queryWith())).status, 401);
  const refused = await send(BANKS, 'POST', 'queries', queryWith());
  assert.deepEqual([refused.status, JSON.parse(refused.text).code], [403, 'provision-not-permitted']);
  assert.equal((await send('municipal/132217', 'POST', 'queries', queryWith())).status, 403);
  assert.equal((await send(PENSION, 'POST', 'queries', { ...queryWith(), row: 'x' })).status, 400);

  const sought = {
    row: '77',
    affair: 'annex-1-77',
    items: ['sex'],
    caseNumber: 'case-2',
    search: 'strict',
    person: { name: '清瀬', birthDate: '1980-01-02', address: '東京都清瀬市中里二丁目' },
  };
  const nobody = await send(PENSION, 'POST', 'searches', sought);
  assert.deepEqual([nobody.status, JSON.parse(nobody.text).code], [404, 'no-match']);
  const weaker = await send(PENSION, 'POST', 'searches', { ...sought, search: 'name-and-birth-date' });
  assert.deepEqual([weaker.status, JSON.parse(weaker.text).code], [403, 'provision-not-permitted']);

  const terms = 'row=77&affair=annex-1-77&key=resident-code&items=sex,birth-date';
  const file = `case_key,person_key\r\na,${codeOf(1)}\r\n`;
  const ran = await send(PENSION, 'PUT', `jobs/job-1?${terms}`, file, 'text/csv');
  assert.deepEqual([ran.status, JSON.parse(ran.text)], [200, { lines: 1, given: 1, isFinished: true }]);
  assert.equal((await send(PENSION, 'GET', 'jobs/job-1')).text, ran.text);
  const collected = await send(PENSION, 'GET', 'jobs/job-1/answer');
  assert.equal(collected.text, 'case_key,result,sex,birthDate\r\n"a",ok,2,1980-01-02\r\n');
  assert.equal((await send(PENSION, 'POST', 'jobs/job-1/acknowledgement')).status, 204);
  assert.equal((await send(PENSION, 'GET', 'jobs/job-1/answer')).status, 410);
  assert.equal((await send(BANKS, 'GET', 'jobs/job-1')).status, 404);
  assert.equal((await send(PENSION, 'PUT', `jobs/1234567890?${terms}`, file, 'text/csv')).status, 400);

  const list = { row: '77', affair: 'annex-1-77', items: ['sex'] };
  assert.equal((await send(PENSION, 'PUT', 'lists/list-1', list)).status, 204);
  const added = await send(PENSION, 'POST', 'lists/list-1/persons', {
    act: 'add',
    residentCodes: [codeOf(0)],
  });
  assert.deepEqual(JSON.parse(added.text), { persons: 1 });
  const page = JSON.parse((await send(PENSION, 'POST', 'lists/list-1/changes', {})).text);
  assert.deepEqual(page.changes, []);
  const acknowledged = await send(PENSION, 'POST', 'lists/list-1/acknowledgement', { cursor: page.cursor });
  assert.equal(acknowledged.status, 204);
  assert.equal((await send(PENSION, 'POST', 'lists/list-1/changes', { after: "1' OR 1" })).status, 422);
  assert.deepEqual(
    (await provisionEntries(sql)).map(({ actor, result }) => `${actor} ${result}`),
    [
      `${PENSION} ok`,
      `${BANKS} provision-not-permitted`,
      'municipal/132217 agency-unknown',
      `${PENSION} no-match`,
      `${PENSION} provision-not-permitted`,
      `${PENSION} ok`,
    ],
  );
});
