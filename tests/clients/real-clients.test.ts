/**
 * What our authorities make today, before the verifiers of the world: each says yes to a good certificate, no to a revoked
 * one and no to a list or an answer that was changed. Where a client cannot do something that ours asks for, the test says
 * so and holds it to that.
 */
import assert from 'node:assert/strict';
import { readFileSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { test } from 'node:test';
import { dateInTokyo } from '@ishizue/clock';
import { listPath, readAnswerCounts } from '@ishizue/jpki';
import { liveVerifier, makeClient } from '@ishizue/jpki/testing';
import { mustSucceed } from '@ishizue/outcome';
import { parseCertificate } from '@ishizue/x509';
import { startNginx } from './fixtures/nginx.ts';
import { missingOf, runClient } from './fixtures/run-client.ts';
import { servedJpki } from './fixtures/served-jpki.ts';

const FIXTURES = path.join(import.meta.dirname, 'fixtures');
const VERB = path.join(import.meta.dirname, '../../apps/cli/src/main.ts');

test('clients of the world believe our certificates, lists and answers, and what they should not they refuse', async (t) => {
  const { jpki, folder, origin, serials } = await servedJpki(t);
  const run = (program: string, line: string) => runClient(folder, program, line.split(' '));
  for (const list of ['area', 'whole']) {
    const forged = readFileSync(path.join(folder, `${list}.crl`));
    forged[forged.length - 9] = (forged[forged.length - 9] ?? 0) ^ 1;
    writeFileSync(path.join(folder, `forged-${list}.crl`), forged);
  }

  await t.test(
    'openssl: path with lists, answers, and messages of holders',
    {
      skip: missingOf('openssl', 'openssl'),
    },
    async () => {
      for (const list of ['area', 'whole']) {
        const check = `verify -x509_strict -crl_check -CAfile ca.pem -CRLfile ${list}.crl.pem`;
        const good = await run('openssl', `${check} good.pem`);
        assert.match(good.text, /good\.pem: OK/, list);
        assert.match((await run('openssl', `${check} revoked.pem`)).text, /certificate revoked/, list);
      }
      const other = await run(
        'openssl',
        'verify -crl_check -CAfile ca.pem -CRLfile signature.crl.pem good.pem',
      );
      assert.match(other.text, /unable to get certificate CRL/);
      const policy = 'verify -policy_check -explicit_policy -policy';
      const asked = await run('openssl', `${policy} 1.2.392.200149.8.5.1.3.30 -CAfile ca.pem good.pem`);
      assert.match(asked.text, /good\.pem: OK/);
      const wanted = await run('openssl', `${policy} 1.2.3 -CAfile ca.pem good.pem`);
      assert.match(wanted.text, /no explicit policy/);
      assert.match(
        (await run('openssl', 'crl -in area.crl -inform DER -CAfile ca.pem -noout')).text,
        /verify OK/,
      );
      assert.match(
        (await run('openssl', 'crl -in forged-area.crl -inform DER -CAfile ca.pem -noout')).text,
        /verify fail/,
      );
      const asks = `ocsp -issuer ca.pem -url ${origin}/ocsp -CAfile ca.pem -cert`;
      assert.match((await run('openssl', `${asks} good.pem`)).text, /^good\.pem: good[^]*Response verify OK/);
      assert.match(
        (await run('openssl', `${asks} revoked.pem`)).text,
        /^revoked\.pem: revoked[^]*Response verify OK/,
      );
    },
  );

  await t.test(
    'openssl and ishizue verify agree on messages that a holder signs',
    {
      skip: missingOf('openssl', 'openssl'),
    },
    async () => {
      writeFileSync(path.join(folder, 'content'), 'an application\n');
      const sign =
        'cms -sign -binary -nodetach -in content -signer signer.pem -inkey signer.key -outform DER -out message';
      assert.equal((await run('openssl', sign)).status, 0);
      const trusted = ['signature-ca.pem', 'signature.crl.pem'].map((file) =>
        readFileSync(path.join(folder, file)),
      );
      writeFileSync(path.join(folder, 'trusted.pem'), Buffer.concat(trusted));
      // the signature certificate is for documents, which openssl calls any purpose
      const verify =
        'cms -verify -in message -inform DER -CAfile trusted.pem -purpose any -crl_check -out read';
      const told = await run('openssl', verify);
      assert.match(told.text, /successful/i);
      const ours = await run(
        process.execPath,
        `${VERB} verify message --anchor signature-ca.pem --crl signature.crl --json`,
      );
      const report = JSON.parse(ours.text);
      assert.deepEqual([report.valid, report.kind, report.signers.length], [true, 'cms', 1]);
      assert.match(report.signers[0].certificate.subject, /L=Kiyose-shi/);
    },
  );

  await t.test('ishizue verify: lists of the area, answers, policies', async () => {
    const code = async (line: string): Promise<string> => {
      const { text } = await run(process.execPath, `${VERB} verify --anchor ca.pem --json ${line}`);
      const { valid, failure } = JSON.parse(text.trimEnd().split('\n').at(-1) ?? '');
      return valid === true ? 'valid' : failure.code;
    };
    const policy = '--explicit-policy --policy';
    const rows: readonly (readonly [string, string])[] = [
      ['good.pem --crl area.crl', 'valid'],
      ['good.der --crl whole.crl.pem', 'valid'],
      ['revoked.pem --crl area.crl', 'certificate-revoked'],
      ['good.pem --crl signature.crl', 'status-unknown'],
      ['good.pem --crl forged-area.crl', 'status-unknown'],
      [`good.pem --ocsp ${origin}/ocsp`, 'valid'],
      [`revoked.pem --ocsp ${origin}/ocsp`, 'certificate-revoked'],
      [`good.pem --crl area.crl --ocsp ${origin}/nowhere`, 'ocsp-unavailable'],
      [`good.pem --no-revocation ${policy} 1.2.392.200149.8.5.1.3.30`, 'valid'],
      [`good.pem --no-revocation ${policy} 1.2.3`, 'policy-missing'],
    ];
    for (const [line, expected] of rows) assert.equal(await code(line), expected, line);
  });

  await t.test(
    'GnuTLS: path with lists, lists, and answers',
    {
      skip: missingOf('GnuTLS', 'certtool', 'ocsptool'),
    },
    async () => {
      const verify = '--verify --load-ca-certificate ca.pem --load-crl';
      const good = await run('certtool', `${verify} whole.crl.pem --infile good.pem`);
      assert.match(good.text, /Output: Verified\. The certificate is trusted/);
      const revoked = await run('certtool', `${verify} whole.crl.pem --infile revoked.pem`);
      assert.match(revoked.text, /revoked/);
      const list = await run('certtool', '--verify-crl --load-ca-certificate ca.pem --infile area.crl.pem');
      assert.match(list.text, /Verified/);
      const asks = `--ask=${origin}/ocsp --load-issuer ca.pem --load-trust ca.pem --load-cert`;
      assert.match((await run('ocsptool', `${asks} good.pem`)).text, /Certificate Status: good/);
      assert.match((await run('ocsptool', `${asks} good.pem`)).text, /Verifying OCSP Response: Success/);
      assert.match((await run('ocsptool', `${asks} revoked.pem`)).text, /Certificate Status: revoked/);
    },
  );

  await t.test(
    'NSS: path with the list of the generation; a list of an area it does not read',
    {
      skip: missingOf('NSS', 'certutil', 'crlutil', 'vfychain'),
    },
    async () => {
      assert.equal((await run('certutil', '-N -d sql:. --empty-password')).status, 0);
      assert.equal((await run('certutil', '-A -d sql:. -n authority -t CT,C,C -i ca.pem')).status, 0);
      // the PKIX library: the older one does not know policies, which are critical here
      const asks = '-d sql:. -pp -u 0 -g leaf -m crl -s requireInfo,failIfNoInfo -a';
      assert.match((await run('vfychain', `${asks} good.pem`)).text, /Chain is bad/, 'no list yet');
      assert.match((await run('crlutil', '-I -d sql:. -i forged-whole.crl')).text, /CRL_BAD_SIGNATURE/);
      const added = await run('crlutil', '-I -d sql:. -i whole.crl');
      assert.equal(added.status, 0, added.text);
      assert.match((await run('vfychain', `${asks} good.pem`)).text, /Chain is good/);
      assert.match((await run('vfychain', `${asks} revoked.pem`)).text, /has been revoked/);
      const ofArea = await run('crlutil', '-I -d sql:. -i area.crl');
      assert.match(
        ofArea.text,
        /CRL_UNKNOWN_CRITICAL_EXTENSION/,
        'it does not know issuing distribution points',
      );
    },
  );

  await t.test(
    'Java: CertPathValidator with lists and with answers',
    {
      skip: missingOf('a JDK', 'java', 'javac'),
    },
    async () => {
      assert.equal((await run('javac', `-d . ${path.join(FIXTURES, 'ValidatePath.java')}`)).text, '');
      const judge = async (line: string): Promise<string> =>
        (await run('java', `-cp . ValidatePath ${line}`)).text;
      const [good, revoked, forgedList, answered, refused] = await Promise.all([
        judge('crl good.der ca.der area.crl'),
        judge('crl revoked.der ca.der area.crl'),
        judge('crl good.der ca.der forged-area.crl'),
        judge(`ocsp good.der ca.der ${origin}/ocsp`),
        judge(`ocsp revoked.der ca.der ${origin}/ocsp`),
      ]);
      assert.match(good, /^VALID/);
      assert.match(revoked, /^INVALID REVOKED/);
      assert.match(forgedList, /^INVALID/);
      assert.match(answered, /^VALID/);
      assert.match(refused, /^INVALID REVOKED/);
    },
  );

  await t.test(
    'nginx lets in whom our responder calls good and nobody else, and passes on which verifier asks',
    {
      skip: missingOf('nginx', 'nginx'),
    },
    async (part) => {
      const nginx = await startNginx(part, folder, origin);
      assert.equal(await nginx.statusFor('good'), 200);
      assert.equal(await nginx.statusFor('revoked'), 400);
      assert.equal(await nginx.statusFor('signer'), 400, 'of another authority');
      assert.equal(await nginx.statusFor(undefined), 400, 'without a certificate');
      const { context } = jpki;
      const client = makeClient();
      const key = client.privateKey.export({ format: 'pem', type: 'pkcs8' });
      writeFileSync(path.join(folder, 'verifier.pem'), client.pem);
      writeFileSync(path.join(folder, 'verifier.key'), key);
      await liveVerifier(context, 'verifier/pf', { clientCertificate: client.pem });
      const good = parseCertificate(readFileSync(path.join(folder, 'good.der')));
      const list = listPath(mustSucceed(good, 'good'));
      assert.ok(list !== undefined);
      for (const holder of ['verifier', 'good', undefined])
        assert.equal(await nginx.askThrough(holder, list), 200);
      await context.counts.flush();
      const day = dateInTokyo(context.clock.now());
      const counted = await readAnswerCounts(context, { from: day, to: day });
      const known = counted.filter(({ verifier }) => verifier !== '');
      assert.deepEqual(
        known.map(({ verifier, service, count }) => [verifier, service, count]),
        [['verifier/pf', 'crl', 1]],
        'only who holds the key is known by it',
      );
    },
  );

  assert.match(serials.good, /^[0-9a-f]+$/);
});
