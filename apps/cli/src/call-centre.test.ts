/** A call to stop a card, through a running server, and its letter; the rate from a telephone system's file; the status page. */
import assert from 'node:assert/strict';
import { readFileSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { test } from 'node:test';
import { Database, startCluster } from '@ishizue/db';
import { cardOfSomebody } from './card-for-test.ts';
import { serverForTest } from './verifiers-for-test.ts';

const at = { terminal: 't-1' };

test('a caller is asked, the card is stopped and a letter printed; the rate is computed from the records', async (t) => {
  const { data, server, origin, run, operator, post, signIn } = await serverForTest(t);
  const register = path.join(data, 'register.csv');
  await run('generate', '--municipality', '132217', '--people', '40', '--out', register);
  assert.equal((await run('import', register, '--municipality', '132217')).code, 0);
  const clerk = await signIn(await operator('card-clerk'));
  const caller = await signIn(await operator('call-operator', 'call-centre-lead', 'help-desk-clerk'));
  const cluster = await startCluster({ home: path.join(data, 'postgres') }); // adopts the one that runs
  t.after(() => cluster.leave());
  const database = new Database({ server: cluster.address, name: 'ishizue', owners: [], roleSecret: '' });
  const sql = database.superuser();
  t.after(() => sql.end());
  const made = await cardOfSomebody(sql, (to, body) => post(to, { ...body, ...at }, clerk), data);
  const [holder] = await sql<{ name: string; birthDate: string; address: string }[]>`
    SELECT name, birth_date AS "birthDate", address FROM registry.national_person
    WHERE resident_code = ${made.residentCode}`;
  assert.ok(holder);

  const wish = { requestId: 'call-1', purpose: 'suspension', by: 'items', person: { ...holder }, ...at };
  assert.equal((await post('/national/help-desk/checks', wish, clerk))['code'], 'not-permitted');
  const nobody = { ...wish, requestId: 'call-2', person: { ...holder, birthDate: '1901-01-01' } };
  assert.equal((await post('/national/help-desk/checks', nobody, caller))['code'], 'no-match');
  const check = await post('/national/help-desk/checks', wish, caller);
  assert.equal(check['state'], 'passed', JSON.stringify(check));
  const call = { caller: 'holder', reason: 'lost', ...at };
  const stopped = await post(`/national/help-desk/checks/${check['checkId']}/suspension`, call, caller);
  assert.deepEqual(stopped, { state: 'suspended' });
  const [card] = await sql`SELECT state FROM cards.card WHERE card_id = ${made.cardId}`;
  assert.equal(card?.['state'], 'suspended');
  const live =
    await sql`SELECT 1 FROM jpki.certificate WHERE card_id = ${made.cardId} AND revoked_at IS NULL`;
  assert.equal(live.length, 0);
  const printed = await run('call-centre', 'notices');
  assert.deepEqual([printed.code, printed.told.made, printed.told.left], [0, 1, 0]);
  const letter = path.join(data, 'suspension-notices', printed.told.files[0].name as string);
  assert.equal(readFileSync(letter).subarray(0, 5).toString(), '%PDF-');

  const records = path.join(data, 'calls.csv');
  writeFileSync(
    records,
    `call_id,offered_at,waited_s,channel,language,topic,outcome,operator
C-1,2025-04-01T00:00:00+09:00,3,phone,ja,suspension,suspended,o-1
C-2,2026-03-31T23:59:59+09:00,90,phone,pt,card,abandoned,
C-3,2026-03-31,90,phone,pt,card,abandoned,
`,
  );
  const loaded = await run('call-centre', 'import', records, '--source', 'pbx-1');
  assert.deepEqual([loaded.code, loaded.told], [1, { rows: 3, stored: 2, unchanged: 0, rejected: 1 }]);
  assert.equal(readFileSync(`${records}.rejects.csv`, 'utf8'), 'row,code\r\n4,offered-at-malformed\r\n');
  assert.equal((await run('call-centre', 'import', records, '--source', 'pbx-1')).told.unchanged, 2);
  const { total } = (await run('call-centre', 'report', '--year', '2025')).told;
  assert.deepEqual(total, { offered: 2, answered: 1, abandoned: 1, percent: '50.00', isMet: false });
  const asked = await fetch(`${origin}/national/help-desk/answer-rate?year=2025`, {
    headers: { authorization: `Bearer ${caller}` },
  });
  assert.deepEqual(((await asked.json()) as { total: unknown }).total, total);
  const ticket = { requestId: 'ticket-1', asker: 'municipal/132217', subject: '窓口の時間について' };
  assert.equal((await post('/national/help-desk/tickets', ticket, caller))['state'], 'new');

  const body = new URLSearchParams({ applicationId: made.applicationId });
  const page = await fetch(`${origin}/cards/status?lang=en`, { method: 'POST', body });
  assert.deepEqual([page.status, page.headers.get('cache-control')], [200, 'no-store']);
  const shown = await page.text();
  assert.ok(shown.includes('Handed over') && !shown.includes(holder.name));
  assert.ok((await (await fetch(`${origin}/help?lang=ja&q=暗証番号`)).text()).includes('pin-forgotten'));
  server.signalGroup('SIGINT');
  assert.equal((await server.ended).code, 0);
});
