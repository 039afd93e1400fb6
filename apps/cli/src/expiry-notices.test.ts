/** A certificate through a running server: renewed on a card at a desk; then its end is near, and the holder is written to. */
import assert from 'node:assert/strict';
import { readFileSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { test } from 'node:test';
import { openSoftwareCard, renewOnCard } from '@ishizue/card';
import { Database, startCluster } from '@ishizue/db';
import { fail, mustSucceed, ok, type Result } from '@ishizue/outcome';
import { cardOfSomebody, PIN } from './card-for-test.ts';
import { serverForTest } from './verifiers-for-test.ts';

const at = { terminal: 't-1' };

test('a holder renews at the desk, is written to once when the end is near, and the letter comes back', async (t) => {
  const { data, server, run, operator, post, signIn } = await serverForTest(t);
  const register = path.join(data, 'register.csv');
  await run('generate', '--municipality', '132217', '--people', '40', '--out', register);
  assert.equal((await run('import', register, '--municipality', '132217')).code, 0);
  const token = await signIn(await operator('card-clerk', 'issuing-officer'));
  const cluster = await startCluster({ home: path.join(data, 'postgres') }); // adopts the one that runs
  t.after(() => cluster.leave());
  const database = new Database({ server: cluster.address, name: 'ishizue', owners: [], roleSecret: '' });
  const sql = database.superuser();
  t.after(() => sql.end());
  const ask = async (to: string, body: object) => post(to, { ...body, ...at }, token);
  const { cardId } = await cardOfSomebody(sql, ask, data);

  const card = await openSoftwareCard(path.join(data, 'cards'), cardId);
  const facts = {
    desk: { kind: 'municipal-counter', municipality: '132217' },
    documents: ['individual-number-card'],
    ground: 'own-wish',
    visitId: 'visit-0001',
  };
  const wanted = { requestId: 'renewal-0001', kind: 'authentication' };
  const renewed = await renewOnCard(
    card,
    { kind: 'authentication', pin: PIN },
    {
      begin: async (request) => {
        const body = { ...wanted, ...facts, certificationRequest: request.toString('base64') };
        const { certificate, ...rest } = answered(await ask(`/national/cards/${cardId}/renewals`, body));
        return certificate === undefined
          ? fail(rest['code'] ?? '', rest['detail'] ?? '')
          : ok({ certificate: Buffer.from(certificate, 'base64') });
      },
      confirm: async (readBack): Promise<Result<Readonly<Record<string, unknown>>>> => {
        const to = `/national/cards/${cardId}/renewals/${wanted.requestId}/read-back`;
        const told = answered(await ask(to, { certificate: readBack.toString('base64') }));
        return told['code'] === undefined ? ok(told) : fail(told['code'], told['detail'] ?? '');
      },
    },
  );
  const { fee_yen: fee, renewedSerial } = mustSucceed(renewed, 'renewed');
  assert.deepEqual([fee, /^[0-9a-f]{8}$/.test(String(renewedSerial))], [200, true]);

  const runId = 'run-of-the-test';
  assert.deepEqual((await run('expiry-notices', 'run', '--run', 'run-too-early')).told.states, {});
  await sql`UPDATE jpki.certificate SET expires_at = now() + interval '30 days'
    WHERE card_id = ${cardId} AND kind = 'authentication' AND revoked_at IS NULL`;
  const made = await run('expiry-notices', 'run', '--run', runId);
  assert.deepEqual([made.code, made.told.states], [0, { made: 1 }]);
  const files = made.told.files as readonly { readonly name: string }[];
  assert.deepEqual(
    files.map(({ name }) => name),
    [`${runId}-132217-001-001.pdf`, `${runId}-132217-001-addresses.csv`],
  );
  const [pdf, addresses] = files.map(({ name }) => readFileSync(path.join(data, 'expiry-notices', name)));
  assert.equal(pdf?.subarray(0, 5).toString(), '%PDF-');
  const number = addresses?.toString().split('\r\n')[1]?.split(',')[0] ?? '';
  assert.deepEqual((await run('expiry-notices', 'run', '--run', runId)).told, made.told);
  assert.deepEqual((await run('expiry-notices', 'run', '--run', 'run-once-more')).told.states, {});

  const returns = path.join(data, 'returns.csv');
  const today = new Date(Date.now() + 9 * 3_600_000).toISOString().slice(0, 10);
  writeFileSync(
    returns,
    `notice,reason,returned_on\n${number},moved-away,${today}\nE000000000,refused,${today}\n`,
  );
  assert.equal((await run('expiry-notices', 'hand-over', '--run', runId)).told.handedOver, 1);
  const taken = await run('expiry-notices', 'returns', returns);
  assert.deepEqual([taken.code, taken.told], [1, { rows: 2, returned: 1, rejected: 1 }]);
  assert.equal(readFileSync(`${returns}.rejects.csv`, 'utf8'), 'row,code\r\n2,notice-unknown\r\n');
  assert.deepEqual((await run('expiry-notices', 'standing', '--run', runId)).told.states, { returned: 1 });
  assert.equal((await run('expiry-notices', 'standing', '--run', 'run-unknown')).code, 2);

  const delivery = (...words: string[]) => run('delivery-notices', ...words);
  const written = await delivery(
    'run',
    '--run',
    'run-of-cards',
    '--municipality',
    '132217',
    '--keep-days',
    '60',
  );
  assert.deepEqual([written.code, written.told.states], [0, {}], 'no card waits at the counter');
  assert.equal((await delivery('posted', '--run', 'run-of-cards')).code, 2);
  assert.deepEqual((await delivery('destroy', '--municipality', '132217')).told.destroyed, []);
  assert.equal((await delivery('returns', returns)).told.rejected, 2, 'numbers of another kind of notice');
  const forms = await run('application-forms', 'run', '--run', 'run-of-forms', '--municipality', '132217');
  const [without] = await sql<{ n: number }[]>`
    SELECT count(*)::int AS n FROM registry.national_person p
    WHERE status = 'resident' AND NOT EXISTS (SELECT FROM cards.card c WHERE c.resident_code = p.resident_code)`;
  const expected = { made: without?.n };
  assert.deepEqual([forms.code, forms.told.states], [0, expected], 'whoever got a number and has no card');
  const told = await run('procedure-notices', 'run', '--run', 'run-of-notices');
  assert.deepEqual([told.code, told.told.states], [0, {}], 'nobody is to be told by letter');
  server.signalGroup('SIGINT');
  assert.equal((await server.ended).code, 0);
});

const answered = (told: Record<string, unknown>): Record<string, string | undefined> =>
  told as Record<string, string | undefined>;
