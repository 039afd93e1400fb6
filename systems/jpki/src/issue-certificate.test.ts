import assert from 'node:assert/strict';
import { test } from 'node:test';
import { fail, type Result } from '@ishizue/outcome';
import { findPerson, recordEvent } from '@ishizue/registry';
import { testAccess } from '@ishizue/registry/testing';
import { parseCertificate } from '@ishizue/x509';
import type { IssueOrder } from './issue/issue-order.ts';
import { type IssuedCertificate, type IssueFailure, issueCertificate } from './issue-certificate.ts';
import type { JpkiContext, JpkiSigner } from './jpki-context.ts';
import { makeCardKey, requestOf, type TestJpki, testJpki } from './testing/index.ts';

const key = makeCardKey();

const orderFor = (residentCode: string, changes: Partial<IssueOrder> = {}): IssueOrder => ({
  kind: 'authentication',
  requestId: 'request',
  residentCode,
  cardId: 'card-a',
  cardExpiresOn: '2036-02-17',
  certificationRequest: requestOf(key),
  ...changes,
});

const codeOf = (result: Result<unknown, IssueFailure>): IssueFailure | 'ok' =>
  result.ok ? 'ok' : result.failure.code;

async function oneResident(jpki: TestJpki, row: Readonly<Record<string, string>> = {}): Promise<string> {
  const [code] = await jpki.enrol([row]);
  assert.ok(code !== undefined);
  return code;
}

interface Row {
  readonly kind: string;
  readonly serial: number;
  readonly is_signed: boolean;
  readonly reason: string | null;
}

const rowsOf = async (context: JpkiContext): Promise<Row[]> => {
  const rows = await context.sql<Row[]>`
    SELECT kind, serial, signature IS NOT NULL AS is_signed, reason FROM jpki.certificate ORDER BY issued_at, ctid`;
  return rows.map((row) => ({ ...row }));
};

test('the same request gets the same certificate, another request of the same card a new one in its place', async (t) => {
  const jpki = await testJpki(t);
  const code = await oneResident(jpki);
  const first = await jpki.issue(orderFor(code));
  assert.deepEqual(await jpki.issue(orderFor(code)), first);
  const second = await jpki.issue(orderFor(code, { requestId: 'renewal' }));
  assert.notEqual(second.serial, first.serial);
  const other = await jpki.issue(orderFor(code, { requestId: 'other-card', cardId: 'card-b' }));
  assert.notEqual(other.serial, second.serial);
  const rows = await rowsOf(jpki.context);
  assert.deepEqual(
    rows.map(({ is_signed, reason }) => [is_signed, reason]),
    [
      [true, 'superseded'],
      [true, null],
      [true, null],
    ],
  );
  const again = await issueCertificate(jpki.context, testAccess, orderFor(code));
  assert.equal(codeOf(again), 'certificate-revoked', 'the first is superseded by now');
});

test('a request id stands for one order', async (t) => {
  const jpki = await testJpki(t);
  const code = await oneResident(jpki);
  await jpki.issue(orderFor(code));
  const changes: Partial<IssueOrder>[] = [
    { kind: 'signature' },
    { cardId: 'card-b' },
    { cardExpiresOn: '2035-02-17' },
    { certificationRequest: requestOf(makeCardKey()) },
  ];
  for (const change of changes)
    assert.equal(
      codeOf(await issueCertificate(jpki.context, testAccess, orderFor(code, change))),
      'request-id-reused',
    );
});

test('what is asked for wrongly is refused, and the refusals that concern a person are on the ledger', async (t) => {
  const jpki = await testJpki(t);
  const [adult, child, unknownBirth] = await jpki.enrol([
    { resident_number: '1' },
    { resident_number: '2', birth_date: '2011-11-21' },
    { resident_number: '3', birth_date: '0000-00-00' },
  ]);
  assert.ok(adult && child && unknownBirth);
  const ask = async (code: string, change: Partial<IssueOrder> = {}) =>
    codeOf(await issueCertificate(jpki.context, testAccess, orderFor(code, change)));
  const signature = { kind: 'signature' } as const;
  const other = makeCardKey();
  assert.equal(await ask('24727059600'), 'order-malformed');
  assert.equal(await ask(adult, { requestId: '' }), 'order-malformed');
  assert.equal(await ask(adult, { cardExpiresOn: '2036-02-30' }), 'order-malformed');
  assert.equal(
    await ask(adult, { certificationRequest: Buffer.from('3003020100', 'hex') }),
    'certification-request-malformed',
  );
  assert.equal(await ask(adult, { certificationRequest: requestOf(key, other) }), 'possession-not-proved');
  assert.equal(await ask(adult, { certificationRequest: requestOf(makeCardKey(3072)) }), 'key-not-allowed');
  assert.equal(await ask('24727059608'), 'person-unknown');
  assert.equal(await ask(child, { ...signature, requestId: 'child' }), 'person-too-young');
  assert.equal(await ask(child, { requestId: 'child', cardId: 'card-child' }), 'ok');
  assert.equal(await ask(unknownBirth, { ...signature, requestId: 'u' }), 'birth-date-unknown');
  assert.equal(await ask(adult, { cardExpiresOn: '2026-11-19' }), 'validity-over');
  assert.equal(await ask(adult, { cardExpiresOn: '2026-11-20' }), 'ok');
  const sql = jpki.country.database.superuser();
  t.after(() => sql.end());
  const entries = await sql`
    SELECT result FROM ledger.entry WHERE site = 'national' AND fields && ARRAY['signature-certificate', 'authentication-certificate']
    ORDER BY id`;
  assert.deepEqual(
    entries.map(({ result }) => result as string),
    ['person-unknown', 'person-too-young', 'ok', 'birth-date-unknown', 'validity-over', 'ok'],
  );
});

test('a character without a substitute waits for the counter’s choice, one with a substitute is flagged', async (t) => {
  const jpki = await testJpki(t);
  const [takahashi, undecided] = await jpki.enrol([
    { resident_number: '1', name: '髙橋　遥' },
    { resident_number: '2', name: '\u{1F600}　遥' },
  ]);
  assert.ok(takahashi && undecided);
  const issued = await jpki.issue(orderFor(takahashi, { kind: 'signature' }));
  const hex = issued.certificate.toString('hex');
  assert.ok(hex.includes(Buffer.from('高橋　遥').toString('hex')));
  assert.ok(hex.includes(`0c04${Buffer.from('1000').toString('hex')}`));
  const refused = await issueCertificate(
    jpki.context,
    testAccess,
    orderFor(undecided, { kind: 'signature', requestId: 'u', cardId: 'card-u' }),
  );
  assert.equal(codeOf(refused), 'substitute-needed');
});

test('the signature certificate ends no later than card and authentication certificate', async (t) => {
  const jpki = await testJpki(t);
  const code = await oneResident(jpki);
  const authentication = await jpki.issue(orderFor(code, { requestId: 'a', cardExpiresOn: '2028-05-05' }));
  assert.equal(new Date(authentication.notAfter).toISOString(), '2028-05-05T14:59:59.000Z');
  const signature = await jpki.issue(orderFor(code, { requestId: 's', kind: 'signature' }));
  assert.equal(signature.notAfter, authentication.notAfter);
});

/** A signer that fails, or does something first, when it is asked for a certificate. */
const signerThat = (
  inner: JpkiSigner,
  sign: (request: Parameters<JpkiSigner['signCertificate']>[0]) => ReturnType<JpkiSigner['signCertificate']>,
): JpkiSigner => ({
  generateKey: (...all) => inner.generateKey(...all),
  signCertificate: sign,
  signCrl: (request) => inner.signCrl(request),
  signOcsp: (request) => inner.signOcsp(request),
});

test('killed before the signature, the same request completes what was stored', async (t) => {
  const jpki = await testJpki(t);
  const code = await oneResident(jpki);
  const down: JpkiContext = {
    ...jpki.context,
    signer: signerThat(jpki.signer, () => Promise.resolve(fail('signer-unavailable', 'killed'))),
  };
  assert.equal(codeOf(await issueCertificate(down, testAccess, orderFor(code))), 'signer-unavailable');
  const [pending, ...more] = await rowsOf(jpki.context);
  assert.ok(pending && more.length === 0);
  assert.equal(pending.is_signed, false);
  jpki.country.clock.advance(60_000);
  const issued = await jpki.issue(orderFor(code));
  assert.equal(Number.parseInt(issued.serial, 16), pending.serial);
  assert.equal(new Date(issued.notBefore).toISOString(), '2026-11-20T01:00:00.000Z', 'as it was stored');
});

test('killed after the signature, the same request gives the very same certificate', async (t) => {
  const jpki = await testJpki(t);
  const code = await oneResident(jpki);
  const made: Buffer[] = [];
  const dying: JpkiContext = {
    ...jpki.context,
    signer: signerThat(jpki.signer, async (request) => {
      const signature = await jpki.signer.signCertificate(request);
      if (signature.ok) made.push(signature.value);
      throw new Error('killed');
    }),
  };
  await assert.rejects(issueCertificate(dying, testAccess, orderFor(code)), /killed/);
  const issued = await jpki.issue(orderFor(code));
  assert.equal(made.length, 1);
  assert.deepEqual(issued.certificate.subarray(-256), made[0]);
});

test('what the lint refuses is accounted for, and the request may be repeated', async (t) => {
  const jpki = await testJpki(t);
  const code = await oneResident(jpki);
  const { profile } = jpki.context;
  // planted: a profile with a policy that the lint does not know
  const wrong: JpkiContext = {
    ...jpki.context,
    profile: { ...profile, policies: { ...profile.policies, authentication: '1.2.392.200149.8.5.1.9.99' } },
  };
  const refused = await issueCertificate(wrong, testAccess, orderFor(code));
  assert.equal(codeOf(refused), 'signing-refused');
  assert.ok(!refused.ok && refused.failure.detail.includes('policy-is-that-of-the-kind'));
  await jpki.issue(orderFor(code));
  assert.deepEqual(
    (await rowsOf(jpki.context)).map(({ is_signed, reason }) => [is_signed, reason]),
    [
      [false, 'unspecified'],
      [true, null],
    ],
  );
});

test('copies of one request at once are one certificate', async (t) => {
  const jpki = await testJpki(t);
  const code = await oneResident(jpki);
  const copies = await Promise.all(Array.from({ length: 6 }, () => jpki.issue(orderFor(code))));
  assert.equal(new Set(copies.map(({ serial }) => serial)).size, 1);
  assert.equal((await rowsOf(jpki.context)).length, 1);
});

test('renewals of one card at once leave one live certificate', async (t) => {
  const jpki = await testJpki(t);
  const code = await oneResident(jpki);
  const renewals = await Promise.all(
    Array.from({ length: 6 }, (_, index) => jpki.issue(orderFor(code, { requestId: `renewal-${index}` }))),
  );
  assert.equal(new Set(renewals.map(({ serial }) => serial)).size, 6);
  const reasons = (await rowsOf(jpki.context)).map(({ reason }) => reason);
  assert.deepEqual(reasons.filter((reason) => reason === null).length, 1);
  assert.deepEqual(reasons.filter((reason) => reason === 'superseded').length, 5);
});

test('a serial number that is taken is drawn again', async (t) => {
  const draws: Buffer[] = [];
  const jpki = await testJpki(t, {
    parts: (context) => ({
      randomBytes: (size) => (size === 4 ? draws.shift() : undefined) ?? context.randomBytes(size),
    }),
  });
  const code = await oneResident(jpki);
  const [same, next] = [Buffer.of(0x12, 0x34, 0x56, 0x78), Buffer.of(0x12, 0x34, 0x56, 0x79)];
  draws.push(same, same, next, same);
  const serialOf = ({ serial }: IssuedCertificate) => serial;
  assert.equal(serialOf(await jpki.issue(orderFor(code, { requestId: '1' }))), '12345678');
  assert.equal(serialOf(await jpki.issue(orderFor(code, { requestId: '2' }))), '12345679');
  const signature = orderFor(code, { requestId: '3', kind: 'signature' });
  assert.equal(serialOf(await jpki.issue(signature)), '12345678', 'the other authority has its own numbers');
});

test('a person who moves between the look at the registry and the store is still revoked', async (t) => {
  const jpki = await testJpki(t);
  const [code, neighbour] = await jpki.enrol([{ resident_number: '1' }, { resident_number: '2' }]);
  assert.ok(code && neighbour);
  await jpki.issue({ residentCode: neighbour, kind: 'signature' });
  let moved: Promise<void> | undefined;
  const racing: JpkiContext = {
    ...jpki.context,
    findPerson: async (access, residentCode) => {
      const person = await findPerson(jpki.country.context, access, residentCode);
      // the change is recorded, climbs the tiers and reaches JPKI while the certificate is on its way
      moved ??= move(jpki, residentCode);
      await new Promise((resolve) => setTimeout(resolve, 300));
      return person;
    },
  };
  await issueCertificate(racing, testAccess, orderFor(code, { kind: 'signature' }));
  await moved;
  await jpki.country.settle();
  const reasons = (await rowsOf(jpki.context)).map(({ reason }) => reason);
  assert.deepEqual(reasons, [null, 'affiliationChanged']);
});

async function move(jpki: TestJpki, residentCode: string): Promise<void> {
  const moved = await recordEvent(jpki.country.context, '132217', testAccess, 'move-1', {
    reason: 'move-within',
    residentCode,
    eventDate: '2026-11-20',
    address: { wardCode: null, postalCode: '2040012', town: '中清戸一丁目', lot: '1番', building: null },
  });
  assert.ok(moved.ok);
}

test('what is issued is what a reader of certificates reads', async (t) => {
  const jpki = await testJpki(t);
  const code = await oneResident(jpki);
  const issued = await jpki.issue(orderFor(code, { kind: 'signature' }));
  const parsed = parseCertificate(issued.certificate);
  assert.ok(parsed.ok);
  assert.equal(Buffer.from(parsed.value.serial).toString('hex'), issued.serial);
  assert.equal(parsed.value.notAfter, issued.notAfter);
});
