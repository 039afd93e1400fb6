/** Numbering through a running server: a register's first numbers, another number for one person, and the print. */
import assert from 'node:assert/strict';
import { readdirSync, readFileSync } from 'node:fs';
import path from 'node:path';
import { test } from 'node:test';
import { commandLine } from './command-line-for-test.ts';
import { EVIDENCE, postJson, until } from './numbering-for-test.ts';
import { openedDataForTest, startServer } from './started-for-test.ts';

const CODE = '132217';
const PEOPLE = 12;

test('a register gets its numbers, an officer changes one, and the notices are printed: by HTTP and by command', async (t) => {
  const data = await openedDataForTest(t);
  const { server, origin } = await startServer(t, data);
  const { run } = commandLine(t, data);
  const post = (place: string, body: object, token?: string) => postJson(origin + place, body, token);
  const signIn = async (site: string, role: string): Promise<string> => {
    const { told } = await run('operator', 'add', '--site', site, '--name', 'x', '--role', role);
    const { operator, secret } = told;
    return (await post(`/${site}/operator-sessions`, { operator, secret })).told.token;
  };
  const registrar = await signIn(`municipal/${CODE}`, 'registrar');
  const officer = await signIn('national', 'numbering-officer');

  const register = path.join(data, 'register.csv');
  await run('generate', '--municipality', CODE, '--people', String(PEOPLE), '--out', register);
  assert.equal((await run('import', register, '--municipality', CODE)).code, 0);
  const requests = async (state: string) =>
    (await post('/national/numbering/requests/list', { state, terminal: 't-1' }, officer)).told.requests;
  await until(async () => (await requests('recorded')).length >= PEOPLE);
  const [{ residentCode }] = await requests('recorded');
  const lookUp = async (): Promise<string> => {
    const body = { residentCode, terminal: 't-1' };
    const found = await post(`/municipal/${CODE}/residents/look-up`, body, registrar);
    return found.told.residents[0].individualNumber;
  };
  const before = await lookUp();

  const order = {
    kind: 'replacement',
    requestId: 'change-0001',
    residentCode,
    basis: 'on-request',
    evidence: EVIDENCE,
  };
  const place = `/municipal/${CODE}/number-orders`;
  assert.equal((await post(place, { order, terminal: 't-1' })).status, 401);
  assert.equal((await post(place, { order, terminal: 't-1' }, officer)).status, 403);
  assert.equal(
    (await post(place, { order: { ...order, evidence: '' }, terminal: 't-1' }, registrar)).status,
    400,
  );
  assert.equal((await post(place, { order, terminal: 't-1' }, registrar)).status, 202);
  const other = await post(place, { order: { ...order, basis: 'ex-officio' }, terminal: 't-1' }, registrar);
  assert.deepEqual([other.status, other.told.code], [409, 'request-id-reused']);
  const orders = async () => (await post(`${place}/list`, { terminal: 't-1' }, registrar)).told.orders;
  await until(async () => (await orders())[0].state === 'recorded');
  const after = await lookUp();
  assert.match(after, /^\d{12}$/);
  assert.notEqual(after, before);

  const counted = await run('numbering', 'statistics');
  assert.deepEqual([counted.code, counted.told.numbers, counted.told.replaced], [0, PEOPLE + 1, 1]);
  const waiting = await run('numbering', 'waiting');
  assert.deepEqual([waiting.code, waiting.told.requests], [0, []]);
  assert.equal((await run('numbering', 'print', '--batch', 'X')).told.failure.code, 'batch-id-malformed');
  const printed = await run('numbering', 'print', '--batch', 'batch-0001');
  assert.deepEqual([printed.code, printed.told.printed + printed.told.left], [0, PEOPLE]);
  assert.ok(printed.told.printed > 0);
  const files = readdirSync(printed.told.folder);
  assert.deepEqual(files.toSorted(), printed.told.files.map(({ name }: { name: string }) => name).toSorted());
  const addresses = readFileSync(path.join(printed.told.folder, 'batch-0001-addresses.csv'), 'utf8');
  assert.ok(!addresses.includes(after) && !addresses.includes(before));
  // the same batch by HTTP is answered as it was
  const again = await post(
    '/national/numbering/notices/batches',
    { batchId: 'batch-0001', terminal: 't-1' },
    officer,
  );
  assert.deepEqual([again.status, again.told.printed], [200, printed.told.printed]);
  const listed = await post(
    '/national/numbering/notices/list',
    { state: 'printed', terminal: 't-1' },
    officer,
  );
  const [{ noticeId, stateOn }] = listed.told.notices;
  const steps = {
    orders: [{ step: 'post', noticeId, on: stateOn, postingNumber: '12345678901' }],
    terminal: 't-1',
  };
  const posted = await post('/national/numbering/notices/steps', steps, officer);
  assert.deepEqual(posted.told.taken, [{ state: 'posted', refusal: null }]);
  assert.equal((await post('/national/numbering/notices/steps', steps, registrar)).status, 403);
  server.signalGroup('SIGINT');
  assert.equal((await server.ended).code, 0);
});
