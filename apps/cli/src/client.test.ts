/** A client of a verifier, registered at the command line beside a running server, which then shows the page of the card. */
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { NAME, serverForTest, verifierForTest } from './verifiers-for-test.ts';

test('people are asked for the card at a client that was registered, until its verifier is suspended', async (t) => {
  const scene = await serverForTest(t);
  const { run, operator, origin, server, post, signIn } = scene;
  const [first, second] = [await operator('verifier-officer'), await operator('verifier-officer')];
  const register = [
    'client',
    'register',
    NAME,
    '--redirect',
    'https://bank.example/callback',
    ...first.words,
  ];
  assert.equal((await run(...register)).told.failure.code, 'verifier-unknown');
  const { terms } = verifierForTest(scene);
  await run('verifier', 'register', NAME, '--terms', terms, ...first.words);
  const [token, other] = [await signIn(first), await signIn(second)];
  const act = (name: string) =>
    post('/national/verifiers/acts', { verifier: NAME, act: name, purpose: 'a test' }, token);
  for (const name of ['release-documents', 'open-test-environment', 'begin-connection-test']) await act(name);
  const proposed = { verifier: NAME, proposed: { act: 'go-live' }, purpose: 'a test' };
  const { id = '' } = await post('/national/verifiers/proposals', proposed, token);
  await post(`/national/verifiers/proposals/${id}/approval`, { purpose: 'a test' }, other);
  const registered = await run(...register);
  assert.equal(registered.code, 0, JSON.stringify(registered.told));
  const { client, secret } = registered.told as { client: string; secret: string };
  assert.match(`${client} ${secret}`, /^[a-z]{20} [\w-]{43}$/);

  const query = new URLSearchParams({
    client_id: client,
    redirect_uri: 'https://bank.example/callback',
    response_type: 'code',
    scope: 'openid profile',
    code_challenge: 'x'.repeat(43),
    code_challenge_method: 'S256',
  });
  const begin = () => fetch(`${origin}/oidc/auth?${query.toString()}`, { redirect: 'manual' });
  const begun = await begin();
  const cookie = begun.headers
    .getSetCookie()
    .map((line) => line.split(';')[0])
    .join('; ');
  const page = await fetch(new URL(begun.headers.get('location') ?? '', origin), {
    headers: { cookie, 'accept-language': 'en' },
  });
  assert.equal(page.status, 200);
  assert.match(
    page.headers.get('content-security-policy') ?? '',
    /form-action 'self' https:\/\/bank\.example/,
  );
  assert.match(await page.text(), /You sign in at<\/dt><dd>検証銀行（bank\.example）/);
  await act('suspend');
  assert.equal((await begin()).status, 400);
  const [listed] = (await run('client', 'list')).told.clients as { client: string; keepsSecret: boolean }[];
  assert.deepEqual([listed?.client, listed?.keepsSecret], [client, true]);
  assert.equal((await run('client', 'end', client, ...first.words)).code, 0);
  server.signalGroup('SIGINT');
  assert.equal((await server.ended).code, 0);
});
