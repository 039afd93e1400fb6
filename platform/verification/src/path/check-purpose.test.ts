/** What a certificate is for, held against openssl's judgement of the same chains and purposes. */
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { type Extension, encodePem, extKeyUsage, KEY_PURPOSE_OIDS, keyUsage } from '@ishizue/x509';
import {
  authorityOf,
  type Issued,
  issue,
  makeRoot,
  OpensslDesk,
  opensslMissing,
} from '@ishizue/x509/testing';
import { certificatesOf, codeOf, issueAuthority } from '../testing/scene.ts';

const { any, clientAuth, emailProtection, ocspSigning, serverAuth } = KEY_PURPOSE_OIDS;
const root = makeRoot();
const middle = issueAuthority(root, 'Middle');
const mailOnly = issueAuthority(root, 'Middle for mail', [extKeyUsage([emailProtection])]);

const leafOf = (issuer: Issued, ...extensions: readonly Extension[]): Issued =>
  issue(issuer, { extensions: [...extensions, authorityOf(issuer)] });
const signs = keyUsage(['digitalSignature']);

/** A leaf, its authority, and for which of the purposes it is. */
const CASES: readonly (readonly [string, Issued, Issued, Readonly<Record<string, string>>])[] = [
  ['without extKeyUsage', leafOf(middle, signs), middle, { [clientAuth]: 'valid', [serverAuth]: 'valid' }],
  [
    'for clients',
    leafOf(middle, signs, extKeyUsage([clientAuth])),
    middle,
    { [clientAuth]: 'valid', [serverAuth]: 'purpose-refuses', [emailProtection]: 'purpose-refuses' },
  ],
  [
    'for clients and mail',
    leafOf(middle, signs, extKeyUsage([clientAuth, emailProtection])),
    middle,
    { [clientAuth]: 'valid', [emailProtection]: 'valid' },
  ],
  [
    'for clients, by a key that only agrees',
    leafOf(middle, keyUsage(['keyCertSign']), extKeyUsage([clientAuth])),
    middle,
    { [clientAuth]: 'key-usage-refuses' },
  ],
  [
    'under an authority for mail',
    leafOf(mailOnly, signs),
    mailOnly,
    { [emailProtection]: 'valid', [clientAuth]: 'purpose-refuses' },
  ],
];

const OPENSSL_NAMES: Readonly<Record<string, string>> = {
  [clientAuth]: 'sslclient',
  [serverAuth]: 'sslserver',
  [emailProtection]: 'smimesign',
};

test('each certificate is for what it says, and openssl says the same', {
  skip: opensslMissing,
}, async () => {
  using desk = new OpensslDesk();
  desk.put('root.pem', encodePem('CERTIFICATE', root.certificate.der));
  for (const [what, leaf, issuer, verdicts] of CASES)
    for (const [purpose, expected] of Object.entries(verdicts)) {
      const question = {
        certificate: leaf.certificate,
        chain: certificatesOf(issuer),
        anchors: certificatesOf(root),
      };
      assert.equal(await codeOf({ ...question, purpose }), expected, `${what}: ${purpose}`);
      desk.put('leaf.pem', encodePem('CERTIFICATE', leaf.certificate.der));
      desk.put('chain.pem', encodePem('CERTIFICATE', issuer.certificate.der));
      const run = desk.run(
        `verify -CAfile root.pem -untrusted chain.pem -attime 1775001600 -purpose ${OPENSSL_NAMES[purpose] ?? ''} leaf.pem`,
      );
      assert.equal(run.status === 0, expected === 'valid', `openssl, ${what}: ${purpose}: ${run.text}`);
    }
});

test('any purpose is every purpose, one that nobody knows must be named, and what is not asked is not refused', async () => {
  const ask = (leaf: Issued, purpose?: string) =>
    codeOf({
      certificate: leaf.certificate,
      chain: certificatesOf(middle),
      anchors: certificatesOf(root),
      purpose,
    });
  assert.equal(await ask(leafOf(middle, signs, extKeyUsage([any])), clientAuth), 'valid');
  const own = leafOf(middle, signs, extKeyUsage(['1.2.392.200149.9']));
  assert.equal(await ask(own, '1.2.392.200149.9'), 'valid');
  assert.equal(await ask(own, ocspSigning), 'purpose-refuses');
  assert.equal(await ask(own), 'valid');
  const pinned = makeRoot();
  const ofAnchor = { certificate: pinned.certificate, chain: [], anchors: certificatesOf(pinned) };
  assert.equal(await codeOf({ ...ofAnchor, purpose: clientAuth }), 'key-usage-refuses');
});
