import assert from 'node:assert/strict';
import { createPublicKey, verify } from 'node:crypto';
import { test } from 'node:test';
import { mustSucceed } from '@ishizue/outcome';
import { runningSigner } from './testing/running-signer.ts';

const ISSUER = 'https://sign-in.example/oidc';
const part = (value: object): string => Buffer.from(JSON.stringify(value)).toString('base64url');
const header = { alg: 'ES256', typ: 'JWT', kid: 'k' };
const payload = { sub: 'a-subject-of-a-client', aud: 'client', iat: 1_000, exp: 1_600, iss: ISSUER };

test('an ID token of the key’s issuer is signed as JWS wants it, by both kinds of keys', async (t) => {
  const client = await (await runningSigner(t)).connect();
  for (const [algorithm, alg] of [
    ['p-256', 'ES256'],
    ['rsa-2048', 'RS256'],
  ] as const) {
    const key = `token/${algorithm}`;
    const spki = mustSucceed(await client.generateKey(key, algorithm, [`id-token:${ISSUER}`]), 'key');
    // often enough for numbers with and without leading zeros
    for (let exp = 1_001; exp < (algorithm === 'p-256' ? 1_300 : 1_010); exp++) {
      const input = Buffer.from(`${part({ ...header, alg })}.${part({ ...payload, exp })}`);
      const signature = mustSucceed(await client.signToken({ key, input }), 'token');
      const publicKey = createPublicKey({ key: spki, format: 'der', type: 'spki' });
      assert.ok(verify('sha256', input, { key: publicKey, dsaEncoding: 'ieee-p1363' }, signature));
    }
  }
});

test('what is no ID token of the issuer, or says something of a person, is not signed', async (t) => {
  const client = await (await runningSigner(t)).connect();
  mustSucceed(await client.generateKey('token/1', 'p-256', [`id-token:${ISSUER}`]), 'key');
  mustSucceed(await client.generateKey('ca/1', 'p-256', ['ocsp']), 'another key');
  const codeOf = async (input: string, key = 'token/1') => {
    const signed = await client.signToken({ key, input: Buffer.from(input) });
    return signed.ok ? 'ok' : signed.failure.code;
  };
  const token = (changes: object, headers: object = header) =>
    `${part(headers)}.${part({ ...payload, ...changes })}`;
  assert.equal(await codeOf(token({})), 'ok');
  assert.equal(await codeOf(token({}), 'ca/1'), 'use-not-allowed');
  assert.equal(await codeOf(token({ iss: 'https://elsewhere.example/oidc' })), 'token-of-another-issuer');
  const refused = [
    token({ name: '清瀬　花子' }),
    token({ exp: 1_000 + 3_601 }),
    token({ exp: 999 }),
    token({ exp: undefined }),
    token({ aud: ['client', 'another'] }),
    token({ sub: '24727059608' }),
    token({}, { ...header, alg: 'none' }),
    token({}, { ...header, alg: 'RS256' }),
    token({}, { ...header, crit: ['x'] }),
    token({}, { alg: 'ES256' }),
    part(header),
    `${token({})}.${part({})}`,
    `${part(header)}.${Buffer.from('{"sub": "spaces are written otherwise"}').toString('base64url')}`,
    `${part(header)}.!!`,
    '',
  ];
  for (const input of refused) assert.equal(await codeOf(input), 'token-invalid', input);
});

test('a key that signs tokens signs nothing else, and is of one of two kinds', async (t) => {
  const client = await (await runningSigner(t)).connect();
  const codeOf = async (algorithm: 'p-256' | 'ed25519', uses: readonly string[]) => {
    const made = await client.generateKey('token/x', algorithm, uses);
    return made.ok ? 'ok' : made.failure.code;
  };
  assert.equal(await codeOf('p-256', [`id-token:${ISSUER}`, 'ocsp']), 'uses-invalid');
  assert.equal(await codeOf('ed25519', [`id-token:${ISSUER}`]), 'uses-invalid');
  assert.equal(await codeOf('p-256', ['id-token:ftp://x']), 'uses-invalid');
});
