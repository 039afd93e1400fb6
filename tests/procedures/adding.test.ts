/** Adds a procedure as docs/adding-a-procedure.md says, and uses it over its API; the pages of documentation are what the definitions say. */
import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import path from 'node:path';
import { test } from 'node:test';
import { addingPage } from './adding-page.ts';
import { adviserVisit } from './adviser-visit.ts';
import { procedurePages } from './procedure-pages.ts';
import { serveProcedure } from './serve-procedure.ts';

const read = (file: string): string => readFileSync(path.resolve(import.meta.dirname, '../..', file), 'utf8');

test('the documentation is what the definitions say (node tests/procedures/main.ts writes it)', () => {
  for (const [file, text] of procedurePages) assert.equal(read(file), text, file);
  const adding = read('docs/adding-a-procedure.md');
  assert.equal(adding, addingPage(adding), 'the page shows another example than the test runs');
});

test('a procedure that is added by one file is asked for, matched, reported, told and recorded', async (t) => {
  const { house, desk, ask, origin } = await serveProcedure(t, adviserVisit, undefined, '/adviser-visits');
  const wish = { topic: '標準化の進め方', wishedOn: '2026-07-01' };
  const opening = { move: 'ask', request: 'r-1', form: wish };
  assert.equal((await ask('nobody', 'POST', '/adviser-visits', opening)).status, 401);
  const bad = await ask('anna', 'POST', '/adviser-visits', {
    ...opening,
    form: { ...wish, wishedOn: '2026-02-30' },
  });
  assert.deepEqual(
    [bad.status, bad.json['code'], bad.json['detail']],
    [422, 'form-invalid', 'wishedOn malformed'],
  );
  const opened = await ask('anna', 'POST', '/adviser-visits', opening);
  assert.equal(opened.status, 201, opened.text);
  assert.deepEqual((await ask('anna', 'POST', '/adviser-visits', opening)).json, opened.json, 'sent again');
  assert.equal(
    (await ask('anna', 'POST', '/adviser-visits', { ...opening, form: { ...wish, topic: 'x' } })).json[
      'code'
    ],
    'request-id-reused',
  );
  const { caseId, dueOn } = opened.json as { caseId: number; dueOn: string };
  assert.equal(dueOn, '2026-06-15');

  const at = `/adviser-visits/${caseId}`;
  assert.equal((await ask('ben', 'GET', at)).status, 404);
  const inbox = await ask('officer', 'GET', '/adviser-visits?state=asked&limit=10');
  assert.deepEqual(
    (inbox.json['cases'] as { caseId: number }[]).map((one) => one.caseId),
    [caseId],
  );
  const move = (who: string, name: string, request: string, own: object, expected = 1) =>
    ask(who, 'POST', `${at}/moves`, { move: name, request, expected, own });
  assert.equal((await move('anna', 'match', 'r-2', { visitOn: '2026-07-01' })).json['code'], 'not-permitted');
  assert.equal((await move('officer', 'match', 'r-2', { visitOn: '2026-05-01' })).json['code'], 'day-past');
  const matched = await move('officer', 'match', 'r-2', { visitOn: '2026-07-02' });
  assert.deepEqual(matched.json, { caseId, sequence: 2, state: 'matched', dueOn: null });
  assert.equal(
    (await move('officer', 'report', 'r-3', { outcome: 'x' }, 1)).json['code'],
    'case-moved-meanwhile',
  );
  assert.equal((await move('officer', 'report', 'r-3', { outcome: '実施' }, 2)).status, 200);
  const history = (await ask('anna', 'GET', `${at}/history`)).json['history'] as {
    move: string;
    actor: string;
  }[];
  assert.deepEqual(
    history.map((line) => `${line.move} ${line.actor}`),
    ['ask person:anna', 'match operator:o-visit', 'report operator:o-visit'],
  );
  const told: string[] = [];
  await desk.deliverNotices((notices) => {
    told.push(...notices.map(({ ja }) => ja));
    return Promise.resolve(new Set());
  });
  assert.deepEqual(told, ['2026-07-02に伺います。']);

  const bulk = await ask('officer', 'POST', '/adviser-visits/moves', {
    move: 'decline',
    request: 'r-4',
    own: { reason: 'x' },
    rows: [{ caseId }, { caseId: 12_345 }],
  });
  assert.deepEqual(
    (bulk.json['refused'] as { code: string }[]).map(({ code }) => code),
    ['move-not-in-state', 'case-unknown'],
  );
  const lent = await ask('officer', 'POST', '/adviser-visits/delegations', {
    to: { kind: 'operator', id: 'o-visit' },
    what: { role: 'visit-officer' },
    validTo: '2026-06-10T00:00:00Z',
  });
  assert.equal(lent.json['code'], 'delegation-to-oneself');
  const hold = { request: 'r-5', reason: 'audit' };
  assert.equal((await ask('anna', 'POST', `${at}/holds`, hold)).json['code'], 'not-permitted');
  const held = await ask('officer', 'POST', `${at}/holds`, hold);
  assert.equal(held.status, 201);
  assert.equal((await ask('officer', 'DELETE', `${at}/holds/${String(held.json['id'])}`)).status, 204);
  const openapi = JSON.stringify(await (await fetch(`${origin}/openapi.json`)).json().catch(() => ({})));
  assert.match(openapi, /wishedOn/, 'the form is in OpenAPI');
  const entries = await house.entries();
  for (const entry of [
    'adviser-visit-ask ok',
    'adviser-visit-match day-past',
    'adviser-visit-read case-unknown',
    'adviser-visit-inbox ok',
  ])
    assert.ok(entries.includes(entry), entry);
});
