/** A municipality's program through a running server: registered at the command line, it verifies a card and a phone. */
import assert from 'node:assert/strict';
import { generateKeyPairSync, randomBytes, randomUUID, sign } from 'node:crypto';
import { writeFileSync } from 'node:fs';
import path from 'node:path';
import { test } from 'node:test';
import { signSiteRequest } from '@ishizue/access';
import { systemClock } from '@ishizue/clock';
import { type CardKind, issueCertificate } from '@ishizue/jpki';
import { type CardKey, liveVerifier, makeCardKey, requestOf } from '@ishizue/jpki/testing';
import { LOCAL_AUTHENTICATION_OFFICER } from '@ishizue/local-authentication';
import { mustSucceed } from '@ishizue/outcome';
import { registerFile, testAccess } from '@ishizue/registry/testing';
import { addSiteOperator, type Country, loadRegister, openCountry, readConfiguration } from '@ishizue/server';
import { serverForTest } from './verifiers-for-test.ts';

const CITY = '132217';
const SITE = `municipal/${CITY}`;

test('a program of a city knows a person again after a renewal, by card and, as somebody else, by phone', async (t) => {
  const { data, origin, run, post, server } = await serverForTest(t);
  const country = await openCountry({
    configuration: readConfiguration({ ISHIZUE_DATA: data, ISHIZUE_DEMONSTRATION: 'off' }),
    municipalities: [CITY],
  });
  try {
    await liveVerifier(country.systems.jpki, 'verifier/city', {
      kind: 'administrative',
      certificateKinds: ['authentication'],
      services: ['older-serials', 'newer-serials'],
    });
    const officer = await officerOf(country, data);
    const { token } = await post(`/${SITE}/operator-sessions`, officer.session);
    const acting = { purpose: 'a test', terminal: 't-1' };
    const set = await fetch(`${origin}/${SITE}/local-authentication/setting`, {
      method: 'PUT',
      headers: { authorization: `Bearer ${token}`, 'content-type': 'application/json' },
      body: JSON.stringify({ verifier: 'verifier/city', method: 'ocsp', ...acting }),
    });
    assert.equal(set.status, 200);
    const { privateKey, publicKey } = generateKeyPairSync('ed25519');
    const keyFile = path.join(data, 'lunch.pem');
    writeFileSync(keyFile, publicKey.export({ format: 'pem', type: 'spki' }));
    const registered = await run(
      'local-authentication',
      'register',
      CITY,
      'lunch',
      '--key',
      keyFile,
      ...officer.words,
    );
    const signer = {
      keyId: (registered.told as { keyId: string }).keyId,
      clock: systemClock,
      sign: (base: Buffer) => sign(null, base, privateKey),
    };
    const ask = async (what: string, wish: object): Promise<Record<string, string>> => {
      const url = new URL(`/${SITE}/local-authentication/${what}`, origin);
      const body = Buffer.from(JSON.stringify(wish));
      const headers = await signSiteRequest({ method: 'POST', url, body }, signer);
      const typed = { ...headers, 'content-type': 'application/json' };
      return (await (await fetch(url, { method: 'POST', headers: typed, body })).json()) as Record<
        string,
        string
      >;
    };
    const told = async (certificate: string, key: CardKey, kind = 'authentication') => {
      const { challenge, statement = '', code: refusal } = await ask('challenges', {});
      if (refusal !== undefined) return refusal;
      const signature = sign('sha256', Buffer.from(statement), key.privateKey).toString('base64');
      const { pseudonym, code } = await ask('verifications', { challenge, kind, certificate, signature });
      return code ?? pseudonym;
    };

    const residentCode = await enrolOne(country);
    const card = makeCardKey();
    const issue = (kind: CardKind) => issueTo(country, residentCode, card, kind);
    const certificate = await issue('authentication');
    const pseudonym = await told(certificate, card);
    assert.match(pseudonym ?? '', /^[a-z]{28}$/);
    const renewed = await issue('authentication');
    assert.equal(await told(certificate, card), 'certificate-revoked');
    assert.equal(await told(renewed, card), pseudonym);

    const phone = makeCardKey();
    const withCard = { key: card, certificate: await issue('signature') };
    const byPhone = await told(await applyForPhone(post, phone, withCard), phone, 'phone-authentication');
    assert.match(byPhone ?? '', /^[a-z]{28}$/);
    assert.notEqual(byPhone, pseudonym);
    const again = await applyForPhone(post, phone, withCard);
    assert.equal(await told(again, phone, 'phone-authentication'), byPhone);

    const act = { program: 'lunch', act: 'suspend', ...acting };
    const suspended = await post(`/${SITE}/local-authentication/programs/acts`, act, token);
    assert.deepEqual(suspended, { program: 'lunch', state: 'suspended' });
    assert.equal(await told(renewed, card), 'program-suspended');
    const foreign = await fetch(`${origin}/${SITE}/local-authentication/challenges`, { method: 'POST' });
    assert.equal(foreign.status, 401);
  } finally {
    await country.close();
  }
  server.signalGroup('SIGINT');
  assert.equal((await server.ended).code, 0);
});

async function officerOf(country: Country, data: string) {
  const order = { site: SITE, displayName: '花子', roles: [LOCAL_AUTHENTICATION_OFFICER] };
  const { id, secret } = mustSucceed(await addSiteOperator(country, order), 'an officer');
  const file = path.join(data, 'officer.secret');
  writeFileSync(file, secret, { mode: 0o600 });
  const words = ['--operator', id, '--secret-file', file, '--purpose', 'a test'];
  return { words, session: { operator: id, secret } };
}

/** Loads one resident and answers their code. */
async function enrolOne(country: Country): Promise<string> {
  const bytes = (async function* () {
    yield Buffer.from(registerFile([{ became_resident_on: '2020-04-01', address_fixed_on: '2020-04-01' }]));
  })();
  const rejects = {
    write: () => Promise.reject(new Error('the row was rejected')),
    close: async () => undefined,
  };
  const load = { municipality: CITY, bytes, rejects, operator: 'o-setup', correlation: 'a-load' };
  mustSucceed(await loadRegister(country, load), 'the register');
  await country.settle(30_000);
  const superuser = country.database.superuser();
  const [person] = await superuser<{ code: string }[]>`
    SELECT resident_code AS code FROM registry.national_person ORDER BY resident_code LIMIT 1`;
  await superuser.end();
  return person?.code ?? assert.fail('nobody was loaded');
}

async function issueTo(
  country: Country,
  residentCode: string,
  key: CardKey,
  kind: CardKind,
): Promise<string> {
  const issued = await issueCertificate(country.systems.jpki, testAccess, {
    kind,
    requestId: randomUUID(),
    residentCode,
    cardId: 'card-1',
    cardExpiresOn: '2036-02-17',
    certificationRequest: requestOf(key),
  });
  return mustSucceed(issued, kind).certificate.toString('base64');
}

/** The phone's authentication certificate, applied for with the card's signature certificate. */
async function applyForPhone(
  post: (to: string, body: object) => Promise<Record<string, unknown>>,
  phone: CardKey,
  card: { readonly key: CardKey; readonly certificate: string },
): Promise<string> {
  const { id, statement } = await post('/national/phone-applications', {
    deviceId: randomBytes(16).toString('hex'),
    signatureRequest: requestOf(makeCardKey()).toString('base64'),
    authenticationRequest: requestOf(phone).toString('base64'),
  });
  const signature = sign('sha256', Buffer.from(String(statement)), card.key.privateKey).toString('base64');
  const { authentication } = await post(`/national/phone-applications/${String(id)}/certificates`, {
    certificate: card.certificate,
    signature,
  });
  return (authentication as { readonly certificate: string }).certificate;
}
