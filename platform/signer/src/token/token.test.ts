/** Keys in a token (SoftHSM): made there and never leaving it, signing at the same time, and the token away and back. */
import assert from 'node:assert/strict';
import { createPublicKey, createVerify } from 'node:crypto';
import { renameSync } from 'node:fs';
import { join } from 'node:path';
import { test } from 'node:test';
import { setTimeout as sleep } from 'node:timers/promises';
import { ManualClock } from '@ishizue/clock';
import { mustSucceed } from '@ishizue/outcome';
import { KeyStore } from '../key-store.ts';
import { startSigner } from '../start-signer.ts';
import { findTokenId } from '../stored-key.ts';
import { CHEAP_SCRYPT, PASSPHRASE, runningSigner, signerOptions } from '../testing/running-signer.ts';
import { makeToken, tokenFolder, tokenMissing } from '../testing/soft-token.ts';
import { temporaryFolder } from '../testing/temporary-folder.ts';
import { Token } from './token.ts';
import { tokenSignature } from './token-algorithm.ts';

const clock = new ManualClock('2026-04-01T00:00:00Z');
const ALGORITHMS = ['rsa-2048', 'rsa-3072', 'p-256', 'p-384'] as const;
const options = { skip: tokenMissing };

const holds = (digest: string, data: Buffer, spki: Buffer, signature: Buffer): boolean =>
  createVerify(digest)
    .update(data)
    .verify(createPublicKey({ key: spki, format: 'der', type: 'spki' }), signature);

test('r and s become two INTEGERs in shortest form', () => {
  const half = (hex: string): Buffer => Buffer.from(hex.padStart(64, '0'), 'hex');
  const der = (r: string, s: string): string =>
    tokenSignature('p-256', Buffer.concat([half(r), half(s)])).toString('hex');
  assert.equal(der('01', '7f'), '300602010102017f');
  assert.equal(der('80', '0100'), '30080202008002020100');
  assert.equal(der('00', '01'), '3006020100020101');
});

test(
  'keys of every kind are made in the token, sign after a new start, and leave nothing in the file',
  options,
  async (t) => {
    const place = makeToken('kinds');
    const path = join(await temporaryFolder(t), 'keys');
    const open = async () => {
      const token = mustSucceed(await Token.open(place), 'token');
      t.after(() => token.close());
      const store = { path, passphrase: PASSPHRASE, clock, scryptCost: CHEAP_SCRYPT };
      return mustSucceed(await KeyStore.open({ ...store, token: { token, prefixes: ['jpki/'] } }), 'store');
    };
    const made = await open();
    for (const algorithm of ALGORITHMS)
      mustSucceed(await made.ensure(`jpki/${algorithm}`, algorithm, ['crl']), algorithm);
    mustSucceed(await made.ensure('ledger/all', 'ed25519', ['checkpoint']), 'a key that is not of the token');
    const refused = await made.ensure('jpki/ml', 'ml-dsa-65', ['crl']);
    assert.equal(!refused.ok && refused.failure.code, 'algorithm-not-in-token');
    const store = await open();
    const data = Buffer.from('what is to be signed');
    for (const algorithm of ALGORITHMS) {
      const key = store.find(`jpki/${algorithm}`);
      assert.ok(key);
      assert.equal(findTokenId(key.record)?.length, 16);
      assert.equal(key.record.material.length, 'pkcs11:'.length + 16, 'an id and nothing else');
      const digest = algorithm === 'p-384' ? 'sha384' : 'sha256';
      assert.ok(
        holds(digest, data, key.record.spki, mustSucceed(await key.sign(data), algorithm)),
        algorithm,
      );
      const parts = key.signParts();
      for (const part of [data.subarray(0, 5), data.subarray(5)]) parts?.update(part);
      const signature = await parts?.sign();
      assert.ok(signature?.ok && holds(digest, data, key.record.spki, signature.value), algorithm);
    }
    const bare = await KeyStore.open({ path, passphrase: PASSPHRASE, clock });
    assert.equal(!bare.ok && bare.failure.code, 'token-needed');
  },
);

test(
  'a key whose entry was lost is found again by its label, and one of another kind is refused',
  options,
  async (t) => {
    const token = mustSucceed(await Token.open(makeToken('labels')), 'token');
    t.after(() => token.close());
    const first = mustSucceed(await token.generate('p-256', 'jpki/one'), 'first');
    const again = mustSucceed(await token.generate('p-256', 'jpki/one'), 'again');
    assert.deepEqual(again, first);
    const other = await token.generate('rsa-2048', 'jpki/one');
    assert.equal(!other.ok && other.failure.code, 'key-differs');
  },
);

test(
  'the signer answers others while the token works, and every signature of many at once holds',
  options,
  async (t) => {
    const place = makeToken('many');
    const { connect } = await runningSigner(t, { token: { ...place, sessions: 3, prefixes: ['jpki/'] } });
    const client = await connect();
    const key = 'jpki/ca';
    const spki = mustSucceed(await client.generateKey(key, 'rsa-4096', ['ocsp']), 'key');
    let pings = 0;
    const done = new AbortController();
    let slowest_ms = 0;
    const pinging = (async () => {
      for (; !done.signal.aborted; pings++) {
        const began = performance.now();
        mustSucceed(await client.ping(), 'ping');
        slowest_ms = Math.max(slowest_ms, performance.now() - began);
      }
    })();
    const data = Array.from({ length: 60 }, (_, index) => Buffer.from(`answer ${index}`));
    const signed = await Promise.all(data.map((tbs) => client.signOcsp({ key, tbs })));
    done.abort();
    await pinging;
    for (const [index, tbs] of data.entries()) {
      const signature = signed[index];
      assert.ok(signature?.ok && holds('sha256', tbs, spki, signature.value));
    }
    assert.ok(pings > 60, `${pings} answers beside 60 signatures`);
    t.diagnostic(`${pings} pings beside 60 signatures of RSA-4096, the slowest ${slowest_ms.toFixed(1)} ms`);
  },
);

test('a token that goes away is signer-unavailable, and signs again when it is back', options, async (t) => {
  const place = makeToken('away');
  const { connect } = await runningSigner(t, { token: { ...place, prefixes: ['jpki/'] } });
  const client = await connect();
  const tbs = Buffer.from('an answer');
  const spki = mustSucceed(await client.generateKey('jpki/ca', 'p-256', ['ocsp']), 'key');
  mustSucceed(await client.generateKey('other', 'p-256', ['ocsp']), 'a key of the file');
  const codeOf = async (key = 'jpki/ca'): Promise<string> => {
    const signed = await client.signOcsp({ key, tbs });
    return signed.ok ? 'ok' : signed.failure.code;
  };
  assert.equal(await codeOf(), 'ok');
  renameSync(tokenFolder(), `${tokenFolder()}-away`);
  assert.equal(await codeOf(), 'signer-unavailable');
  assert.equal(await codeOf('other'), 'ok', 'keys of the file sign on');
  await sleep(1_100);
  assert.equal(await codeOf(), 'signer-unavailable', 'still away');
  renameSync(`${tokenFolder()}-away`, tokenFolder());
  const deadline = performance.now() + 10_000;
  while ((await codeOf()) !== 'ok' && performance.now() < deadline) await sleep(100);
  const signed = mustSucceed(await client.signOcsp({ key: 'jpki/ca', tbs }), 'back');
  assert.ok(holds('sha256', tbs, spki, signed));
});

test('a wrong place, label or PIN refuses the start, each by its code', options, async (t) => {
  const place = makeToken('start');
  const start = async (changes: object): Promise<string> => {
    const token = { ...place, prefixes: ['jpki/'], ...changes };
    const started = await startSigner(signerOptions(await temporaryFolder(t), { token }));
    if (started.ok) await started.value.close();
    return started.ok ? 'ok' : started.failure.code;
  };
  assert.equal(await start({ library: '/nowhere/lib.so' }), 'token-library-missing');
  assert.equal(await start({ label: 'nobody' }), 'token-not-found');
  assert.equal(await start({ pin: '000000' }), 'token-pin-wrong');
  assert.equal(await start({}), 'ok');
});
