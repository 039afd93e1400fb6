/** Certificates on phones: applied for with the card, bound to it, one phone a person, ended with it. */
import assert from 'node:assert/strict';
import { randomUUID } from 'node:crypto';
import { test } from 'node:test';
import { fail, mustSucceed } from '@ishizue/outcome';
import { recordEvent } from '@ishizue/registry';
import { testAccess } from '@ishizue/registry/testing';
import { encodePem } from '@ishizue/x509';
import { authenticateHolder } from '../authenticate-holder.ts';
import { publishCrls } from '../crl/publish-crls.ts';
import type { JpkiContext, JpkiSigner } from '../jpki-context.ts';
import { revokeCertificates, revokeForCard } from '../revoke-certificates.ts';
import { makeCardKey, requestOf } from '../testing/index.ts';
import { OpensslDesk, opensslMissing } from '../testing/openssl.ts';
import {
  applyWith,
  endWithCard,
  makePhone,
  phoneRows,
  phoneScene,
  signedApplication,
  signWith,
} from '../testing/phones.ts';
import { applyForPhone } from './apply-for-phone.ts';
import { draftPhoneApplication } from './draft-application.ts';
import { endPhoneBySignature, reportPhoneLost } from './end-phone.ts';
import { endStatement } from './phone-statement.ts';

const [first, second] = [makePhone(), makePhone()];
const reasons = async (context: JpkiContext) => (await phoneRows(context)).map(({ reason }) => reason);

/** A signer that is away for the nth certificate. */
function diesAt(signer: JpkiSigner, nth: number): JpkiSigner {
  let asked = 0;
  return {
    generateKey: (...all) => signer.generateKey(...all),
    signList: (request) => signer.signList(request),
    signOcsp: (request) => signer.signOcsp(request),
    signCertificate: (request) =>
      ++asked === nth
        ? Promise.resolve(fail('signer-unavailable', 'killed'))
        : signer.signCertificate(request),
  };
}

const codeOf = (result: { ok: boolean; failure?: { code: string } }) =>
  result.ok ? 'ok' : (result.failure?.code ?? '');

test('the card’s signature brings two certificates that end with the card’s, and sign in', async (t) => {
  const { context, holder } = await phoneScene(t);
  const application = await signedApplication(context, holder, first);
  const issued = mustSucceed(await applyForPhone(context, application), 'the application');
  assert.equal(issued.signature.notAfter, holder.certificates.signature.notAfter);
  assert.equal(issued.authentication.notAfter, holder.certificates.authentication.notAfter);
  const again = mustSucceed(await applyForPhone(context, application), 'again');
  assert.deepEqual(again, issued, 'the same statement, the same certificates');
  const challenge = 'a challenge';
  const signedIn = await authenticateHolder(
    context,
    { terminal: 't', article: 'a', affair: 'sign-in', correlation: 'c' },
    {
      kind: 'phone-authentication',
      certificate: issued.authentication.certificate,
      challenge: Buffer.from(challenge),
      signature: signWith(first.keys.authentication, challenge),
    },
  );
  assert.equal(mustSucceed(signedIn, 'sign-in').residentCode, holder.residentCode);
});

test('a second phone’s issue ends the first, and the first cannot come back', async (t) => {
  const { context, holder, country } = await phoneScene(t);
  const early = await signedApplication(context, holder, first);
  mustSucceed(await applyForPhone(context, early), 'the first');
  mustSucceed(await applyWith(context, holder, second), 'the second');
  assert.deepEqual(await reasons(context), ['superseded', 'superseded', null, null]);
  assert.equal(codeOf(await applyForPhone(context, early)), 'certificate-revoked');
  const sql = country.database.superuser();
  t.after(() => sql.end());
  const entries = await sql<{ result: string; fields: string[] }[]>`
    SELECT result, fields FROM ledger.entry WHERE affair = 'phone-application' AND fields[1] LIKE 'phone-%' ORDER BY id`;
  assert.deepEqual(
    entries.map(({ result, fields }) => `${fields[0]?.split('-')[1]} ${result}`),
    [
      'signature ok', // the application
      'signature ok',
      'authentication ok',
      'signature ok',
      'signature ok',
      'signature superseded',
      'authentication superseded',
      'authentication ok',
      'signature certificate-revoked',
    ],
  );
});

test('killed between the two, an older application is not completed over a newer one', async (t) => {
  const { context, holder, signer } = await phoneScene(t);
  const dying = diesAt(signer, 2);
  const early = await signedApplication(context, holder, first);
  assert.equal(codeOf(await applyForPhone({ ...context, signer: dying }, early)), 'signer-unavailable');
  assert.deepEqual(
    (await phoneRows(context)).map(({ isSigned }) => isSigned),
    [true, false],
  );
  mustSucceed(await applyWith(context, holder, second), 'the second');
  assert.deepEqual(await reasons(context), ['superseded', 'unspecified', null, null]);
  assert.notEqual(codeOf(await applyForPhone(context, early)), 'ok');
  assert.deepEqual(await reasons(context), ['superseded', 'unspecified', null, null]);
  const older = await signedApplication(context, holder, first);
  mustSucceed(await applyForPhone(context, older), 'the first phone applies anew');
  assert.equal((await reasons(context)).filter((reason) => reason === null).length, 2);
});

test('killed before the signature, the same statement completes what was stored', async (t) => {
  const { context, holder, signer } = await phoneScene(t);
  const down: JpkiContext = { ...context, signer: diesAt(signer, 1) };
  const application = await signedApplication(context, holder, first);
  assert.equal(codeOf(await applyForPhone(down, application)), 'signer-unavailable');
  mustSucceed(await applyForPhone(context, application), 'again');
  assert.equal((await phoneRows(context)).length, 2, 'one of each, no serial number twice');
});

test('whatever ends the card’s certificate ends the phone’s of the kind, in the same instant', async (t) => {
  const { context, holder, renewCard } = await phoneScene(t);
  mustSucceed(await applyWith(context, holder, first), 'first');
  await renewCard('signature');
  assert.deepEqual(await reasons(context), ['cessationOfOperation', null], 'renewal forces re-issue');
  mustSucceed(await applyWith(context, holder, first), 'again');
  const name = { kind: 'authentication', serial: holder.certificates.authentication.serial } as const;
  mustSucceed(await revokeCertificates(context, testAccess, [name], 'certificateHold'), 'hold');
  assert.deepEqual(await reasons(context), ['cessationOfOperation', 'superseded', null, 'certificateHold']);
  mustSucceed(await revokeForCard(context, testAccess, holder.cardId, 'keyCompromise'), 'card');
  assert.equal((await reasons(context)).filter((reason) => reason === null).length, 0);
  const refused = await applyWith(context, holder, first);
  assert.equal(codeOf(refused), 'certificate-revoked', 'the card no longer signs');
});

test('a change of address ends the phone’s signature certificate, a death both', async (t) => {
  const { context, holder, country } = await phoneScene(t);
  mustSucceed(await applyWith(context, holder, first), 'first');
  const moved = await recordEvent(country.context, '132217', testAccess, 'move-1', {
    reason: 'move-within',
    residentCode: holder.residentCode,
    eventDate: '2026-11-20',
    address: { wardCode: null, postalCode: '2040012', town: '中清戸一丁目', lot: '1番', building: null },
  });
  mustSucceed(moved, 'the move');
  await country.settle();
  assert.deepEqual(await reasons(context), ['affiliationChanged', null]);
  const sql = country.database.superuser();
  t.after(() => sql.end());
  const entries = await sql<{ fields: string[] }[]>`
    SELECT fields FROM ledger.entry WHERE affair = 'certificate-revocation' AND result = 'revoked' ORDER BY fields`;
  assert.deepEqual(
    entries.map(({ fields }) => fields[0]),
    ['phone-signature-certificate', 'signature-certificate'],
    'each once',
  );
  const died = await recordEvent(country.context, '132217', testAccess, 'death-1', {
    reason: 'death',
    residentCode: holder.residentCode,
    eventDate: '2026-11-20',
  });
  mustSucceed(died, 'the death');
  await country.settle();
  assert.deepEqual(await reasons(context), ['affiliationChanged', 'affiliationChanged']);
});

test('a phone is ended by the card, by itself, and by the call centre; by nobody else', async (t) => {
  const { context, holder } = await phoneScene(t);
  const application = await signedApplication(context, holder, first);
  const issued = mustSucceed(await applyForPhone(context, application), 'first');
  const other = '00000000-0000-4000-8000-000000000000';
  assert.equal(codeOf(await endWithCard(context, holder, other)), 'phone-unknown');
  const byPhone = {
    application: application.id,
    kind: 'phone-signature',
    certificate: issued.signature.certificate,
    correlation: 'c',
  } as const;
  const statement = endStatement(application.id);
  const stranger = { ...byPhone, signature: signWith(makeCardKey(), statement) };
  assert.equal(codeOf(await endPhoneBySignature(context, stranger)), 'challenge-signature-invalid');
  const wrongKind = {
    ...byPhone,
    kind: 'signature' as const,
    signature: signWith(first.keys.signature, statement),
  };
  assert.equal(codeOf(await endPhoneBySignature(context, wrongKind)), 'certificate-of-another-kind');
  assert.deepEqual(await reasons(context), [null, null]);
  const itself = { ...byPhone, signature: signWith(first.keys.signature, statement) };
  mustSucceed(await endPhoneBySignature(context, itself), 'by itself');
  assert.deepEqual(await reasons(context), ['cessationOfOperation', 'cessationOfOperation']);
  const again = mustSucceed(await endWithCard(context, holder, application.id), 'again, by the card');
  assert.deepEqual(again, { revoked: 0, alreadyRevoked: 2 });
  assert.equal(codeOf(await reportPhoneLost(context, testAccess, holder.residentCode)), 'phone-unknown');
  mustSucceed(await applyWith(context, holder, second), 'second');
  mustSucceed(await reportPhoneLost(context, testAccess, holder.residentCode), 'lost');
  assert.deepEqual((await reasons(context)).slice(2), ['certificateHold', 'certificateHold']);
});

test('what is asked for wrongly is refused by a code, and nothing is issued', async (t) => {
  const { context, holder, country } = await phoneScene(t);
  const sound = {
    deviceId: first.deviceId,
    signatureRequest: requestOf(first.keys.signature),
    authenticationRequest: requestOf(first.keys.authentication),
  };
  const draft = async (changes: Partial<typeof sound>) =>
    codeOf(await draftPhoneApplication(context, { ...sound, ...changes }));
  assert.equal(await draft({ deviceId: 'imei-35' }), 'device-id-malformed');
  assert.equal(
    await draft({ signatureRequest: Buffer.from('3000', 'hex') }),
    'certification-request-malformed',
  );
  assert.equal(
    await draft({ signatureRequest: requestOf(first.keys.signature, second.keys.signature) }),
    'possession-not-proved',
  );
  assert.equal(await draft({ signatureRequest: sound.authenticationRequest }), 'keys-not-distinct');
  const application = await signedApplication(context, holder, first);
  const signature = signWith(makeCardKey(), 'another');
  assert.equal(
    codeOf(await applyForPhone(context, { ...application, signature })),
    'challenge-signature-invalid',
  );
  const { certificate } = holder.certificates.authentication;
  assert.equal(
    codeOf(await applyForPhone(context, { ...application, certificate })),
    'certificate-of-another-kind',
  );
  country.clock.advance(15 * 60_000);
  assert.equal(codeOf(await applyForPhone(context, application)), 'application-unknown', 'too late');
  assert.deepEqual(await phoneRows(context), []);
});

interface Planted {
  readonly days: number;
  readonly serial: number;
  readonly residentCode?: string;
  readonly cardId?: string;
  readonly application?: string | null;
}

test('the database refuses a phone’s certificate that outlives the card’s, and a second phone', async (t) => {
  const { context, holder } = await phoneScene(t);
  mustSucceed(await applyWith(context, holder, first), 'first');
  const other = randomUUID();
  await context.sql`
    INSERT INTO jpki.phone_application (id, device_id, resident_code, card_id, serial, signature_request,
      authentication_request, statement, signature, applied_at)
    SELECT ${other}, device_id, resident_code, card_id, serial, signature_request, authentication_request, statement,
      signature, applied_at FROM jpki.phone_application`;
  const plant = async ({ days, serial, residentCode, cardId, application = other }: Planted) => context.sql`
    INSERT INTO jpki.certificate (kind, serial, generation, point, request_id, request_sha256, resident_code, card_id,
      issued_at, expires_at, tbs, application, bound_serial)
    SELECT kind, ${serial}, generation, point, 'planted', request_sha256,
      coalesce(${residentCode ?? null}, resident_code), coalesce(${cardId ?? null}, card_id), issued_at,
      expires_at + make_interval(days => ${days}), tbs, ${application}::uuid, bound_serial
    FROM jpki.certificate WHERE kind = 'phone-signature' AND signature IS NOT NULL`;
  const isNotBound = /ends no later than the one on the card/;
  await assert.rejects(plant({ days: 1, serial: 9_000_000 }), isNotBound);
  await assert.rejects(
    plant({ days: 0, serial: 9_000_000, residentCode: '99999999999' }),
    isNotBound,
    'whose card',
  );
  await assert.rejects(plant({ days: 0, serial: 9_000_000, cardId: 'card-z' }), isNotBound, 'which card');
  await assert.rejects(
    plant({ days: 0, serial: 9_000_000, application: null }),
    /a_phones_certificate_is_bound/,
  );
  await assert.rejects(
    async () => await context.sql`UPDATE jpki.phone_application SET device_id = ${'0'.repeat(32)}`,
    /permission denied/,
  );
  await plant({ days: 0, serial: 9_000_001 });
  const sign = () => context.sql`UPDATE jpki.certificate SET signature = '\\x00' WHERE serial = 9000001`;
  await assert.rejects(sign(), /a person has one phone/);
  const name = { kind: 'signature', serial: holder.certificates.signature.serial } as const;
  mustSucceed(await revokeCertificates(context, testAccess, [name], 'superseded'), 'the card’s');
  assert.deepEqual(
    (await phoneRows(context)).map(({ kind, reason }) => `${kind} ${reason}`),
    ['phone-signature cessationOfOperation', 'phone-authentication null', 'phone-signature unspecified'],
    'what waited has ended too',
  );
  await assert.rejects(plant({ days: 0, serial: 9_000_002 }), isNotBound, 'the card’s is revoked');
  await assert.rejects(
    async () =>
      await context.sql`UPDATE jpki.certificate SET revoked_at = NULL, reason = NULL WHERE kind LIKE 'phone-%'`,
    /a revocation is final/,
  );
});

test('openssl verifies a phone’s certificate by its authority and list, before and after its end', {
  skip: opensslMissing,
}, async (t) => {
  const { context, holder, country } = await phoneScene(t);
  const issued = mustSucceed(await applyWith(context, holder, first), 'first');
  using desk = new OpensslDesk();
  const authority = await context.authorities.findCurrent('phone-signature');
  assert.ok(authority);
  desk.put('ca.pem', encodePem('CERTIFICATE', authority.certificate.der));
  desk.put('phone.pem', encodePem('CERTIFICATE', issued.signature.certificate));
  const verify = async () => {
    country.clock.advance(1_000);
    const report = await publishCrls(context);
    assert.deepEqual(report.failures, []);
    const at = Math.floor(context.clock.now() / 1000) + 1;
    return (await desk.run(`verify -attime ${at} -CAfile ca.pem phone.pem`)).text;
  };
  assert.match(await verify(), /phone\.pem: OK/);
  const { text } = await desk.run('x509 -in phone.pem -noout -text');
  assert.match(text, /Policy: 1\.2\.392\.200149\.8\.5\.1\.1\.40/);
  assert.match(text, /JPKI for digital signature of mobile devices/);
});
