/** Issuing when something breaks between two steps, and when several things happen at once. */
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { fail, mustSucceed } from '@ishizue/outcome';
import { findPersons, recordEvent } from '@ishizue/registry';
import { testAccess } from '@ishizue/registry/testing';
import { type IssuedCertificate, issueCertificate } from '../issue-certificate.ts';
import type { JpkiContext, JpkiSigner } from '../jpki-context.ts';
import { CARD_KINDS } from '../profile/certificate-kind.ts';
import { type TestJpki, testJpki } from '../testing/index.ts';
import { codeOf, oneResident, orderFor, rowsOf } from '../testing/orders.ts';
import { applyWith, makePhone, phoneScene } from '../testing/phones.ts';

/** A signer that fails, or does something first, when it is asked for a certificate. */
const signerThat = (
  inner: JpkiSigner,
  sign: (request: Parameters<JpkiSigner['signCertificate']>[0]) => ReturnType<JpkiSigner['signCertificate']>,
): JpkiSigner => ({
  generateKey: (...all) => inner.generateKey(...all),
  signCertificate: sign,
  signList: (request) => inner.signList(request),
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

test('orders of many persons at once are all decided, whatever becomes of the others', async (t) => {
  const jpki = await testJpki(t);
  const rows = Array.from({ length: 30 }, (_, index) => ({
    resident_number: String(index + 1),
    birth_date: index % 5 === 0 ? '2015-01-01' : '1980-02-17',
  }));
  const codes = await jpki.enrol(rows);
  const outcomes = await Promise.all(
    codes.map((code, index) =>
      issueCertificate(
        jpki.context,
        testAccess,
        orderFor(code, { kind: 'signature', requestId: `order-${index}`, cardId: `card-${index}` }),
      ),
    ),
  );
  assert.deepEqual(
    outcomes.map(codeOf),
    codes.map((_, index) => (index % 5 === 0 ? 'person-too-young' : 'ok')),
  );
  const issued = await rowsOf(jpki.context);
  assert.equal(issued.length, 24);
  assert.equal(new Set(issued.map(({ serial }) => serial)).size, 24);
  for (const [index, outcome] of outcomes.entries()) {
    if (!outcome.ok) continue;
    const [row] = await jpki.context.sql<{ code: string }[]>`
      SELECT resident_code AS code FROM jpki.certificate WHERE serial = ${Number.parseInt(outcome.value.serial, 16)}`;
    assert.equal(row?.code, codes[index], 'everybody gets their own');
  }
});

test('of two persons under one request id at once, one is refused', async (t) => {
  const jpki = await testJpki(t);
  const codes = await jpki.enrol([{ resident_number: '1' }, { resident_number: '2' }]);
  const outcomes = await Promise.all(
    codes.map((code) =>
      issueCertificate(jpki.context, testAccess, orderFor(code, { cardId: `card-${code}` })),
    ),
  );
  assert.deepEqual(outcomes.map(codeOf).sort(), ['ok', 'request-id-reused']);
});

test('renewals of one card at once leave one live certificate of each kind', async (t) => {
  const jpki = await testJpki(t);
  const code = await oneResident(jpki);
  const renewals = await Promise.all(
    Array.from({ length: 12 }, (_, index) =>
      jpki.issue(
        orderFor(code, {
          kind: index % 2 === 0 ? 'authentication' : 'signature',
          requestId: `renewal-${index}`,
        }),
      ),
    ),
  );
  assert.equal(new Set(renewals.map(({ kind, serial }) => `${kind} ${serial}`)).size, 12);
  const rows = (await rowsOf(jpki.context)).map(({ kind, reason }) => `${kind} ${reason ?? 'live'}`);
  const countOf = (wanted: string): number => rows.filter((row) => row === wanted).length;
  for (const kind of ['authentication', 'signature'])
    assert.deepEqual([countOf(`${kind} live`), countOf(`${kind} superseded`)], [1, 5]);
});

test('both of a card handed out in one group end both of the phone, each with one entry', async (t) => {
  const { context, holder, country } = await phoneScene(t);
  mustSucceed(await applyWith(context, holder, makePhone()), 'the phone');
  const both = Promise.withResolvers<void>();
  let signed = 0;
  const together: JpkiContext = {
    ...context,
    signer: signerThat(context.signer, async (request) => {
      const signature = await context.signer.signCertificate(request);
      if (++signed === 2) both.resolve();
      await both.promise;
      return signature;
    }),
  };
  const { residentCode, cardId } = holder;
  const renewed = await Promise.all(
    CARD_KINDS.map((kind) =>
      issueCertificate(together, testAccess, orderFor(residentCode, { kind, cardId, requestId: kind })),
    ),
  );
  assert.deepEqual(renewed.map(codeOf), ['ok', 'ok']);
  const sql = country.database.superuser();
  t.after(() => sql.end());
  const entries = await sql<{ entry: string }[]>`
    SELECT fields[1] || ' ' || result AS entry FROM ledger.entry WHERE result IN ('revoked', 'superseded') ORDER BY entry`;
  assert.deepEqual(
    entries.map(({ entry }) => entry),
    [
      'authentication-certificate superseded',
      'phone-authentication-certificate revoked',
      'phone-signature-certificate revoked',
      'signature-certificate superseded',
    ],
  );
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
    findPersons: async (looks) => {
      const persons = await findPersons(jpki.country.context, looks);
      // the change is recorded, climbs the tiers and reaches JPKI while the certificate is on its way
      moved ??= move(jpki, code);
      await new Promise((resolve) => setTimeout(resolve, 300));
      return persons;
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
