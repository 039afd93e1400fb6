/**
 * Holders with other keys than today's, from the request to a stranger's verification: P-256, P-384 and ML-DSA where a rule
 * of the day allows them, under an authority that has such a key itself; and refused where it does not.
 */
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { mustSucceed } from '@ishizue/outcome';
import { testAccess } from '@ishizue/registry/testing';
import { encodePem } from '@ishizue/x509';
import { authenticateHolder } from '../authenticate-holder.ts';
import { performCeremony } from '../ceremony.ts';
import { publishCrls } from '../crl/publish-crls.ts';
import { issueCertificate } from '../issue-certificate.ts';
import { createOcspAnswerer } from '../ocsp/answer-ocsp.ts';
import { CERTIFIED_KEYS, type CertifiedKey } from '../profile/key-types.ts';
import { type ChallengeQuestion, verifySignedChallenge } from '../relying-party/verify-signed-challenge.ts';
import { revokeCertificates } from '../revoke-certificates.ts';
import { makeHolderKey, requestOf, signWith, testJpki } from '../testing/index.ts';
import { OpensslDesk, opensslMissing } from '../testing/openssl.ts';
import { codeOf, oneResident, orderFor, rowsOf } from '../testing/orders.ts';
import { serveJpki } from '../testing/serve-jpki.ts';

const ALL = CERTIFIED_KEYS.join('+');
const OTHERS = CERTIFIED_KEYS.filter((kind) => kind !== 'rsa-2048');
const challenge = Buffer.from('a challenge of the relying party, 32 bytes');
const isElliptic = (kind: CertifiedKey): boolean => kind.startsWith('p-');

test('today only RSA-2048 is certified; a server that is set otherwise than the signer gets nothing signed', async (t) => {
  const jpki = await testJpki(t);
  const code = await oneResident(jpki);
  const keyTypes = { ...jpki.context.profile.keyTypes };
  const p256 = orderFor(code, { certificationRequest: requestOf(makeHolderKey('p-256')) });
  assert.equal(codeOf(await issueCertificate(jpki.context, testAccess, p256)), 'key-not-allowed');
  assert.deepEqual(await rowsOf(jpki.context), []);
  const { context } = await testJpki(t, { keyTypes: { holder: `2026-11-20=${ALL}` }, isBare: true });
  const loose = {
    ...jpki.context,
    profile: { ...jpki.context.profile, keyTypes: { ...keyTypes, holder: context.profile.keyTypes.holder } },
  };
  assert.equal(codeOf(await issueCertificate(loose, testAccess, p256)), 'signing-refused');
  const [row] = await rowsOf(jpki.context);
  assert.deepEqual([row?.is_signed, row?.reason], [false, 'unspecified'], 'its number is accounted for');
});

test('from its day on each kind is certified, proved, and verified by a stranger with list and OCSP', async (t) => {
  const jpki = await testJpki(t, { keyTypes: { holder: `2026-11-22=${ALL}` } });
  const { context, country } = jpki;
  const code = await oneResident(jpki);
  const keys = OTHERS.map((kind) => ({ kind, key: makeHolderKey(kind) }));
  const orders = keys.map(({ kind, key }) =>
    orderFor(code, { requestId: kind, cardId: kind, certificationRequest: requestOf(key) }),
  );
  for (const order of orders)
    assert.equal(
      codeOf(await issueCertificate(context, testAccess, order)),
      'key-not-allowed',
      'the day before',
    );
  country.clock.advance(Date.parse('2026-11-22T01:00:00Z') - country.clock.now());
  const stolen = orderFor(code, {
    requestId: 'stolen',
    certificationRequest: requestOf(makeHolderKey('p-256'), makeHolderKey('p-384')),
  });
  assert.equal(codeOf(await issueCertificate(context, testAccess, stolen)), 'possession-not-proved');
  const issued = await Promise.all(orders.map((order) => jpki.issue(order)));
  await publishCrls(context);
  const origin = await serveJpki(t, context);
  const [authority] = (await context.authorities.all()).filter(({ kind }) => kind === 'authentication');
  assert.ok(authority);
  const bytesOf = async (response: Response) =>
    response.ok ? new Uint8Array(await response.arrayBuffer()) : undefined;
  const answer = createOcspAnswerer(context);
  for (const [index, { kind, key }] of keys.entries()) {
    const { certificate = Buffer.alloc(0), serial = '' } = issued[index] ?? {};
    const question: ChallengeQuestion = {
      kind: 'authentication',
      certificate,
      challenge,
      signature: signWith(key, challenge),
      anchors: [authority.certificate],
      crl: async (path: string) => bytesOf(await fetch(origin + path)),
      ocsp: (request: Uint8Array) => answer(request),
      at: context.clock.now(),
    };
    assert.equal(mustSucceed(await verifySignedChallenge(question), kind).serial, serial);
    const forged = await verifySignedChallenge({ ...question, challenge: Buffer.from('another') });
    assert.equal(!forged.ok && forged.failure.code, 'challenge-signature-invalid', kind);
    const holder = await authenticateHolder(context, testAccess, question);
    assert.equal(holder.ok && holder.value.cardId, kind);
  }
  if (opensslMissing) return;
  using desk = new OpensslDesk();
  desk.put('ca.pem', encodePem('CERTIFICATE', authority.certificate.der));
  const at = Math.floor(context.clock.now() / 1000) + 1;
  for (const [index, { kind, key }] of keys.entries()) {
    if (!isElliptic(kind)) continue; // Debian 12's openssl knows no ML-DSA
    desk.put('card.der', requestOf(key));
    assert.match((await desk.run('req -verify -in card.der -inform DER -noout')).text, /verify OK/);
    desk.put('card.pem', encodePem('CERTIFICATE', issued[index]?.certificate ?? Buffer.alloc(0)));
    const verified = await desk.run(`verify -x509_strict -attime ${at} -CAfile ca.pem card.pem`);
    assert.match(verified.text, /card\.pem: OK/, kind);
  }
});

for (const kind of OTHERS)
  test(`an authority with a ${kind} key: its ceremony, certificates, lists and answers`, async (t) => {
    const all = `2026-11-20=${ALL}`;
    const jpki = await testJpki(t, { keyTypes: { holder: all, authority: all }, authorityKey: kind });
    const { context } = jpki;
    const code = await oneResident(jpki);
    const key = makeHolderKey(kind);
    const certificationRequest = requestOf(key);
    const good = await jpki.issue(orderFor(code, { certificationRequest }));
    const revoked = await jpki.issue(
      orderFor(code, { requestId: 'revoked', cardId: 'card-b', certificationRequest }),
    );
    const named = { kind: 'authentication', serial: revoked.serial } as const;
    mustSucceed(await revokeCertificates(context, testAccess, [named], 'keyCompromise'), 'revoke');
    const origin = await serveJpki(t, context);
    const [authority] = (await context.authorities.all()).filter((each) => each.kind === 'authentication');
    assert.ok(authority);
    assert.match(authority.keyName, new RegExp(`${kind}$`));
    const answer = createOcspAnswerer(context);
    const check = async (certificate: Buffer): Promise<string> => {
      const result = await verifySignedChallenge({
        kind: 'authentication',
        certificate,
        challenge,
        signature: signWith(key, challenge),
        anchors: [authority.certificate],
        crl: async (path) => new Uint8Array(await (await fetch(origin + path)).arrayBuffer()),
        ocsp: (request) => answer(request),
        at: context.clock.now(),
      });
      return result.ok ? 'ok' : result.failure.code;
    };
    // an ECDSA signature is of one of three lengths: every list holds, whichever it is
    for (let round = 0; round < (isElliptic(kind) ? 6 : 1); round++) {
      await publishCrls(context);
      assert.equal(await check(good.certificate), 'ok');
      assert.equal(await check(revoked.certificate), 'certificate-revoked');
    }
    mustSucceed(
      await performCeremony(context, { performedBy: 'o-again' }),
      'again: what is stored keeps its key',
    );
    const [count] = await context.sql`SELECT count(*)::int AS keys FROM jpki.authority`;
    assert.equal(count?.['keys'], 4, 'one for each kind');
    if (opensslMissing || !isElliptic(kind)) return;
    using desk = new OpensslDesk();
    desk.put('ca.pem', encodePem('CERTIFICATE', authority.certificate.der));
    const keyId = Buffer.from(authority.keyIdentifier).toString('hex');
    const whole = await (await fetch(`${origin}/crl/${keyId}`)).arrayBuffer();
    desk.put('whole.pem', encodePem('X509 CRL', new Uint8Array(whole)));
    for (const [name, { certificate }, expected] of [
      ['good', good, /good\.pem: OK/],
      ['revoked', revoked, /certificate revoked/],
    ] as const) {
      desk.put(`${name}.pem`, encodePem('CERTIFICATE', certificate));
      const at = Math.floor(context.clock.now() / 1000) + 1;
      const line = `verify -x509_strict -check_ss_sig -attime ${at} -crl_check -CRLfile whole.pem -CAfile ca.pem ${name}.pem`;
      assert.match((await desk.run(line)).text, expected);
    }
  });

test('a ceremony with a key that the day does not allow is refused, and nothing of it is stored', async (t) => {
  const { context } = await testJpki(t, { isBare: true });
  const refused = await performCeremony(context, { performedBy: 'o-1', keyType: 'p-256' });
  assert.equal(!refused.ok && refused.failure.code, 'key-not-allowed');
  const [count] = await context.sql`SELECT count(*)::int AS rows FROM jpki.authority`;
  assert.equal(count?.['rows'], 0);
});
