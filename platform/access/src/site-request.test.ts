import assert from 'node:assert/strict';
import { generateKeyPairSync, type KeyObject, sign } from 'node:crypto';
import { test } from 'node:test';
import { ManualClock } from '@ishizue/clock';
import { signMessage } from './message-signature.ts';
import { type SiteRequestPolicy, signSiteRequest, verifySiteRequest } from './site-request.ts';

const keys = generateKeyPairSync('ed25519');
const strangers = generateKeyPairSync('ed25519');
const clock = new ManualClock('2026-04-01T00:00:00Z');

const policy = (more: Partial<SiteRequestPolicy> = {}): SiteRequestPolicy => ({
  authorities: ['national.example'],
  findKey: (keyId) =>
    keyId === 'tokyo-1' ? { site: 'prefectural/13', publicKey: keys.publicKey } : undefined,
  now: clock.now(),
  ...more,
});

const signWith = (key: KeyObject) => (base: Buffer) => sign(null, base, key);

async function signedRequest(
  more: { url?: string; keyId?: string; key?: KeyObject; body?: Uint8Array } = {},
) {
  const url = new URL(more.url ?? 'https://national.example/registry/changes?after=5');
  const body = more.body ?? Buffer.from('{}');
  const headers = await signSiteRequest(
    { method: 'POST', url, body },
    { keyId: more.keyId ?? 'tokyo-1', clock, sign: signWith(more.key ?? keys.privateKey) },
  );
  return {
    method: 'POST',
    authority: url.host,
    target: url.pathname + url.search,
    headers: { ...headers, 'content-length': String(body.length) },
  };
}

async function codeOf(request: Parameters<typeof verifySiteRequest>[0], more?: Partial<SiteRequestPolicy>) {
  const result = await verifySiteRequest(request, policy(more));
  return result.ok ? result.value.site : result.failure.code;
}

test('a request that a site signed is known as that site’s', async () => {
  const request = await signedRequest();
  const result = await verifySiteRequest(request, policy());
  assert.ok(result.ok);
  assert.equal(result.value.site, 'prefectural/13');
  assert.equal(result.value.keyId, 'tokyo-1');
  assert.ok(result.value.nonceExpiresAt > clock.now() + 299_000);
  const other = await verifySiteRequest(await signedRequest(), policy());
  assert.ok(other.ok);
  assert.notEqual(other.value.nonce, result.value.nonce);
});

test('what was changed on the way is refused', async () => {
  const request = await signedRequest();
  assert.equal(await codeOf({ ...request, method: 'PUT' }), 'signature-invalid');
  assert.equal(await codeOf({ ...request, target: '/registry/changes?after=6' }), 'signature-invalid');
  assert.equal(await codeOf({ ...request, target: '/registry/change?after=5' }), 'signature-invalid');
  const headers = {
    ...request.headers,
    'content-digest': 'sha-256=:RK/0qy18MlBSVnWgjwz6lZEWjP/lF5HF9bvEF8FabDg=:',
  };
  assert.equal(await codeOf({ ...request, headers }), 'signature-invalid');
});

test('a request that was signed for one server is refused by another', async () => {
  const request = await signedRequest({ url: 'https://prefecture.example/registry/changes' });
  assert.equal(await codeOf(request), 'authority-foreign');
  // The thief may say that it was sent to us, but that is not what was signed.
  assert.equal(await codeOf({ ...request, authority: 'national.example' }), 'signature-invalid');
});

test('unknown keys, and strangers who name a known one, are refused', async () => {
  assert.equal(await codeOf(await signedRequest({ keyId: 'osaka-1' })), 'key-unknown');
  assert.equal(await codeOf(await signedRequest({ key: strangers.privateKey })), 'signature-invalid');
});

test('a request is good for five minutes, and little before its time', async () => {
  const request = await signedRequest();
  const at = (seconds: number) => codeOf(request, { now: clock.now() + seconds * 1000 });
  assert.equal(await at(300), 'prefectural/13');
  assert.equal(await at(301), 'signature-stale');
  assert.equal(await at(-60), 'prefectural/13');
  assert.equal(await at(-61), 'signature-stale');
});

test('a nonce is remembered for as long as its request is good', async () => {
  const result = await verifySiteRequest(await signedRequest(), policy());
  assert.ok(result.ok);
  const last = result.value.nonceExpiresAt;
  assert.equal(await codeOf(await signedRequest(), { now: last }), 'signature-stale');
});

test('a signature that covers less than it must is refused, also when it is right', async () => {
  const request = await signedRequest();
  const parameters = new Map<string, string | number>([
    ['created', clock.now() / 1000],
    ['keyid', 'tokyo-1'],
    ['nonce', '0123456789abcdef'],
  ]);
  const withInput = async (components: readonly string[], terms: ReadonlyMap<string, string | number>) => {
    const fields = await signMessage(
      request,
      'site',
      { components, parameters: terms },
      signWith(keys.privateKey),
    );
    return { ...request, headers: { ...request.headers, ...fields } };
  };
  const all = ['@method', '@authority', '@path', '@query', 'content-digest'];
  assert.equal(await codeOf(await withInput(all, parameters)), 'prefectural/13');
  assert.equal(await codeOf(await withInput([...all, 'content-length'], parameters)), 'prefectural/13');
  for (const missing of all)
    assert.equal(
      await codeOf(
        await withInput(
          all.filter((one) => one !== missing),
          parameters,
        ),
      ),
      'signature-uncovered',
      missing,
    );
  const changed = (name: string, value?: string | number) => {
    const terms = new Map(parameters);
    if (value === undefined) terms.delete(name);
    else terms.set(name, value);
    return terms;
  };
  for (const [name, value] of [
    ['created', undefined],
    ['created', 'now'],
    ['keyid', undefined],
    ['nonce', undefined],
    ['nonce', 'short'],
    ['alg', 'hmac-sha256'],
  ] as const)
    assert.equal(await codeOf(await withInput(all, changed(name, value))), 'signature-malformed', name);
  const expired = await withInput(all, changed('expires', clock.now() / 1000));
  assert.equal(await codeOf(expired), 'signature-stale');
});

test('a body without a digest is refused, and a request without a body needs none', async () => {
  const url = new URL('https://national.example/a');
  const headers = await signSiteRequest(
    { method: 'GET', url },
    { keyId: 'tokyo-1', clock, sign: signWith(keys.privateKey) },
  );
  const request = { method: 'GET', authority: url.host, target: '/a', headers: { ...headers } };
  assert.equal(await codeOf(request), 'prefectural/13');
  for (const body of [{ 'content-length': '5' }, { 'transfer-encoding': 'chunked' }])
    assert.equal(await codeOf({ ...request, headers: { ...headers, ...body } }), 'signature-uncovered');
});

test('a request without a signature, or with one that cannot be read, is refused', async () => {
  const request = await signedRequest();
  assert.equal(await codeOf({ ...request, headers: {} }), 'signature-missing');
  assert.equal(
    await codeOf({ ...request, headers: { ...request.headers, 'signature-input': 'site=(' } }),
    'signature-malformed',
  );
  const relabelled = request.headers['signature-input'].replace('site=', 'other=');
  assert.equal(
    await codeOf({ ...request, headers: { ...request.headers, 'signature-input': relabelled } }),
    'signature-missing',
  );
});
