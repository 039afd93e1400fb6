/** Renewal at a desk: what is allowed, what is handed out, and what becomes of the certificate before. */
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { mustSucceed, type Result } from '@ishizue/outcome';
import { recordEvent } from '@ishizue/registry';
import { testAccess } from '@ishizue/registry/testing';
import { isCertificateText, substitutesFor } from '@ishizue/text';
import { makeCardKey, requestOf, testJpki } from '../testing/index.ts';
import { oneResident } from '../testing/orders.ts';
import { factsFor, renewalFor, standingOf } from '../testing/renewals.ts';
import { beginRenewal } from './begin-renewal.ts';
import { confirmRenewal } from './confirm-renewal.ts';
import { giveUpRenewals } from './give-up-renewals.ts';
import { authoriseOffice } from './issuing-offices.ts';

const codeOf = (result: Result<unknown>): string => (result.ok ? 'ok' : result.failure.code);
const day = (instant: number): string => new Date(instant + 9 * 3_600_000).toISOString().slice(0, 10);
const cardId = 'card-a';

test('in its last three months a certificate is renewed to the sixth birthday, and superseded only once the card was read back', async (t) => {
  const jpki = await testJpki(t);
  const { context, country } = jpki;
  const code = await oneResident(jpki, { birth_date: '1980-02-17' });
  const card = { residentCode: code, cardId, cardExpiresOn: '2046-02-17' };
  const first = await jpki.issue({ ...card, requestId: 'first' });
  assert.equal(day(first.notAfter), '2031-02-17');
  const begin = (requestId: string, changes = {}, key = makeCardKey()) =>
    beginRenewal(
      context,
      testAccess,
      renewalFor(
        code,
        { ...card, requestId, certificationRequest: requestOf(key) },
        { ground: 'expiring', ...changes },
      ),
    );
  country.clock.advance(Date.parse('2030-11-17T14:59:00Z') - country.clock.now());
  assert.equal(
    codeOf(await begin('renewal-0001')),
    'renewal-window-closed',
    '17 November: three months are left',
  );
  country.clock.advance(120_000);
  const newKey = makeCardKey();
  const offer = mustSucceed(await begin('renewal-0001', {}, newKey), 'the renewal');
  assert.equal(new Date(offer.notAfter).toISOString(), '2036-02-17T14:59:59.000Z');
  assert.deepEqual([offer.fee_yen, offer.isHandedOut], [0, false]);
  assert.deepEqual(await standingOf(context, cardId), ['live', 'pending'], 'offered and not good');

  const again = mustSucceed(await begin('renewal-0001', {}, newKey), 'the same');
  assert.deepEqual(again.certificate, offer.certificate);
  assert.equal(codeOf(await begin('renewal-0001')), 'request-id-reused', 'for another key');
  const read = { requestId: 'renewal-0001', cardId, readBack: offer.certificate };
  const confirm = (changes: Partial<typeof read> = {}) =>
    confirmRenewal(context, testAccess, { ...read, ...changes });
  const flipped = Buffer.from(offer.certificate);
  flipped.writeUInt8(flipped.readUInt8(flipped.length - 1) ^ 1, flipped.length - 1);
  assert.equal(codeOf(await confirm({ readBack: flipped })), 'read-back-differs');
  assert.equal(codeOf(await confirm({ readBack: first.certificate })), 'read-back-differs');
  assert.equal(codeOf(await confirm({ cardId: 'card-b' })), 'renewal-unknown');
  assert.deepEqual(await standingOf(context, cardId), ['live', 'pending']);

  const renewed = mustSucceed(await confirm(), 'read back');
  assert.deepEqual(renewed, { serial: offer.serial, renewedSerial: first.serial, fee_yen: 0 });
  assert.deepEqual(await standingOf(context, cardId), ['superseded', 'live']);
  assert.deepEqual(mustSucceed(await confirm(), 'told again'), renewed);
  assert.equal(codeOf(await confirm({ readBack: flipped })), 'read-back-differs');
  assert.equal(mustSucceed(await begin('renewal-0001', {}, newKey), 'asked again').isHandedOut, true);

  const sql = country.database.superuser();
  t.after(() => sql.end());
  const entries = await sql<{ result: string }[]>`
    SELECT result FROM ledger.entry WHERE subject = ${context.pseudonyms.of('national', code)}
      AND 'authentication-certificate' = ANY(fields) ORDER BY id`;
  assert.deepEqual(
    entries.map(({ result }) => result),
    [
      'ok',
      'renewal-window-closed',
      'renewal-begun',
      'renewal-offered',
      'request-id-reused',
      'read-back-differs',
      'read-back-differs',
      'ok',
      'superseded',
      'ok',
      'read-back-differs',
      'renewal-handed-out',
    ],
  );
});

test('who checked what, where and on what ground decides, and a refusal reserves nothing', async (t) => {
  const jpki = await testJpki(t);
  const { context } = jpki;
  const [code = '', child = ''] = await jpki.enrol([
    { resident_number: '1' },
    { resident_number: '2', birth_date: '2015-01-01' },
  ]);
  let requests = 0;
  const begin = async (facts: Parameters<typeof factsFor>[0], order = {}, residentCode = code) => {
    const requestId = `renewal-${String(++requests).padStart(4, '0')}`;
    const began = await beginRenewal(
      context,
      testAccess,
      renewalFor(residentCode, { requestId, cardId: `card-${residentCode}`, ...order }, facts),
    );
    return began.ok ? began.value.fee_yen : began.failure.code;
  };
  const two = ['insurance-qualification-certificate', 'pension-handbook'] as const;
  assert.equal(await begin({ documents: ['student-card'] }), 'identity-not-proved');
  assert.equal(await begin({ documents: ['student-card', 'student-card'] }), 'identity-not-proved');
  assert.equal(await begin({ visitId: 'short' }), 'facts-malformed');
  assert.equal(
    await begin({ desk: { kind: 'municipal-counter', municipality: '131016' } }),
    'desk-not-of-residence',
  );
  const desk = { kind: 'post-office', municipality: '132217', office: '01234' } as const;
  assert.equal(await begin({ desk }), 'desk-not-of-residence', 'not authorised');
  const office = { office: '01234', municipality: '132217', validFrom: '2026-11-21', validTo: '2027-03-31' };
  mustSucceed(await authoriseOffice(context, office), 'the office');
  assert.equal(
    codeOf(await authoriseOffice(context, { ...office, municipality: '999999' })),
    'municipality-unknown',
  );
  assert.equal(await begin({ desk }), 'desk-not-of-residence', 'from tomorrow');
  assert.equal(await begin({ isAdultWard: true }, { kind: 'signature' }), 'adult-ward');
  assert.equal(await begin({ ground: 'expiring' }), 'renewal-window-closed', 'there is none on the card');
  assert.equal(await begin({}, { kind: 'signature' }, child), 'person-too-young');
  assert.equal(await begin({}, { requestId: 'x' }), 'order-malformed');
  const wrong = requestOf(makeCardKey(), makeCardKey());
  assert.equal(await begin({}, { certificationRequest: wrong }), 'possession-not-proved');
  assert.equal((await context.sql`SELECT 1 FROM jpki.certificate`).length, 0);

  assert.equal(await begin({ isAdultWard: true, documents: two }), 200, 'a ward has the other certificate');
  assert.equal(await begin({}, { kind: 'signature' }), 0, 'paid with the first of the visit');
  assert.equal(await begin({ visitId: 'visit-0002' }), 200);
  assert.equal(await begin({ visitId: 'visit-0003', ground: 'data-changed' }, { kind: 'signature' }), 0);
  jpki.country.clock.advance(86_400_000);
  assert.equal(await begin({ desk, visitId: 'visit-0004' }), 200, 'the office’s first day');
});

test('an offer ends with its hour, and with a change of the person; each number is accounted for', async (t) => {
  const jpki = await testJpki(t);
  const { context, country } = jpki;
  const code = await oneResident(jpki);
  const card = { residentCode: code, cardId, kind: 'signature' } as const;
  await jpki.issue({ ...card, requestId: 'first' });
  const begin = async (requestId: string) => {
    country.clock.advance(1_000); // their order is told by when they begin
    return mustSucceed(
      await beginRenewal(context, testAccess, renewalFor(code, { ...card, requestId })),
      requestId,
    );
  };
  const confirm = async (requestId: string, readBack: Buffer) =>
    codeOf(await confirmRenewal(context, testAccess, { requestId, cardId, readBack }));
  const slow = await begin('renewal-0001');
  country.clock.advance(3_600_000);
  assert.equal(await confirm('renewal-0001', slow.certificate), 'renewal-expired');
  assert.equal(await giveUpRenewals(context, testAccess), 1);
  assert.equal(await giveUpRenewals(context, testAccess), 0);
  assert.equal(await confirm('renewal-0001', slow.certificate), 'renewal-given-up');
  const repeated = await beginRenewal(
    context,
    testAccess,
    renewalFor(code, { ...card, requestId: 'renewal-0001' }),
  );
  assert.equal(codeOf(repeated), 'renewal-given-up');
  assert.deepEqual(await standingOf(context, cardId), ['live', 'unspecified']);

  const overtaken = await begin('renewal-0002');
  const address = { wardCode: null, postalCode: '2040012', town: '中清戸一丁目', lot: '1番', building: null };
  const event = { reason: 'move-within', residentCode: code, eventDate: '2026-11-20', address } as const;
  mustSucceed(await recordEvent(country.context, '132217', testAccess, 'move-1', event), 'the move');
  await country.settle();
  assert.equal(await confirm('renewal-0002', overtaken.certificate), 'revoked-before-hand-over');
  assert.deepEqual(await standingOf(context, cardId), [
    'affiliationChanged',
    'unspecified',
    'affiliationChanged',
  ]);

  const anew = await begin('renewal-0003');
  assert.equal(await confirm('renewal-0003', anew.certificate), 'ok', 'with the new address');
  const [row] = await context.sql<{ renewed: number | null }[]>`
    SELECT renewed_serial AS renewed FROM jpki.renewal WHERE request_id = 'renewal-0003'`;
  assert.equal(row?.renewed, null, 'nothing was live');
});

test('what ended stays as it is, whatever the program does', async (t) => {
  const jpki = await testJpki(t);
  const { context, country } = jpki;
  const code = await oneResident(jpki);
  mustSucceed(await beginRenewal(context, testAccess, renewalFor(code)), 'begun');
  country.clock.advance(3_600_001);
  await giveUpRenewals(context, testAccess);
  await assert.rejects(
    async () => await context.sql`UPDATE jpki.renewal SET state = 'begun', done_at = NULL, outcome = NULL`,
    /a renewal that ended/,
  );
  await assert.rejects(async () => await context.sql`DELETE FROM jpki.renewal`, /permission denied/);
});

test('a card in exchange for another: its certificates renew those of the card before, of the same holder only', async (t) => {
  const jpki = await testJpki(t);
  const { context, country } = jpki;
  const [code = '', other = ''] = await jpki.enrol([
    { resident_number: '1', birth_date: '1980-02-17' },
    { resident_number: '2', birth_date: '1980-02-17', name: '清瀬　花' },
  ]);
  const old = { residentCode: code, cardId, cardExpiresOn: '2036-02-17' };
  await jpki.issue({ ...old, requestId: 'old' });
  country.clock.advance(Date.parse('2030-12-01T03:00:00Z') - country.clock.now());
  const endOf = async (residentCode: string, requestId: string, more = {}): Promise<string> => {
    const to = { residentCode, requestId, cardId: `card-${requestId}`, cardExpiresOn: '2046-02-17', ...more };
    return day((await jpki.issue(to)).notAfter);
  };
  assert.equal(await endOf(code, 'plain'), '2035-02-17');
  assert.equal(await endOf(code, 'new', { renewsCard: cardId }), '2036-02-17', 'the sixth birthday');
  assert.equal(await endOf(code, 'new', { renewsCard: cardId }), '2036-02-17', 'asked again');
  assert.equal(await endOf(code, 'short', { renewsCard: cardId, cardExpiresOn: '2035-06-30' }), '2035-06-30');
  assert.equal(await endOf(other, 'stranger', { renewsCard: cardId }), '2035-02-17');
  assert.deepEqual(await standingOf(context, cardId), ['live'], 'until the exchange');
});

test('a card that came without a signature certificate gets its first at a counter, with the substitutes that the holder chose', async (t) => {
  const jpki = await testJpki(t);
  const { context } = jpki;
  const character = Array.from({ length: 0x5200 }, (_, index) => String.fromCodePoint(0x4e00 + index)).find(
    (each) => !isCertificateText(each) && substitutesFor(each).length > 1,
  );
  assert.ok(character);
  const [best = '', second = ''] = substitutesFor(character);
  const code = await oneResident(jpki, { birth_date: '1980-02-17', name: `渡${character}　花` });
  const card = { residentCode: code, cardId, cardExpiresOn: '2036-02-17' };
  await jpki.issue({ ...card, requestId: 'first' });
  let requests = 0;
  const begin = (changes: object, ground: 'first-issue' | 'own-wish' = 'first-issue') =>
    beginRenewal(
      context,
      testAccess,
      renewalFor(
        code,
        {
          ...card,
          kind: 'signature',
          requestId: `renewal-${++requests + 1000}`,
          certificationRequest: requestOf(makeCardKey()),
          ...changes,
        },
        { ground },
      ),
    );
  for (const [chosen, substitute] of [
    [character, '川'],
    ['渡', best],
  ] as const)
    assert.equal(codeOf(await begin({ substitutes: { [chosen]: substitute } })), 'substitute-not-offered');
  const offer = mustSucceed(await begin({ substitutes: { [character]: second } }), 'the first');
  assert.equal(offer.fee_yen, 0);
  assert.ok(offer.certificate.includes(Buffer.from(`渡${second}`)), 'what was chosen is in the certificate');
  const read = { requestId: offer.requestId, cardId, readBack: offer.certificate };
  mustSucceed(await confirmRenewal(context, testAccess, read), 'reading back');
  assert.equal(codeOf(await begin({})), 'certificate-issued-before');
  const next = mustSucceed(await begin({}, 'own-wish'), 'another one');
  assert.ok(
    next.certificate.includes(Buffer.from(`渡${best}`)),
    'the first that is offered, where none is chosen',
  );
  assert.equal(next.fee_yen, 200);
});
