import assert from 'node:assert/strict';
import { execFileSync, spawn } from 'node:child_process';
import { createHmac, createPublicKey, verify } from 'node:crypto';
import { chmod, readFile, stat, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { test } from 'node:test';
import { ManualClock } from '@ishizue/clock';
import { mustSucceed } from '@ishizue/outcome';
import { KeyStore } from './key-store.ts';
import { CHEAP_SCRYPT, PASSPHRASE } from './testing/running-signer.ts';
import { temporaryFolder } from './testing/temporary-folder.ts';

const clock = new ManualClock('2026-04-01T00:00:00Z');
const openStore = (path: string, passphrase = PASSPHRASE) =>
  KeyStore.open({ path, passphrase, clock, scryptCost: CHEAP_SCRYPT });
const codeOf = (result: { ok: boolean; failure?: { code: string } }) => result.failure?.code;

const KEY_PAIRS = ['rsa-2048', 'rsa-3072', 'rsa-4096', 'p-256', 'p-384', 'ed25519'] as const;
/** Debian's openssl does not know these yet. */
const LATER_PAIRS = ['ml-dsa-44', 'ml-dsa-65', 'ml-dsa-87'] as const;

test('each algorithm’s key signs, after the file was opened again, what node and openssl verify', async (t) => {
  const folder = await temporaryFolder(t);
  const path = join(folder, 'keys');
  const made = mustSucceed(await openStore(path), 'open');
  for (const algorithm of KEY_PAIRS)
    mustSucceed(await made.ensure(`ca/${algorithm}`, algorithm, ['ocsp']), algorithm);
  const store = mustSucceed(await openStore(path), 'open again');
  const data = Buffer.from('what is to be signed');
  await writeFile(join(folder, 'data'), data);
  for (const algorithm of KEY_PAIRS) {
    const key = store.find(`ca/${algorithm}`);
    assert.ok(key);
    assert.equal(key.record.createdAt, clock.now());
    const signature = mustSucceed(await key.sign(data), 'sign');
    const publicKey = createPublicKey({ key: key.record.spki, format: 'der', type: 'spki' });
    const digest = algorithm === 'ed25519' ? null : algorithm === 'p-384' ? 'sha384' : 'sha256';
    assert.equal(verify(digest, data, publicKey, signature), true, algorithm);
    await writeFile(join(folder, 'public.pem'), publicKey.export({ format: 'pem', type: 'spki' }));
    await writeFile(join(folder, 'signature'), signature);
    const how = digest
      ? ['dgst', `-${digest}`, '-verify', 'public.pem', '-signature', 'signature', 'data']
      : null;
    const raw = [
      'pkeyutl',
      '-verify',
      '-rawin',
      '-pubin',
      '-inkey',
      'public.pem',
      '-in',
      'data',
      '-sigfile',
      'signature',
    ];
    const said = execFileSync('openssl', how ?? raw, { cwd: folder }).toString();
    assert.match(said, /Verified OK|Signature Verified Successfully/, algorithm);
  }
});

test('ML-DSA keys sign, after the file was opened again, what node verifies', async (t) => {
  const path = join(await temporaryFolder(t), 'keys');
  const made = mustSucceed(await openStore(path), 'open');
  for (const algorithm of LATER_PAIRS)
    mustSucceed(await made.ensure(`ca/${algorithm}`, algorithm, ['ocsp']), algorithm);
  const store = mustSucceed(await openStore(path), 'open again');
  const data = Buffer.from('what is to be signed');
  for (const algorithm of LATER_PAIRS) {
    const key = store.find(`ca/${algorithm}`);
    assert.ok(key);
    const publicKey = createPublicKey({ key: key.record.spki, format: 'der', type: 'spki' });
    assert.equal(publicKey.asymmetricKeyType, algorithm);
    assert.equal(verify(null, data, publicKey, mustSucceed(await key.sign(data), 'sign')), true, algorithm);
  }
});

test('a name gives one key: the same for the same algorithm and uses, a refusal for others', async (t) => {
  const store = mustSucceed(await openStore(join(await temporaryFolder(t), 'keys')), 'open');
  const together = await Promise.all(
    Array.from({ length: 20 }, () =>
      store.ensure('link/national', 'ed25519', ['envelope', 'acknowledgement']),
    ),
  );
  const spkis = new Set(together.map((result) => mustSucceed(result, 'key').record.spki.toString('hex')));
  assert.equal(spkis.size, 1);
  const reordered = await store.ensure('link/national', 'ed25519', ['acknowledgement', 'envelope']);
  assert.ok(reordered.ok);
  assert.equal(codeOf(await store.ensure('link/national', 'ed25519', ['envelope'])), 'key-differs');
  assert.equal(codeOf(await store.ensure('link/national', 'p-256', ['ocsp'])), 'key-differs');
});

test('names, unknown uses, mixed families and unsuitable algorithms are refused', async (t) => {
  const store = mustSucceed(await openStore(join(await temporaryFolder(t), 'keys')), 'open');
  for (const name of [
    '',
    'Upper',
    '../up',
    'a//b',
    'a/',
    '/a',
    'a b',
    'signer/checkpoint-state',
    'x'.repeat(129),
  ]) {
    assert.equal(codeOf(await store.ensure(name, 'ed25519', ['envelope'])), 'key-name-invalid', name);
  }
  for (const [algorithm, uses] of [
    ['ed25519', []],
    ['ed25519', ['everything']],
    ['ed25519', ['toString']],
    ['ed25519', ['certificate:']],
    ['ed25519', ['checkpoint:two words']],
    ['ed25519', ['checkpoint', 'envelope']],
    ['ed25519', ['ocsp', 'envelope']],
    ['ed25519', ['envelope', 'envelope']],
    ['ed25519', ['permute']],
    ['secret', ['permute', 'derive']],
    ['secret', ['ocsp']],
    ['p-256', ['checkpoint']],
    ['rsa-2048', ['envelope']],
  ] as const) {
    assert.equal(codeOf(await store.ensure('a/b', algorithm, uses)), 'uses-invalid', uses.join());
  }
});

test('the file is 0600 and shows no key; an exposed file and a weak passphrase are refused', async (t) => {
  const path = join(await temporaryFolder(t), 'keys');
  const store = mustSucceed(await openStore(path), 'open');
  const key = mustSucceed(await store.ensure('ledger/national', 'ed25519', ['checkpoint']), 'key');
  const content = await readFile(path);
  assert.equal(content.includes(key.record.material.subarray(-32)), false);
  assert.equal(content.includes('ledger/national'), false);
  assert.equal((await stat(path)).mode & 0o777, 0o600);
  assert.equal(codeOf(await openStore(path, 'another passphrase')), 'passphrase-wrong');
  assert.equal(codeOf(await openStore(path, 'short')), 'passphrase-weak');
  await chmod(path, 0o640);
  assert.equal(codeOf(await openStore(path)), 'key-store-exposed');
});

test('keys that cannot be saved are not given out', async (t) => {
  const folder = await temporaryFolder(t);
  const store = mustSucceed(await openStore(join(folder, 'gone', 'keys')), 'open');
  assert.equal(codeOf(await store.ensure('link/national', 'ed25519', ['envelope'])), 'storage-failed');
  assert.equal(store.find('link/national'), undefined);
});

test('a derived key is HKDF-SHA-256 as RFC 5869 writes it, salted by the purpose', async (t) => {
  const store = mustSucceed(await openStore(join(await temporaryFolder(t), 'keys')), 'open');
  const key = mustSucceed(await store.ensure('ledger/pseudonyms', 'secret', ['derive']), 'secret');
  const extracted = createHmac('sha256', 'ishizue/derive/v1').update(key.record.material).digest();
  const expanded = createHmac('sha256', extracted)
    .update('label')
    .update(Buffer.from([1]))
    .digest();
  assert.deepEqual(key.derive('derive', 'label'), expanded);
  assert.notDeepEqual(key.derive('state', 'label'), expanded);
});

const SAVE_FOREVER = `
  const { KeyStore } = await import(process.argv[1]);
  const opened = await KeyStore.open({ path: process.argv[2], passphrase: process.argv[3], clock: { now: () => 1 } });
  for (let i = opened.value.size; ; i++) {
    const key = await opened.value.ensure('link/' + i, 'ed25519', ['envelope']);
    process.stdout.write(i + ' ' + key.value.record.spki.toString('hex') + '\\n');
  }`;

test('kill -9 while saving leaves a file that opens and holds every key that was given out', async (t) => {
  const path = join(await temporaryFolder(t), 'keys');
  mustSucceed(
    await mustSucceed(await openStore(path), 'open').ensure('link/0', 'ed25519', ['envelope']),
    'first',
  );
  const module = new URL('./key-store.ts', import.meta.url).href;
  let keys = 1;
  for (let round = 0; round < 6; round++) {
    const child = spawn(process.execPath, [
      '--input-type=module',
      '-e',
      SAVE_FOREVER,
      module,
      path,
      PASSPHRASE,
    ]);
    let told = '';
    child.stdout.on('data', (chunk: Buffer) => (told += chunk.toString()));
    await new Promise((resolve) => child.stdout.once('data', resolve));
    await new Promise((resolve) => setTimeout(resolve, 5 + round * 7));
    child.kill('SIGKILL');
    await new Promise((resolve) => child.once('close', resolve));
    const store = mustSucceed(await openStore(path), 'open after the kill');
    for (const line of told.split('\n').slice(0, -1)) {
      const [number, spki] = line.split(' ');
      assert.equal(store.find(`link/${number}`)?.record.spki.toString('hex'), spki);
    }
    assert.ok(store.size > keys, 'the child made keys');
    keys = store.size;
  }
});
