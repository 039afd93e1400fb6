/**
 * After a switch of generations the clients of the world believe certificates, lists and answers of both, which have one
 * name, and find the issuer by its key: an impostor with the name, and even the key's identifier, is believed by none.
 */
import assert from 'node:assert/strict';
import { mkdirSync } from 'node:fs';
import path from 'node:path';
import { test } from 'node:test';
import { missingOf, runClient } from './fixtures/run-client.ts';
import { twoGenerations } from './fixtures/two-generations.ts';

const FIXTURES = path.join(import.meta.dirname, 'fixtures');

test('clients of the world tell two generations of one name apart by their keys', async (t) => {
  const { folder, origin } = await twoGenerations(t);
  const run = async (program: string, line: string) =>
    (await runClient(folder, program, line.split(' '))).text;
  const generations = ['', '-2'];

  await t.test('openssl: verify and ocsp', { skip: missingOf('openssl', 'openssl') }, async () => {
    for (const lists of ['both', 'areas']) {
      const check = `verify -x509_strict -crl_check -CAfile both.pem -CRLfile ${lists}.crl.pem`;
      for (const of of generations) {
        assert.match(await run('openssl', `${check} good${of}.pem`), /OK/, lists + of);
        assert.match(await run('openssl', `${check} revoked${of}.pem`), /certificate revoked/, lists + of);
      }
      assert.doesNotMatch(await run('openssl', `${check} impostor-good.pem`), /OK/);
    }
    const alone = 'verify -crl_check -CAfile ca-2.pem -CRLfile both.crl.pem';
    assert.match(await run('openssl', `${alone} good-2.pem`), /OK/);
    assert.doesNotMatch(await run('openssl', `${alone} good.pem`), /OK/, 'the name alone is not enough');
    const otherList = 'verify -crl_check -CAfile both.pem -CRLfile whole.crl.pem';
    assert.match(
      await run('openssl', `${otherList} good-2.pem`),
      /CRL/,
      'the other generation’s list is none',
    );
    const ocsp = async (issuer: string, certificate: string) =>
      run(
        'openssl',
        `ocsp -issuer ${issuer}.pem -url ${origin}/ocsp -CAfile both.pem -cert ${certificate}.pem`,
      );
    for (const of of generations) {
      assert.match(await ocsp(`ca${of}`, `good${of}`), /: good[^]*Response verify OK/);
      assert.match(await ocsp(`ca${of}`, `revoked${of}`), /: revoked[^]*Response verify OK/);
    }
    assert.match(await ocsp('ca-2', 'good'), /: unknown/, 'issued by the name, not by this key');
    assert.match(await ocsp('ca', 'good-2'), /: unknown/);
    assert.match(await ocsp('impostor', 'good'), /unauthorized/);
  });

  await t.test('GnuTLS: certtool', { skip: missingOf('GnuTLS', 'certtool') }, async () => {
    const check = (lists: string, certificate: string, anchors = 'both'): Promise<string> =>
      run(
        'certtool',
        `--verify --load-ca-certificate ${anchors}.pem --load-crl ${lists}.crl.pem --infile ${certificate}.pem`,
      );
    // of several lists of one name it keeps one, and takes it for both generations: each has to have all
    for (const lists of ['both', 'whole', 'whole-2'])
      for (const of of generations) {
        assert.match(
          await check(lists, `good${of}`),
          /Output: Verified\. The certificate is trusted/,
          lists + of,
        );
        assert.match(await check(lists, `revoked${of}`), /chain is revoked/, lists + of);
      }
    assert.match(await check('both', 'impostor-good'), /signature in the certificate is invalid/);
    assert.match(await check('both', 'good', 'ca-2'), /issuer is unknown/);
  });

  await t.test(
    'NSS: vfychain, with a database for each generation, as it keeps one list of a name',
    { skip: missingOf('NSS', 'certutil', 'crlutil', 'vfychain') },
    async () => {
      for (const of of generations) {
        const database = `-d sql:nss${of}`;
        mkdirSync(path.join(folder, `nss${of}`));
        await run('certutil', `-N ${database} --empty-password`);
        await run('certutil', `-A ${database} -n authority -t CT,C,C -i ca${of}.pem`);
        assert.equal(await run('crlutil', `-I ${database} -i whole${of}.crl`), '');
        const judge = (certificate: string): Promise<string> =>
          run(
            'vfychain',
            `${database} -pp -u 0 -g leaf -m crl -s requireInfo,failIfNoInfo -a ${certificate}.pem`,
          );
        assert.match(await judge(`good${of}`), /Chain is good/);
        assert.match(await judge(`revoked${of}`), /has been revoked/);
        assert.match(await judge('impostor-good'), /Chain is bad/);
        const other = of === '' ? '-2' : '';
        assert.match(await judge(`good${other}`), /Chain is bad/, 'the name alone is not enough');
      }
    },
  );

  await t.test('Java: CertPathValidator', { skip: missingOf('a JDK', 'java', 'javac') }, async () => {
    assert.equal(await run('javac', `-d . ${path.join(FIXTURES, 'ValidatePath.java')}`), '');
    const judge = (line: string): Promise<string> => run('java', `-cp . ValidatePath ${line}`);
    const both = 'ca-2.der,ca.der';
    const [answered, refused, impostor, ...byLists] = await Promise.all([
      judge(`ocsp good-2.der ${both} ${origin}/ocsp`),
      judge(`ocsp revoked-2.der ${both} ${origin}/ocsp`),
      judge(`crl impostor-good.der ${both} area.crl area-2.crl`),
      ...generations.flatMap((of) => [
        judge(`crl good${of}.der ${both} area.crl area-2.crl`),
        judge(`crl revoked${of}.der ${both} area.crl area-2.crl`),
      ]),
      // it takes the list of the other generation, whose name and area are the same: this has to say so too
      judge(`crl good-2.der ${both} area.crl`),
      judge(`crl revoked-2.der ${both} area.crl`),
    ]);
    assert.match(answered ?? '', /^VALID/);
    assert.match(refused ?? '', /^INVALID REVOKED/);
    assert.match(impostor ?? '', /^INVALID INVALID_SIGNATURE/);
    assert.equal(byLists.length, 6);
    for (const [place, verdict] of byLists.entries())
      assert.match(verdict, place % 2 === 0 ? /^VALID/ : /^INVALID REVOKED/, String(place));
  });
});
