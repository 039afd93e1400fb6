import assert from 'node:assert/strict';
import { createPublicKey, createVerify, randomBytes, verify } from 'node:crypto';
import { test } from 'node:test';
import { mustSucceed } from '@ishizue/outcome';
import { CrlPartsLint } from '@ishizue/x509';
import type { ListLint } from './lints.ts';
import { OpenLists } from './open-lists.ts';
import { generateMaterial, StoredKey } from './stored-key.ts';
import { runningSigner } from './testing/running-signer.ts';

/** Lets pass what contains no byte 0xBD. */
const byteLint = (): ListLint => {
  const look = (octets: Buffer) => (octets.includes(0xbd) ? [{ rule: 'no-bad-byte', detail: 'a byte' }] : []);
  return { head: look, entries: look, end: look };
};
const lints = { certificate: {}, crl: () => [], ocsp: () => [], crlParts: byteLint };

async function* partsOf(parts: readonly Buffer[], onReturn: () => void = () => undefined) {
  try {
    yield* parts;
  } finally {
    onReturn();
  }
}

test('a list in parts is signed as the whole would be, by RSA and by ECDSA', async (t) => {
  const { connect } = await runningSigner(t, { lints });
  const client = await connect();
  const parts = Array.from({ length: 40 }, () => Buffer.alloc(200_000, 0x30));
  const [head, tail] = [Buffer.from('head'), Buffer.from('tail')];
  for (const [algorithm, digest] of [
    ['rsa-2048', 'sha256'],
    ['p-256', 'sha256'],
    ['p-384', 'sha384'],
  ] as const) {
    const key = `ca/${algorithm}`;
    const spki = mustSucceed(await client.generateKey(key, algorithm, ['crl']), 'key');
    const signature = mustSucceed(
      await client.signList({ key, head, entries: partsOf(parts), tail }),
      'sign',
    );
    const whole = createVerify(digest).update(Buffer.concat([head, ...parts, tail]));
    assert.equal(whole.verify(createPublicKey({ key: spki, format: 'der', type: 'spki' }), signature), true);
  }
});

test('ML-DSA signs a list in parts as a whole, and none beyond what is kept of one', async (t) => {
  const { connect } = await runningSigner(t, { lints });
  const client = await connect();
  const [head, tail] = [Buffer.from('head'), Buffer.from('tail')];
  const spki = mustSucceed(await client.generateKey('ca/ml', 'ml-dsa-65', ['crl']), 'key');
  const key = createPublicKey({ key: spki, format: 'der', type: 'spki' });
  const list = (count: number) => Array.from({ length: count }, () => Buffer.alloc(200_000, 0x30));
  const ask = (count: number) => client.signList({ key: 'ca/ml', head, entries: partsOf(list(count)), tail });
  const signature = mustSucceed(await ask(41), 'sign');
  assert.equal(verify(null, Buffer.concat([head, ...list(41), tail]), key, signature), true);
  const refused = await ask(42);
  assert.equal(!refused.ok && refused.failure.code, 'list-too-large');
});

test('a finding in any part refuses the list, and the source is read no further', async (t) => {
  const { connect } = await runningSigner(t, { lints });
  const client = await connect();
  mustSucceed(await client.generateKey('ca/one', 'p-256', ['crl']), 'key');
  mustSucceed(await client.generateKey('ca/ocsp', 'p-256', ['ocsp']), 'key');
  mustSucceed(await client.generateKey('ca/ed', 'ed25519', ['crl']), 'key');
  const sound = Buffer.from('sound');
  const bad = Buffer.from([0xbd]);
  let returned = 0;
  const codeOf = async (key: string, head: Buffer, parts: readonly Buffer[], tail: Buffer) => {
    const entries = partsOf(parts, () => returned++);
    const signed = await client.signList({ key, head, entries, tail });
    return signed.ok ? 'signed' : signed.failure.code;
  };
  assert.equal(await codeOf('ca/one', sound, [sound], sound), 'signed');
  assert.equal(await codeOf('ca/one', bad, [sound], sound), 'lint-refused');
  assert.equal(
    await codeOf('ca/one', sound, [bad, ...Array<Buffer>(100).fill(sound)], sound),
    'lint-refused',
  );
  assert.equal(await codeOf('ca/one', sound, [sound], bad), 'lint-refused');
  assert.equal(await codeOf('ca/ocsp', sound, [sound], sound), 'use-not-allowed');
  assert.equal(await codeOf('ca/ed', sound, [sound], sound), 'use-not-allowed');
  assert.equal(await codeOf('ca/none', sound, [sound], sound), 'key-unknown');
  assert.equal(await codeOf('ca/one', sound, [Buffer.alloc(300_000)], sound), 'request-invalid');
  assert.equal(returned, 8);
});

test('a signer without a lint for parts refuses them', async (t) => {
  const { connect } = await runningSigner(t);
  const client = await connect();
  mustSucceed(await client.generateKey('ca/one', 'p-256', ['crl']), 'key');
  const entries = partsOf([]);
  const refused = await client.signList({
    key: 'ca/one',
    head: Buffer.from('h'),
    entries,
    tail: Buffer.from('t'),
  });
  assert.equal(!refused.ok && refused.failure.code, 'profile-without-lint');
});

async function lists() {
  const clock = { now: 0 };
  const material = await generateMaterial('p-256');
  const key = new StoredKey({ name: 'ca/one', algorithm: 'p-256', uses: ['crl'], createdAt: 0, ...material });
  const open = new OpenLists(byteLint, () => clock.now);
  const codeOf = (result: { ok: boolean; failure?: { code: string } }) => result.failure?.code ?? 'ok';
  return { clock, key, open, codeOf };
}

test('sixteen lists may be open; the next one waits until one is signed, refused or silent for a minute', async () => {
  const { clock, key, open, codeOf } = await lists();
  const part = Buffer.from('part');
  const ids = Array.from({ length: 17 }, () => randomBytes(32));
  const [first = part, second = part] = ids;
  const last = ids.at(-1) ?? part;
  for (const id of ids.slice(0, 16)) assert.equal(codeOf(open.open(key, id, part)), 'ok');
  assert.equal(codeOf(open.open(key, last, part)), 'signer-busy');
  assert.equal(codeOf(await open.sign(first, part)), 'ok');
  assert.equal(codeOf(await open.sign(first, part)), 'list-unknown', 'signed once');
  assert.equal(codeOf(open.open(key, last, part)), 'ok');
  assert.equal(codeOf(open.extend(second, Buffer.from([0xbd]))), 'lint-refused');
  assert.equal(codeOf(open.extend(second, part)), 'list-unknown', 'refused for good');
  assert.equal(codeOf(open.open(key, first, part)), 'ok');
  assert.equal(codeOf(open.open(key, first, part)), 'signer-busy');
  clock.now = 61_000;
  assert.equal(codeOf(open.open(key, second, part)), 'ok');
  assert.equal(codeOf(open.extend(last, part)), 'list-unknown', 'silent for too long');
  assert.equal(codeOf(open.open(key, second, part)), 'lint-refused', 'the id is taken');
});

test('the general lint of parts fits the signer', () => {
  const lint: ListLint = new CrlPartsLint([], []);
  assert.deepEqual(
    lint.end(Buffer.alloc(0)).map(({ rule }) => rule),
    ['parts-come-in-order'],
  );
});
