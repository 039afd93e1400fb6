/** Verifiers beside a running server: officers at the command line and over HTTP, a verifier’s signed requests. */
import assert from 'node:assert/strict';
import { execFileSync } from 'node:child_process';
import { createHash, sign, X509Certificate } from 'node:crypto';
import { readFileSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { test } from 'node:test';
import { signSiteRequest } from '@ishizue/access';
import { systemClock } from '@ishizue/clock';
import { dataForTest, startVerb } from './started-for-test.ts';

const NAME = 'verifier/bank';
const TERMS = {
  kind: 'platform-operator',
  title: '検証銀行',
  purpose: '口座開設時の本人確認',
  contact: 'pki@example.jp',
  feeClass: 'per-answer',
  certificateKinds: ['signature', 'authentication'],
  methods: ['ocsp'],
  services: ['newer-serials', 'latest-attributes'],
  entrustedTo: null,
};

test('a verifier goes live by two officers and is answered; suspended by another process, its next request is refused', async (t) => {
  const data = dataForTest(t);
  const server = startVerb(t, data, ['start']);
  await server.says('Ctrl-C');
  const origin = /http:\/\/127\.0\.0\.1:\d+/.exec(server.said())?.[0] ?? '';
  const run = async (...verb: readonly string[]) => {
    const { code, stdout } = await startVerb(t, data, [...verb, '--json']).ended;
    return { code, told: JSON.parse(stdout.trimEnd().split('\n').at(-1) ?? '') };
  };
  const officer = async () => {
    const adding = ['operator', 'add', '--site', 'national', '--name', 'somebody'];
    const { told } = await run(...adding, '--role', 'verifier-officer', '--role', 'consent-clerk');
    const { operator: id, secret } = told as { operator: string; secret: string };
    const file = path.join(data, `${id}.secret`);
    writeFileSync(file, `${secret}\n`, { mode: 0o600 });
    return { id, secret, words: ['--operator', id, '--secret-file', file, '--purpose', 'a test'] };
  };
  const [first, second] = [await officer(), await officer()];
  const post = async (to: string, body: object, token?: string) => {
    const answer = await fetch(new URL(to, origin), {
      method: 'POST',
      headers: {
        'content-type': 'application/json',
        ...(token !== undefined && { authorization: `Bearer ${token}` }),
      },
      body: JSON.stringify(body),
    });
    return (await answer.json()) as Record<string, string>;
  };
  const { token = '' } = await post('/national/operator-sessions', {
    operator: first.id,
    secret: first.secret,
  });

  const client = clientCertificate(data);
  const ask = async (to: string, wish: object): Promise<readonly unknown[]> => {
    const url = new URL(`/national/verifier-services/${to}`, origin);
    const body = Buffer.from(JSON.stringify(wish));
    const signer = {
      keyId: client.keyId,
      clock: systemClock,
      sign: (base: Buffer) => sign(null, base, client.key),
    };
    const headers = await signSiteRequest({ method: 'POST', url, body }, signer);
    const answer = await fetch(url, {
      method: 'POST',
      headers: { ...headers, 'content-type': 'application/json' },
      body,
    });
    const told = (await answer.json()) as Record<string, unknown>;
    return [answer.status, told['code'] ?? told];
  };
  const links = { kind: 'authentication', serials: ['12345678'], links: ['newer'] };
  assert.equal((await ask('serial-links', links))[0], 401, 'nobody is registered under this key');

  const terms = path.join(data, 'terms.json');
  writeFileSync(terms, JSON.stringify({ ...TERMS, clientCertificate: client.pem }));
  const registered = await run('verifier', 'register', NAME, '--terms', terms, ...first.words);
  assert.equal(registered.code, 0, JSON.stringify(registered.told));
  assert.deepEqual([registered.told.state, registered.told.fingerprint], ['notified', client.keyId]);
  assert.deepEqual(await ask('serial-links', links), [403, 'verifier-not-live']);
  for (const act of ['release-documents', 'open-test-environment', 'begin-connection-test']) {
    const done = await post('/national/verifiers/acts', { verifier: NAME, act, purpose: 'a test' }, token);
    assert.equal(done['code'], undefined, JSON.stringify(done));
  }
  const proposed = { verifier: NAME, proposed: { act: 'go-live' }, purpose: 'the connection test is passed' };
  const { id = '' } = await post('/national/verifiers/proposals', proposed, token);
  const alone = await post(`/national/verifiers/proposals/${id}/approval`, { purpose: 'a test' }, token);
  assert.equal(alone['code'], 'second-person-needed');
  const approved = await run('verifier', 'approve', id, ...second.words);
  assert.equal(approved.told.state, 'live', JSON.stringify(approved.told));

  const unknown = { serial: '12345678', result: 'certificate-unknown' };
  assert.deepEqual(await ask('serial-links', links), [200, { answers: [unknown] }]);
  const other = { ...links, links: ['other'] };
  assert.deepEqual(await ask('serial-links', other), [403, 'service-not-permitted']);
  const lastDay = new Date(Date.now() + 86_400_000).toISOString().slice(0, 10);
  const [status, draft] = await ask('consent-drafts', { items: ['address'], lastDay });
  assert.equal(status, 201);
  assert.match(
    (draft as { statement: string }).statement,
    /提供先 \/ Recipient: 検証銀行 \(verifier\/bank\)/,
  );
  const nobody = { consent: '00000000-0000-4000-8000-000000000000' };
  assert.deepEqual(await ask('latest-attributes', nobody), [404, 'consent-unknown']);
  const residentCode = '24727059608';
  const listed = await post('/national/consents/searches', { residentCode, terminal: 't-1' }, token);
  assert.deepEqual(listed, []);

  const suspended = await run('verifier', 'act', NAME, 'suspend', ...first.words);
  assert.equal(suspended.code, 0, JSON.stringify(suspended.told));
  assert.deepEqual(await ask('serial-links', links), [403, 'verifier-suspended']);
  assert.deepEqual(await ask('latest-attributes', nobody), [403, 'verifier-suspended']);
  const again = await run('verifier', 'act', NAME, 'suspend', ...first.words);
  assert.deepEqual([again.code, again.told.failure.code], [1, 'verifier-state-refused']);
  assert.deepEqual(
    (await run('verifier', 'list')).told.verifiers.map((one: { state: string }) => one.state),
    ['suspended'],
  );
  const time = ['--from', '2026-01-01', '--until', '2100-01-01'];
  const { counts } = (await run('verifier', 'counts', ...time)).told as { counts: Count[] };
  assert.deepEqual(
    counts.map(({ actor, affair, result, count }) => `${actor} ${affair} ${result} ${count}`),
    [
      `${NAME} latest-attributes consent-unknown 1`,
      `${NAME} latest-attributes verifier-suspended 1`,
      `${NAME} serial-links certificate-unknown 1`,
      `${NAME} serial-links service-not-permitted 1`,
      `${NAME} serial-links verifier-not-live 1`,
      `${NAME} serial-links verifier-suspended 1`,
    ],
  );
  server.signalGroup('SIGINT');
  assert.equal((await server.ended).code, 0);
});

interface Count {
  readonly actor: string;
  readonly affair: string;
  readonly result: string;
  readonly count: number;
}

/** A client certificate as a verifier makes it for itself, with the openssl program. */
function clientCertificate(folder: string) {
  const [keyFile, certificateFile] = [path.join(folder, 'client.key'), path.join(folder, 'client.pem')];
  const line = `req -x509 -newkey ed25519 -nodes -keyout ${keyFile} -out ${certificateFile} -days 30 -subj /CN=bank`;
  execFileSync('openssl', line.split(' '), { stdio: 'ignore' });
  const pem = readFileSync(certificateFile, 'utf8');
  const keyId = createHash('sha256').update(new X509Certificate(pem).raw).digest('hex');
  return { pem, keyId, key: readFileSync(keyFile, 'utf8') };
}
