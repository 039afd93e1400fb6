import assert from 'node:assert/strict';
import { spawnSync } from 'node:child_process';
import { createPrivateKey, createPublicKey, generateKeyPairSync, sign } from 'node:crypto';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { test } from 'node:test';
import * as fc from 'fast-check';
import {
  readSignature,
  type SignableRequest,
  signatureBase,
  signMessage,
  verifySignature,
} from './message-signature.ts';
import { formatSignatureInput, parseSignature, parseSignatureInput } from './signature-fields.ts';

// RFC 9421, B.1.4 (test-key-ed25519), B.2 (test-request), B.2.6
const privateKey = createPrivateKey(
  '-----BEGIN PRIVATE KEY-----\nMC4CAQAwBQYDK2VwBCIEIJ+DYvh6SEqVTm50DFtMDoQikTmiCqirVv9mWG9qfSnF\n-----END PRIVATE KEY-----\n',
);
const publicKey = createPublicKey(
  '-----BEGIN PUBLIC KEY-----\nMCowBQYDK2VwAyEAJrQLj5P/89iXES9+vFgrIy29clF9CC/oPPsw3c5D0bs=\n-----END PUBLIC KEY-----\n',
);
const testRequest: SignableRequest = {
  method: 'POST',
  authority: 'example.com',
  target: '/foo?param=Value&Pet=dog',
  headers: {
    date: 'Tue, 20 Apr 2021 02:07:55 GMT',
    'content-type': 'application/json',
    'content-length': '18',
  },
};
const components = ['date', '@method', '@path', '@authority', 'content-type', 'content-length'];
const inputText =
  '("date" "@method" "@path" "@authority" "content-type" "content-length");created=1618884473;keyid="test-key-ed25519"';
const signatureText =
  'sig-b26=:wqcAqbmYJ2ji2glfAMaRy4gruYYnx2nEFN2HN6jrnDnQCK1u02Gb04v9EDgwUPiu4A0w6vuQv5lIp5WPpBKRCw==:';
const input = {
  components,
  parameters: new Map<string, string | number>([
    ['created', 1618884473],
    ['keyid', 'test-key-ed25519'],
  ]),
};

test('RFC 9421 B.2.6: the signature base', () => {
  assert.equal(
    signatureBase(testRequest, input)?.toString(),
    [
      '"date": Tue, 20 Apr 2021 02:07:55 GMT',
      '"@method": POST',
      '"@path": /foo',
      '"@authority": example.com',
      '"content-type": application/json',
      '"content-length": 18',
      `"@signature-params": ${inputText}`,
    ].join('\n'),
  );
});

test('RFC 9421 B.2.6: signing gives the published fields, and they verify', async () => {
  const fields = await signMessage(testRequest, 'sig-b26', input, (base) => sign(null, base, privateKey));
  assert.equal(fields['signature-input'], `sig-b26=${inputText}`);
  assert.equal(fields.signature, signatureText);
  const signed = { ...testRequest, headers: { ...testRequest.headers, ...fields } };
  const read = readSignature(signed, 'sig-b26');
  assert.ok(read.ok);
  assert.equal(verifySignature(signed, read.value, publicKey), true);
  assert.equal(verifySignature({ ...signed, target: '/fop' }, read.value, publicKey), false);
});

test('openssl agrees with the signature over the base', (t) => {
  const folder = mkdtempSync(join(tmpdir(), 'signature-'));
  t.after(() => rmSync(folder, { recursive: true }));
  const file = (name: string, content: string | Buffer): string => {
    writeFileSync(join(folder, name), content);
    return join(folder, name);
  };
  const base = signatureBase(testRequest, input);
  assert.ok(base);
  const verify = (bytes: Buffer): number | null =>
    spawnSync('openssl', [
      'pkeyutl',
      '-verify',
      '-pubin',
      '-rawin',
      '-inkey',
      file('key.pem', publicKey.export({ type: 'spki', format: 'pem' }).toString()),
      '-in',
      file('base', bytes),
      '-sigfile',
      file('signature', parseSignature(signatureText)?.get('sig-b26') ?? ''),
    ]).status;
  assert.equal(verify(base), 0);
  assert.notEqual(verify(Buffer.concat([base, Buffer.from(' ')])), 0);
});

test('derived components are taken as the RFC shows them', () => {
  const line = (request: Partial<SignableRequest>, component: string) =>
    signatureBase({ ...testRequest, ...request }, { components: [component], parameters: new Map() })
      ?.toString()
      .split('\n')[0];
  assert.equal(line({}, '@query'), '"@query": ?param=Value&Pet=dog'); // section 2.2.7
  assert.equal(line({ target: '/path' }, '@query'), '"@query": ?');
  assert.equal(line({ target: '?a' }, '@path'), '"@path": /'); // section 2.2.6: an empty path
  assert.equal(line({ authority: 'WWW.Example.com:443' }, '@authority'), '"@authority": www.example.com');
  assert.equal(line({ authority: '127.0.0.1:8443' }, '@authority'), '"@authority": 127.0.0.1:8443');
  assert.equal(line({ headers: { a: ['  b  ', 'c'] } }, 'a'), '"a": b, c'); // section 2.1
  assert.equal(line({ headers: { a: '' } }, 'a'), '"a": ');
  assert.equal(line({}, 'absent'), undefined);
  assert.equal(line({}, '@status'), undefined);
});

test('a signature holds for exactly what it covers', async () => {
  const keys = generateKeyPairSync('ed25519');
  const part = fc.string({
    unit: fc.constantFrom(...'abcXYZ019-_.~/%'.split('')),
    minLength: 1,
    maxLength: 12,
  });
  const requests = fc.record({
    method: fc.constantFrom('GET', 'POST', 'DELETE'),
    authority: part.map((name) => `${name.toLowerCase()}.example`),
    target: fc
      .tuple(part, fc.option(part))
      .map(([path, query]) => `/${path}${query === null ? '' : `?${query}`}`),
    headers: fc.record({ 'content-digest': part, other: part }),
  });
  const covered = {
    components: ['@method', '@authority', '@path', '@query', 'content-digest'],
    parameters: new Map<string, string | number>([['created', 1]]),
  };
  await fc.assert(
    fc.asyncProperty(requests, requests, async (request, other) => {
      const fields = await signMessage(request, 's', covered, (base) => sign(null, base, keys.privateKey));
      const read = readSignature({ ...request, headers: { ...fields } }, 's');
      assert.ok(read.ok);
      const isSame = signatureBase(request, covered)?.equals(
        signatureBase(other, covered) ?? Buffer.alloc(0),
      );
      assert.equal(verifySignature(request, read.value, keys.publicKey), true);
      assert.equal(verifySignature(other, read.value, keys.publicKey), isSame);
      const uncovered = { ...request, headers: { ...request.headers, other: `${request.headers.other}x` } };
      assert.equal(verifySignature(uncovered, read.value, keys.publicKey), true);
      for (const component of covered.components) {
        const mixed = replaceComponent(request, other, component);
        const isUntouched = signatureBase(mixed, covered)?.equals(
          signatureBase(request, covered) ?? Buffer.alloc(0),
        );
        assert.equal(verifySignature(mixed, read.value, keys.publicKey), isUntouched, component);
      }
    }),
    { numRuns: 200 },
  );
});

function replaceComponent(
  request: SignableRequest,
  other: SignableRequest,
  component: string,
): SignableRequest {
  if (component === '@method') return { ...request, method: other.method };
  if (component === '@authority') return { ...request, authority: other.authority };
  if (component === 'content-digest')
    return { ...request, headers: { ...request.headers, 'content-digest': other.headers['content-digest'] } };
  return { ...request, target: other.target };
}

test('the fields are read back as they were written', () => {
  const name = fc.stringMatching(/^[a-z*][a-z0-9_.*-]{0,10}$/);
  const text = fc.string({ unit: fc.constantFrom(...' !"#\\abc~'.split('')), maxLength: 10 });
  fc.assert(
    fc.property(
      name,
      fc.uniqueArray(text, { maxLength: 8 }),
      fc.uniqueArray(fc.tuple(name, fc.oneof(text, fc.integer())), {
        maxLength: 5,
        selector: ([key]) => key,
      }),
      (label, covered, parameters) => {
        const written = { components: covered, parameters: new Map(parameters) };
        const read = parseSignatureInput(`${label}=${formatSignatureInput(written)}`)?.get(label);
        assert.deepEqual(read?.components, covered);
        assert.deepEqual([...(read?.parameters ?? [])], parameters);
      },
    ),
  );
});

test('fields that are not of this profile are not understood', () => {
  for (const bad of [
    '',
    'a',
    'a=',
    'a=(',
    'a=("x"',
    'a=("x""y")',
    'a=(x)',
    'a=("x";req)',
    'a=("x" "x")',
    'a=("x");b',
    'a=("x");b=1;b=2',
    'a=("x");b=1.5',
    'a=("x");b=9999999999999999',
    'a=("x"), a=("y")',
    'a=("x"),',
    'a=("é")',
    'A=("x")',
    `a=(${'"x" '.repeat(2000)})`,
    'a=(), b=(), c=(), d=(), e=()',
    `a=(${Array.from({ length: 21 }, (_, n) => `"${n}"`).join(' ')})`,
  ])
    assert.equal(parseSignatureInput(bad), undefined, bad.slice(0, 50));
  for (const bad of ['a=:AA', 'a=AA', 'a="AA"', 'a=:A A:', 'a=:AA:;x=1'])
    assert.equal(parseSignature(bad), undefined, bad);
  assert.deepEqual(parseSignatureInput('a=( "x"  "y" );b=-5 ,\tc=()')?.get('a'), {
    components: ['x', 'y'],
    parameters: new Map([['b', -5]]),
  });
});

test('no text makes the reader throw', () => {
  fc.assert(
    fc.property(
      fc.string({ unit: fc.constantFrom(...'ab="():;,\\ \t1-é\n'.split('')), maxLength: 40 }),
      (text) => {
        parseSignatureInput(text);
        parseSignature(text);
      },
    ),
    { numRuns: 2000 },
  );
});
