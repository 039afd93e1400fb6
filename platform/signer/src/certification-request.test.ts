/** Requests that the signer writes for link keys, keys after a rotation, and lists of a profile of their own. */
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { mustSucceed } from '@ishizue/outcome';
import { parseCertificationRequest, verifyPossession } from '@ishizue/x509';
import { siteOfLinkKey } from './link-header.ts';
import type { SignerResult } from './signer-code.ts';
import { runningSigner } from './testing/running-signer.ts';

const USES = ['envelope', 'acknowledgement'];
const codeOf = (result: SignerResult<unknown>): string => (result.ok ? 'ok' : result.failure.code);

test('a link key’s request names its site and proves the key; no other key has one', async (t) => {
  const client = await (await runningSigner(t)).connect();
  for (const name of ['link/town/1', 'link/town/1.2']) {
    const spki = mustSucceed(await client.generateKey(name, 'ed25519', USES), name);
    const read = parseCertificationRequest(mustSucceed(await client.requestCertificate(name), name));
    assert.ok(read.ok && verifyPossession(read.value).ok);
    assert.equal(Buffer.compare(read.value.publicKey.der, spki), 0);
    assert.deepEqual(
      read.value.subject.relativeNames.flat().map(({ value }) => value),
      ['town/1'],
    );
  }
  mustSucceed(await client.generateKey('other', 'ed25519', ['checkpoint']), 'other');
  assert.equal(codeOf(await client.requestCertificate('other')), 'use-not-allowed');
  assert.equal(codeOf(await client.requestCertificate('link/nobody')), 'key-unknown');
});

test('a site’s next key signs as the site and as no other', async (t) => {
  const client = await (await runningSigner(t)).connect();
  mustSucceed(await client.generateKey('link/town/1.2', 'ed25519', USES), 'the next key');
  const header = (from: string): string =>
    JSON.stringify({ v: 1, kind: 'envelope', link: `${from}>centre:x`, from });
  const sign = async (from: string): Promise<string> =>
    codeOf(await client.signEnvelope({ key: 'link/town/1.2', header: header(from) }));
  assert.equal(await sign('town/1'), 'ok');
  for (const other of ['town/1.2', 'town/2', 'town/1.', 'town'])
    assert.equal(await sign(other), 'header-of-another-site', other);
  const names = ['link/a', 'link/a.0', 'link/a.1.2', 'link/', 'a', 'link/a.1'];
  assert.deepEqual(names.map(siteOfLinkKey), ['a', undefined, undefined, undefined, undefined, 'a']);
});

test('a key for lists of a profile signs nothing where no lint belongs to it, and never as another kind', async (t) => {
  const passing = () => [];
  const refusing = () => [{ rule: 'planted', detail: 'the general lint' }];
  const lints = { certificate: {}, crl: refusing, ocsp: refusing, crlProfiles: { known: passing } };
  const client = await (await runningSigner(t, { lints })).connect();
  const sign = async (use: string): Promise<string> => {
    const key = use.replace(':', '-');
    mustSucceed(await client.generateKey(key, 'p-256', [use]), use);
    return codeOf(await client.signCrl({ key, tbs: Buffer.from('list') }));
  };
  assert.equal(await sign('crl:known'), 'ok');
  assert.equal(await sign('crl:unknown'), 'profile-without-lint');
  assert.equal(await sign('crl'), 'lint-refused');
  assert.equal(codeOf(await client.generateKey('both', 'p-256', ['crl', 'crl:known'])), 'uses-invalid');
});
