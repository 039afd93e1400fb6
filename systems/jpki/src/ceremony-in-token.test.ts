/** The ceremony with a PKCS#11 token: keys made in it; certificates, a list and OCSP answers signed by it, believed by openssl. */
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { mustSucceed } from '@ishizue/outcome';
import { testAccess } from '@ishizue/registry/testing';
import { makeToken, tokenMissing } from '@ishizue/signer/testing';
import { encodePem } from '@ishizue/x509';
import { publishCrls } from './crl/publish-crls.ts';
import { revokeCertificates } from './revoke-certificates.ts';
import { testJpki } from './testing/index.ts';
import { OpensslDesk, opensslMissing } from './testing/openssl.ts';
import { oneResident, orderFor } from './testing/orders.ts';
import { serveJpki } from './testing/serve-jpki.ts';

for (const authorityKey of ['rsa-2048', 'p-384'] as const)
  test(`an authority whose ${authorityKey} key is in a token issues, lists and answers`, {
    skip: tokenMissing || opensslMissing,
  }, async (t) => {
    const token = makeToken(`ceremony ${authorityKey}`);
    const keyTypes = { authority: '2026-11-20=rsa-2048+p-384' };
    const jpki = await testJpki(t, { token, keyTypes, authorityKey });
    const { context } = jpki;
    const code = await oneResident(jpki);
    const good = await jpki.issue(orderFor(code));
    const revoked = await jpki.issue(orderFor(code, { requestId: 'revoked', cardId: 'card-b' }));
    const named = { kind: 'authentication', serial: revoked.serial } as const;
    mustSucceed(await revokeCertificates(context, testAccess, [named], 'keyCompromise'), 'revoke');
    await publishCrls(context);
    const origin = await serveJpki(t, context);
    const authority = await context.authorities.findCurrent('authentication');
    assert.ok(authority);
    using desk = new OpensslDesk();
    desk.put('ca.pem', encodePem('CERTIFICATE', authority.certificate.der));
    const keyId = Buffer.from(authority.keyIdentifier).toString('hex');
    const list = await (await fetch(`${origin}/crl/${keyId}`)).arrayBuffer();
    desk.put('list.pem', encodePem('X509 CRL', new Uint8Array(list)));
    const at = Math.floor(context.clock.now() / 1000) + 1;
    for (const [name, { certificate }, listed, answered] of [
      ['good', good, /good\.pem: OK/, /good\.pem: good/],
      ['revoked', revoked, /certificate revoked/, /revoked\.pem: revoked/],
    ] as const) {
      desk.put(`${name}.pem`, encodePem('CERTIFICATE', certificate));
      const verify = `verify -x509_strict -check_ss_sig -attime ${at} -crl_check -CRLfile list.pem -CAfile ca.pem`;
      assert.match((await desk.run(`${verify} ${name}.pem`)).text, listed);
      const ask = `ocsp -issuer ca.pem -CAfile ca.pem -attime ${at} -validity_period 2000000000 -url ${origin}/ocsp`;
      const { text } = await desk.run(`${ask} -cert ${name}.pem`);
      assert.match(text, answered);
      assert.match(text, /Response verify OK/);
    }
    const keys = mustSucceed(await jpki.signer.listKeys(), 'keys').map(({ name }) => name);
    assert.ok(
      keys.every((name) => name.startsWith('jpki/')),
      'all that the ceremony made are of the token',
    );
  });
