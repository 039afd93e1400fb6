/** Verifiers beside a running server: officers at the command line and over HTTP, a verifier’s signed requests. */
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { NAME, serverForTest, verifierForTest } from './verifiers-for-test.ts';

test('a verifier goes live by two officers and is answered; suspended by another process, its next request is refused', async (t) => {
  const scene = await serverForTest(t);
  const { server, run, operator, post, signIn } = scene;
  const first = await operator('verifier-officer', 'consent-clerk');
  const second = await operator('verifier-officer');
  const token = await signIn(first);
  const verifier = verifierForTest(scene);
  const links = { kind: 'authentication', serials: ['12345678'], links: ['newer'] };
  assert.equal((await verifier.ask('serial-links', links))[0], 401, 'nobody is registered under this key');

  const registered = await run('verifier', 'register', NAME, '--terms', verifier.terms, ...first.words);
  assert.equal(registered.code, 0, JSON.stringify(registered.told));
  assert.deepEqual([registered.told.state, registered.told.fingerprint], ['notified', verifier.keyId]);
  assert.deepEqual(await verifier.ask('serial-links', links), [403, 'verifier-not-live']);
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
  assert.deepEqual(await verifier.ask('serial-links', links), [200, { answers: [unknown] }]);
  const other = { ...links, links: ['other'] };
  assert.deepEqual(await verifier.ask('serial-links', other), [403, 'service-not-permitted']);
  const lastDay = new Date(Date.now() + 86_400_000).toISOString().slice(0, 10);
  const [status, draft] = await verifier.ask('consent-drafts', { items: ['address'], lastDay });
  assert.equal(status, 201);
  assert.match(
    (draft as { statement: string }).statement,
    /提供先 \/ Recipient: 検証銀行 \(verifier\/bank\)/,
  );
  const nobody = { consent: '00000000-0000-4000-8000-000000000000' };
  assert.deepEqual(await verifier.ask('latest-attributes', nobody), [404, 'consent-unknown']);
  const residentCode = '24727059608';
  const listed = await post('/national/consents/searches', { residentCode, terminal: 't-1' }, token);
  assert.deepEqual(listed, []);

  const suspended = await run('verifier', 'act', NAME, 'suspend', ...first.words);
  assert.equal(suspended.code, 0, JSON.stringify(suspended.told));
  assert.deepEqual(await verifier.ask('serial-links', links), [403, 'verifier-suspended']);
  assert.deepEqual(await verifier.ask('latest-attributes', nobody), [403, 'verifier-suspended']);
  const again = await run('verifier', 'act', NAME, 'suspend', ...first.words);
  assert.deepEqual([again.code, again.told.failure.code], [1, 'verifier-state-refused']);
  assert.deepEqual(
    (await run('verifier', 'list')).told.verifiers.map((one: { state: string }) => one.state),
    ['suspended'],
  );
  const shown = async (page: string, signedIn?: string): Promise<readonly [number, string]> => {
    const headers = signedIn === undefined ? {} : { cookie: `ishizue-session=${signedIn}` };
    const answer = await fetch(`${scene.origin}/national/pages/verifier-registration/${page}`, { headers });
    if (answer.redirected) return [303, answer.url];
    return [answer.status, await answer.text()];
  };
  const stranger = await shown('inbox');
  assert.equal(stranger[0], 303);
  assert.match(stranger[1], /\/national\/desk\/sign-in\?/, 'whoever has no session signs in first');
  const [found, inbox] = await shown('inbox?lang=ja', token);
  assert.equal(found, 200);
  const page = /\/pages\/verifier-registration\/(cases\/\d+)/.exec(inbox)?.[1] ?? '';
  const [, ja] = await shown(`${page}?lang=ja`, token);
  for (const words of [NAME, '停止中', '承認して稼働させる', '停止解除を提案する'])
    assert.ok(ja.includes(words), words);
  const [, en] = await shown(`${page}?lang=en`, token);
  for (const words of ['Suspended', 'Approve, and go live', 'Propose to end the suspension'])
    assert.ok(en.includes(words), words);
  /** Fills the form of a move in as a browser would. */
  const submit = async (at: string, move: string, fields: Readonly<Record<string, string>>) => {
    const [, html] = await shown(`${at}?lang=en`, token);
    const form =
      html
        .split('<form')
        .slice(1)
        .find((one) => one.includes(`/${move}?lang=en"`)) ?? '';
    const hidden = [...form.matchAll(/type="hidden" name="([^"]+)" value="([^"]*)"/g)];
    const body = new URLSearchParams({
      ...Object.fromEntries(hidden.map(([, key = '', value = '']) => [key, value])),
      ...fields,
    });
    const answer = await fetch(
      `${scene.origin}/national/pages/verifier-registration/${at}${at.startsWith('new') ? '' : `/${move}`}?lang=en`,
      {
        method: 'POST',
        headers: { cookie: `ishizue-session=${token}` },
        body,
        redirect: 'manual',
      },
    );
    return [answer.status, await answer.text()] as const;
  };
  const terms = {
    'form.terms.kind': 'court',
    'form.terms.title': '裁判所',
    'form.terms.purpose': '本人確認',
    'form.terms.contact': 'pki@example.jp',
    'form.terms.feeClass': 'free',
    'form.terms.certificateKinds.0.kind': 'signature',
    'form.terms.methods.0.method': 'crl',
  };
  const court = { 'form.verifier': 'verifier/court', 'own.purpose': 'a test', ...terms };
  const [refused, why] = await submit('new/register', 'register', court);
  assert.deepEqual([refused, why.includes('verifier-terms-contradict')], [422, true], 'no certificate');
  assert.deepEqual(await submit(page, 'propose-restore', { 'own.purpose': 'from a page' }), [303, '']);
  const [open] = (await run('verifier', 'proposals')).told.proposals;
  assert.deepEqual([open.act, open.proposedBy, open.proposedFor], ['restore', first.id, 'from a page']);
  const restored = await run('verifier', 'approve', open.id, ...second.words);
  assert.equal(restored.told.state, 'live', JSON.stringify(restored.told));

  const { told } = await run('verifier', 'history', NAME, ...first.words);
  assert.deepEqual(
    told.history.map(({ move, actor }: { move: string; actor: string }) => [move, actor]),
    [
      ['register', first.id],
      ['release-documents', first.id],
      ['open-test-environment', first.id],
      ['begin-connection-test', first.id],
      ['propose-go-live', first.id],
      ['go-live', second.id],
      ['suspend', first.id],
      ['propose-restore', first.id],
      ['restore', second.id],
    ].map(([move, by]) => [move, `operator:${by}`]),
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
