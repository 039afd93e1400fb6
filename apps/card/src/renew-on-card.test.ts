/** Renewal with a software card in hand: cards, the citizen PKI and the card together, cut off between any two of them. */
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { beginCardRenewal, confirmCardRenewal, extendStay, suspendCard } from '@ishizue/cards';
import { authenticateHolder } from '@ishizue/jpki';
import { mustSucceed, type Result } from '@ishizue/outcome';
import { testAccess } from '@ishizue/registry/testing';
import { parseCertificate } from '@ishizue/x509';
import { type RenewalAtDesk, renewOnCard } from './renew-on-card.ts';
import { type Desk, openDesk, PASSWORD, PIN } from './testing/desk.ts';

const codeOf = (result: Result<unknown>): string => (result.ok ? 'ok' : result.failure.code);

const atDesk = ({ renewals, cardId }: Desk, kind: 'authentication' | 'signature', requestId: string) => ({
  begin: (certificationRequest: Buffer) =>
    beginCardRenewal(renewals, testAccess, {
      cardId,
      kind,
      requestId,
      certificationRequest,
      facts: {
        desk: { kind: 'municipal-counter', municipality: '132217' },
        documents: ['individual-number-card'],
        checkedBy: 'o-clerk1',
        isByRepresentative: false,
        isAdultWard: false,
        ground: 'own-wish',
        visitId: 'visit-0001',
      },
    }),
  confirm: (readBack: Buffer) => confirmCardRenewal(renewals, testAccess, { cardId, requestId, readBack }),
});

const standing = async ({ jpki, cardId }: Desk): Promise<readonly string[]> => {
  const rows = await jpki.context.sql<{ line: string }[]>`
    SELECT kind || ' ' || coalesce(reason, CASE WHEN signature IS NULL THEN 'pending' ELSE 'live' END) AS line
    FROM jpki.certificate WHERE card_id = ${cardId} ORDER BY kind, issued_at, serial`;
  return rows.map(({ line }) => line);
};

async function opens({ jpki, held, cardId }: Desk, kind: 'authentication' | 'signature', pin: string) {
  const challenge = Buffer.from('a challenge');
  const holder = await authenticateHolder(jpki.context, testAccess, {
    kind,
    challenge,
    certificate: mustSucceed(await held.readCertificate(kind, pin), 'read'),
    signature: mustSucceed(await held.sign(kind, pin, challenge), 'sign'),
  });
  return holder.ok ? holder.value.cardId === cardId : holder.failure.code;
}

test('both certificates are renewed on new keys, the PINs stay; a card that is suspended gets none', async (t) => {
  const desk = await openDesk(t);
  const { held, jpki, cards, cardId } = desk;
  const before = mustSucceed(await held.readCertificate('authentication'), 'before');
  jpki.country.clock.advance(1_000);
  const renew = (kind: 'authentication' | 'signature', pin: string, requestId: string) =>
    renewOnCard(held, { kind, pin }, atDesk(desk, kind, requestId));
  assert.equal(codeOf(await renew('authentication', '9999', 'renewal-0000')), 'pin-wrong');
  const one = mustSucceed(await renew('authentication', PIN, 'renewal-0001'), 'authentication');
  const two = mustSucceed(await renew('signature', PASSWORD, 'renewal-0002'), 'signature');
  assert.deepEqual([one.fee_yen, two.fee_yen], [200, 0]);
  assert.deepEqual(await standing(desk), [
    'authentication superseded',
    'authentication live',
    'signature superseded',
    'signature live',
  ]);
  assert.equal(await opens(desk, 'authentication', PIN), true);
  assert.equal(await opens(desk, 'signature', PASSWORD), true);
  const after = mustSucceed(await held.readCertificate('authentication'), 'after');
  const keyOf = (der: Uint8Array) => Buffer.from(mustSucceed(parseCertificate(der), '').publicKey.der);
  assert.ok(!keyOf(before).equals(keyOf(after)));
  mustSucceed(await suspendCard(cards, testAccess, cardId), 'the call');
  assert.equal(codeOf(await renew('authentication', PIN, 'renewal-0003')), 'card-state-refused');
});

test('a desk that dies between any two steps goes on with the same card and the same request', async (t) => {
  const desk = await openDesk(t);
  const { held, jpki } = desk;
  const cuts = ['before begin', 'after begin', 'before confirm', 'after confirm'] as const;
  for (const [index, where] of cuts.entries()) {
    jpki.country.clock.advance(1_000);
    const whole = atDesk(desk, 'authentication', `renewal-000${index}`);
    const died = (at: string): void => {
      if (at === where) throw new Error('power cut');
    };
    const dying: RenewalAtDesk<{ readonly certificate: Buffer }, unknown> = {
      begin: async (request) => {
        died('before begin');
        const offer = await whole.begin(request);
        died('after begin');
        return offer;
      },
      confirm: async (readBack) => {
        const isNew = !parsed(readBack).equals(first);
        if (isNew) died('before confirm');
        const confirmed = await whole.confirm(readBack);
        if (isNew) died('after confirm');
        return confirmed;
      },
    };
    const parsed = (der: Uint8Array) => Buffer.from(mustSucceed(parseCertificate(der), '').publicKey.der);
    const first = parsed(mustSucceed(await held.readCertificate('authentication'), 'before'));
    await assert.rejects(renewOnCard(held, { kind: 'authentication', pin: PIN }, dying), /power cut/, where);
    mustSucceed(await renewOnCard(held, { kind: 'authentication', pin: PIN }, whole), where);
    const live = (await standing(desk)).filter((line) => line === 'authentication live');
    assert.equal(live.length, 1, where);
  }
  assert.equal((await standing(desk)).length, 2 + cuts.length, 'one certificate a renewal');
});

test('an extended stay lets the card last longer, never past its birthdays, and its certificates are renewed', async (t) => {
  const desk = await openDesk(t, '2027-06-30');
  const { cards, cardId, held, jpki } = desk;
  const extend = async (stayExpiresOn: string) => {
    const extended = await extendStay(cards, testAccess, { cardId, stayExpiresOn });
    return extended.ok ? extended.value.expiresOn : extended.failure.code;
  };
  const endOf = async () =>
    new Date(
      mustSucceed(parseCertificate(mustSucceed(await held.readCertificate('authentication'), '')), '')
        .notAfter,
    ).toISOString();
  assert.equal(await endOf(), '2027-06-30T14:59:59.000Z');
  assert.equal(await extend('2027-06-30'), 'stay-not-extended');
  assert.equal(await extend('2027-02-30'), 'stay-date-invalid');
  assert.equal(await extend('2029-06-30'), '2029-06-30');
  assert.equal(await endOf(), '2027-06-30T14:59:59.000Z', 'certificates are not extended');
  jpki.country.clock.advance(1_000);
  const renewed = await renewOnCard(
    held,
    { kind: 'authentication', pin: PIN },
    atDesk(desk, 'authentication', 'renewal-0001'),
  );
  mustSucceed(renewed, 'renewed');
  assert.equal(await endOf(), '2029-06-30T14:59:59.000Z');
  assert.equal(await extend('2099-12-31'), '2036-02-17', 'the tenth birthday');
  jpki.country.clock.advance(Date.parse('2036-02-18T00:00:00Z') - jpki.country.clock.now());
  assert.equal(await extend('2099-12-31'), 'card-expired');
});
