import assert from 'node:assert/strict';
import { test } from 'node:test';
import { testAccess } from '@ishizue/registry/testing';
import { parseCertificate } from '@ishizue/x509';
import type { IssueOrder } from './issue/issue-order.ts';
import { issueCertificate } from './issue-certificate.ts';
import { makeCardKey, requestOf, testJpki } from './testing/index.ts';
import { codeOf, key, oneResident, orderFor, rowsOf } from './testing/orders.ts';

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

test('what is issued is what a reader of certificates reads', async (t) => {
  const jpki = await testJpki(t);
  const code = await oneResident(jpki);
  const issued = await jpki.issue(orderFor(code, { kind: 'signature' }));
  const parsed = parseCertificate(issued.certificate);
  assert.ok(parsed.ok);
  assert.equal(Buffer.from(parsed.value.serial).toString('hex'), issued.serial);
  assert.equal(parsed.value.notAfter, issued.notAfter);
});
