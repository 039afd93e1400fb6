import assert from 'node:assert/strict';
import { createHash } from 'node:crypto';
import { buffer } from 'node:stream/consumers';
import { type TestContext, test } from 'node:test';
import { fail, mustSucceed } from '@ishizue/outcome';
import { KAMAKURA, KIYOSE, testAccess } from '@ishizue/registry/testing';
import type { SignList } from '@ishizue/signer';
import { crlEntries, encodePem, parseCrl, serialNumberValue } from '@ishizue/x509';
import { revokeCertificates } from '../revoke-certificates.ts';
import { type TestJpki, testJpki } from '../testing/index.ts';
import { OpensslDesk, opensslMissing } from '../testing/openssl.ts';
import { publishCrls, publishDueCrls } from './publish-crls.ts';
import { openPublished } from './published-lists.ts';

const DAY_MS = 86_400_000;

async function twoHolders(t: TestContext) {
  const jpki = await testJpki(t);
  const [here] = await jpki.enrol([{}], KIYOSE);
  const [there] = await jpki.enrol([{ domicile: '' }], KAMAKURA);
  assert.ok(here && there);
  const kiyose = await jpki.issue({ residentCode: here });
  const kamakura = await jpki.issue({ residentCode: there });
  return { jpki, kiyose, kamakura };
}

const revoke = async (jpki: TestJpki, serial: string): Promise<void> => {
  const names = [{ kind: 'authentication' as const, serial }];
  mustSucceed(await revokeCertificates(jpki.context, testAccess, names, 'keyCompromise'), 'revoke');
};

/** The latest list of an area of the authentication authority; of the whole generation without one. */
async function listOf(jpki: TestJpki, area?: string): Promise<Buffer> {
  const authority = await jpki.context.authorities.findCurrent('authentication');
  const prefecture = area === 'Kamakura-shi' ? 'Kanagawa-ken' : 'Tokyo-to';
  const list =
    authority &&
    (await openPublished(jpki.context, authority, area === undefined ? undefined : { prefecture, area }));
  assert.ok(list);
  const der = await buffer(list.content);
  assert.equal(der.length, list.bytes);
  assert.equal(createHash('sha256').update(der).digest('hex'), list.sha256);
  return der;
}

const entriesOf = (der: Buffer): string[] =>
  [...crlEntries(mustSucceed(parseCrl(der), 'a list'))].map(
    ({ serial, reason }) => `${Buffer.from(serial).toString('hex')} ${reason ?? ''}`,
  );
const numberOf = (der: Buffer): bigint =>
  serialNumberValue(mustSucceed(parseCrl(der), 'a list').known.crlNumber ?? new Uint8Array(0));

test('a revoked certificate stands in the list of its area and of its generation, with reason and date', async (t) => {
  const { jpki, kiyose, kamakura } = await twoHolders(t);
  assert.deepEqual(
    entriesOf(await listOf(jpki, 'Kiyose-shi')),
    [],
    'the first list comes before the first certificate',
  );
  await revoke(jpki, kiyose.serial);
  jpki.country.clock.advance(1_000);
  const report = await publishCrls(jpki.context);
  assert.deepEqual(report, { published: 4, entries: 2, failures: [] });
  const line = `${kiyose.serial} keyCompromise`;
  assert.deepEqual(entriesOf(await listOf(jpki, 'Kiyose-shi')), [line]);
  assert.deepEqual(entriesOf(await listOf(jpki)), [line]);
  assert.deepEqual(entriesOf(await listOf(jpki, 'Kamakura-shi')), []);
  const numbers = [numberOf(await listOf(jpki, 'Kiyose-shi'))];
  for (let again = 0; again < 3; again++) {
    await publishCrls(jpki.context);
    numbers.push(numberOf(await listOf(jpki, 'Kiyose-shi')));
  }
  assert.deepEqual(numbers, [2n, 3n, 4n, 5n]);
  assert.ok(kamakura.serial);
});

test('the timer makes the lists with something new, twice, and all of them once a day', async (t) => {
  const { jpki, kiyose, kamakura } = await twoHolders(t);
  const { clock } = jpki.country;
  const due = async (): Promise<number> => (await publishDueCrls(jpki.context)).published;
  assert.equal(await due(), 0, 'all are new');
  clock.advance(3_600_000);
  await revoke(jpki, kiyose.serial);
  assert.equal(await due(), 2, 'the area’s and the generation’s');
  assert.deepEqual(entriesOf(await listOf(jpki, 'Kiyose-shi')), [`${kiyose.serial} keyCompromise`]);
  clock.advance(15 * 60_000);
  assert.equal(await due(), 2, 'a revocation of that moment may have been committed later');
  clock.advance(15 * 60_000 + 1);
  assert.equal(await due(), 0);
  await revoke(jpki, kamakura.serial);
  clock.advance(DAY_MS);
  assert.equal(await due(), 4, 'all are a day old');
  assert.deepEqual(entriesOf(await listOf(jpki, 'Kamakura-shi')), [`${kamakura.serial} keyCompromise`]);
  clock.advance(15 * 60_000 + 1);
  assert.equal(await due(), 0);
});

test('publishers at once give each list its own number', async (t) => {
  const { jpki } = await twoHolders(t);
  const before = numberOf(await listOf(jpki, 'Kiyose-shi'));
  await Promise.all([publishCrls(jpki.context), publishCrls(jpki.context), publishCrls(jpki.context)]);
  assert.equal(numberOf(await listOf(jpki, 'Kiyose-shi')), before + 3n);
});

test('an entry leaves the list after it stood on one made after the certificate’s end', async (t) => {
  const { jpki, kiyose } = await twoHolders(t);
  await revoke(jpki, kiyose.serial);
  const listed = async (): Promise<number> => {
    const report = await publishCrls(jpki.context);
    assert.deepEqual(report.failures, []);
    return entriesOf(await listOf(jpki, 'Kiyose-shi')).length;
  };
  assert.equal(await listed(), 1);
  jpki.country.clock.advance(kiyose.notAfter - jpki.context.clock.now() + DAY_MS);
  assert.equal(await listed(), 1, 'once more after the end');
  assert.equal(await listed(), 0);
});

test('a list that cannot be signed does not keep the others back', async (t) => {
  const { jpki } = await twoHolders(t);
  let refusals = 0;
  const { signer } = jpki;
  const failing = {
    ...jpki.context,
    signer: {
      generateKey: signer.generateKey.bind(signer),
      signCertificate: signer.signCertificate.bind(signer),
      signOcsp: signer.signOcsp.bind(signer),
      signList: (request: SignList) =>
        Buffer.from(request.tail).includes('Kamakura-shi') && ++refusals
          ? Promise.resolve(fail('signer-timeout', 'planted'))
          : signer.signList(request),
    },
  };
  const report = await publishCrls(failing);
  assert.equal(report.published, 3);
  assert.deepEqual(
    report.failures.map(({ list, failure }) => [list, failure.code]),
    [['authentication-1/Kanagawa-ken/Kamakura-shi', 'signer-unavailable']],
  );
  assert.equal(refusals, 1);
});

test('openssl verifies a holder against the list of the area, refuses the revoked one, and refuses another area’s list', {
  skip: opensslMissing,
}, async (t) => {
  const { jpki, kiyose, kamakura } = await twoHolders(t);
  await revoke(jpki, kiyose.serial);
  await publishCrls(jpki.context);
  using desk = new OpensslDesk();
  const authority = await jpki.context.authorities.findCurrent('authentication');
  assert.ok(authority);
  desk.put('ca.pem', encodePem('CERTIFICATE', authority.certificate.der));
  desk.put('kiyose.pem', encodePem('CERTIFICATE', kiyose.certificate));
  desk.put('kamakura.pem', encodePem('CERTIFICATE', kamakura.certificate));
  desk.put('kiyose.crl', encodePem('X509 CRL', await listOf(jpki, 'Kiyose-shi')));
  desk.put('kamakura.crl', encodePem('X509 CRL', await listOf(jpki, 'Kamakura-shi')));
  const at = Math.floor(jpki.context.clock.now() / 1000) + 1;
  const verify = (holder: string, list: string) =>
    desk.run(`verify -attime ${at} -crl_check -CAfile ca.pem -CRLfile ${list}.crl ${holder}.pem`);
  assert.match((await verify('kamakura', 'kamakura')).text, /kamakura\.pem: OK/);
  assert.match((await verify('kiyose', 'kiyose')).text, /certificate revoked/);
  const other = await verify('kamakura', 'kiyose');
  assert.notEqual(other.status, 0);
  assert.match(other.text, /different CRL scope/i);
  const text = await desk.run('crl -in kiyose.crl -noout -text');
  assert.match(text.text, /Issuing Distribution Point: critical[^]*CN = Kiyose-shi CRLDP/);
  assert.match(text.text, /Key Compromise/);
});
