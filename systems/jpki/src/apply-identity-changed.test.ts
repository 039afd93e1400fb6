import assert from 'node:assert/strict';
import { type TestContext, test } from 'node:test';
import { mustSucceed } from '@ishizue/outcome';
import { type CounterEvent, recordEvent } from '@ishizue/registry';
import { KAMAKURA, KIYOSE, samplePerson, testAccess } from '@ishizue/registry/testing';
import { jpkiTopics } from './apply-identity-changed.ts';
import type { CertificateKind } from './profile/certificate-kind.ts';
import { type TestJpki, testJpki } from './testing/index.ts';

type ReasonByKind = Partial<Record<CertificateKind, string | null>>;

async function reasonsOf(jpki: TestJpki, residentCode: string): Promise<ReasonByKind> {
  const rows = await jpki.context.sql<{ kind: CertificateKind; reason: string | null }[]>`
    SELECT kind, reason FROM jpki.certificate WHERE resident_code = ${residentCode} ORDER BY kind`;
  return Object.fromEntries(rows.map(({ kind, reason }) => [kind, reason]));
}

async function holder(t: TestContext, row: Readonly<Record<string, string>> = {}) {
  const jpki = await testJpki(t);
  const [residentCode] = await jpki.enrol([row]);
  assert.ok(residentCode !== undefined);
  await jpki.issue({ residentCode });
  await jpki.issue({ residentCode, kind: 'signature' });
  let events = 0;
  const happens = async (event: CounterEvent, municipality = KIYOSE): Promise<void> => {
    const recorded = await recordEvent(
      jpki.country.context,
      municipality,
      testAccess,
      `event-${++events}`,
      event,
    );
    mustSucceed(recorded, event.reason);
    await jpki.country.settle();
  };
  return { jpki, residentCode, happens, reasons: () => reasonsOf(jpki, residentCode) };
}

const LIVE = { authentication: null, signature: null };
const eventDate = '2026-11-20';
const moveTo = (residentCode: string, town: string): CounterEvent => ({
  reason: 'move-within',
  residentCode,
  eventDate,
  address: { wardCode: null, postalCode: '2040012', town, lot: '1番1号', building: null },
});

test('a move inside the city revokes the signature certificate and leaves the authentication certificate', async (t) => {
  const { residentCode, happens, reasons } = await holder(t);
  await happens(moveTo(residentCode, '中清戸一丁目'));
  assert.deepEqual(await reasons(), { authentication: null, signature: 'affiliationChanged' });
});

test('a death revokes both', async (t) => {
  const { residentCode, happens, reasons } = await holder(t);
  await happens({ reason: 'death', residentCode, eventDate });
  assert.deepEqual(await reasons(), {
    authentication: 'affiliationChanged',
    signature: 'affiliationChanged',
  });
});

test('a minor correction revokes nothing, and what comes after it is compared with what was corrected', async (t) => {
  const { jpki, residentCode, happens, reasons } = await holder(t);
  const signedOn = async () => {
    const [row] = await jpki.context.sql<{ digest: string }[]>`
      SELECT encode(identity_sha256, 'hex') AS digest FROM jpki.certificate WHERE kind = 'signature'`;
    return row?.digest;
  };
  const before = await signedOn();
  await happens({ reason: 'minor-correction', residentCode, eventDate, lot: '4番地の5' });
  assert.deepEqual(await reasons(), LIVE);
  assert.notEqual(await signedOn(), before);
  const corrected = { wardCode: null, postalCode: '2040021', town: '元町一丁目', lot: '4番地の5' };
  const address = { ...corrected, building: '礎荘101号' };
  await happens({ reason: 'move-within', residentCode, eventDate, address });
  assert.deepEqual(await reasons(), { authentication: null, signature: 'affiliationChanged' });
});

test('a move-out revokes nothing; the move-in elsewhere revokes the signature certificate', async (t) => {
  const { residentCode, happens, reasons } = await holder(t);
  await happens({ reason: 'move-out', residentCode, eventDate, destination: '神奈川県鎌倉市' });
  assert.deepEqual(await reasons(), LIVE);
  await happens(
    {
      reason: 'move-in',
      residentCode,
      individualNumber: null,
      eventDate,
      details: {
        ...samplePerson,
        name: '石川　遥',
        nameKana: 'イシカワ　ハルカ',
        birthDate: '1980-02-17',
        domicile: null,
        familyRegisterHead: null,
      },
      address: { wardCode: null, postalCode: '2480006', town: '小町一丁目', lot: '1番1号', building: null },
      previousAddress: '東京都清瀬市元町一丁目4番5号',
    },
    KAMAKURA,
  );
  assert.deepEqual(await reasons(), { authentication: null, signature: 'affiliationChanged' });
});

test('a name that is corrected as minor and a move in one batch come to one revocation, in order', async (t) => {
  const { jpki, residentCode, reasons } = await holder(t);
  const record = (requestId: string, event: CounterEvent) =>
    recordEvent(jpki.country.context, KIYOSE, testAccess, requestId, event);
  mustSucceed(
    await record('1', { reason: 'minor-correction', residentCode, eventDate, name: '石川　遙' }),
    '1',
  );
  mustSucceed(await record('2', moveTo(residentCode, '中清戸一丁目')), '2');
  await jpki.country.settle();
  assert.deepEqual(await reasons(), { authentication: null, signature: 'affiliationChanged' });
});

test('a certificate that waits for its signature is revoked like any other', async (t) => {
  const { jpki, residentCode, happens } = await holder(t);
  await jpki.context.sql`
    INSERT INTO jpki.certificate (kind, serial, generation, point, request_id, request_sha256, resident_code, card_id,
      issued_at, expires_at, tbs)
    SELECT kind, 99999999, generation, point, 'pending', request_sha256, resident_code, 'card-p', issued_at, expires_at, tbs
    FROM jpki.certificate WHERE kind = 'authentication'`;
  await happens({ reason: 'death', residentCode, eventDate });
  const [row] = await jpki.context.sql<{ reason: string }[]>`
    SELECT reason FROM jpki.certificate WHERE serial = 99999999`;
  assert.equal(row?.reason, 'affiliationChanged');
});

test('each notice that was held against a certificate is on the ledger, under a pseudonym', async (t) => {
  const { jpki, residentCode, happens } = await holder(t);
  await happens(moveTo(residentCode, '中清戸一丁目'));
  const sql = jpki.country.database.superuser();
  t.after(() => sql.end());
  const entries = await sql`
    SELECT article, fields, result, subject = ${jpki.country.pseudonyms.of('national', residentCode)} AS is_holder
    FROM ledger.entry WHERE site = 'national' AND affair = 'certificate-revocation' ORDER BY article`;
  assert.deepEqual(
    entries.map((entry) => ({ ...entry })),
    [
      {
        article: '公的個人認証法 第12条',
        fields: ['signature-certificate', 'move-within'],
        result: 'revoked',
        is_holder: true,
      },
      {
        article: '公的個人認証法 第31条',
        fields: ['authentication-certificate', 'move-within'],
        result: 'not-revoked',
        is_holder: true,
      },
    ],
  );
});

test('a notice that is not in the agreed form is refused', async (t) => {
  const { jpki } = await holder(t);
  const handler = jpkiTopics(jpki.context)['identity-changed'];
  assert.ok(handler);
  await jpki.context.sql.begin(async (tx) => {
    const link = {
      link: 'national>national:jpki',
      from: 'national',
      to: 'national',
      clock: jpki.context.clock,
      send: () => undefined,
    };
    const message = { seq: 1, previous: 0, subject: 's', topic: 'identity-changed', body: { name: '石川' } };
    const codes = async (from: string) =>
      (await handler(tx, { ...link, from }, [message])).map((failure) => failure?.code);
    assert.deepEqual(await codes('national'), ['identity-body-invalid']);
    assert.deepEqual(await codes('municipal/132217'), ['sender-not-registry']);
  });
});
