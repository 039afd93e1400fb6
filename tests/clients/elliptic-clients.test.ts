/** As real-clients.test.ts, where authority and holder have keys on P-256 or P-384: what the next card would bring. */
import assert from 'node:assert/strict';
import path from 'node:path';
import { test } from 'node:test';
import { makeHolderKey } from '@ishizue/jpki/testing';
import { missingOf, runClient } from './fixtures/run-client.ts';
import { servedJpki } from './fixtures/served-jpki.ts';

const FIXTURES = path.join(import.meta.dirname, 'fixtures');

for (const kind of ['p-256', 'p-384'] as const)
  test(`${kind}: openssl, GnuTLS and Java believe the good certificate and not the revoked one`, async (t) => {
    const rule = `2026-11-20=rsa-2048+${kind}`;
    const options = { keyTypes: { holder: rule, authority: rule }, authorityKey: kind };
    const { folder, origin } = await servedJpki(t, options, makeHolderKey(kind));
    const run = (program: string, line: string) => runClient(folder, program, line.split(' '));

    await t.test('openssl', { skip: missingOf('openssl', 'openssl') }, async () => {
      const check = 'verify -x509_strict -crl_check -CAfile ca.pem -CRLfile area.crl.pem';
      assert.match((await run('openssl', `${check} good.pem`)).text, /good\.pem: OK/);
      assert.match((await run('openssl', `${check} revoked.pem`)).text, /certificate revoked/);
      const asks = `ocsp -issuer ca.pem -url ${origin}/ocsp -CAfile ca.pem -cert`;
      assert.match((await run('openssl', `${asks} good.pem`)).text, /^good\.pem: good[^]*Response verify OK/);
    });

    await t.test('GnuTLS', { skip: missingOf('GnuTLS', 'certtool', 'ocsptool') }, async () => {
      const verify = '--verify --load-ca-certificate ca.pem --load-crl whole.crl.pem --infile';
      assert.match(
        (await run('certtool', `${verify} good.pem`)).text,
        /Output: Verified\. The certificate is trusted/,
      );
      assert.match((await run('certtool', `${verify} revoked.pem`)).text, /revoked/);
    });

    await t.test('Java', { skip: missingOf('a JDK', 'java', 'javac') }, async () => {
      assert.equal((await run('javac', `-d . ${path.join(FIXTURES, 'ValidatePath.java')}`)).text, '');
      const judge = async (line: string): Promise<string> =>
        (await run('java', `-cp . ValidatePath crl ${line}`)).text;
      assert.match(await judge('good.der ca.der area.crl'), /^VALID/);
      assert.match(await judge('revoked.der ca.der area.crl'), /^INVALID REVOKED/);
    });
  });
