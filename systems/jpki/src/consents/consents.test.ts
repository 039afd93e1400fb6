/** Consents on a real registry and real certificates: given, answered from, stopped, and never believed without cause. */
import assert from 'node:assert/strict';
import { randomUUID, sign } from 'node:crypto';
import { test } from 'node:test';
import { mustSucceed } from '@ishizue/outcome';
import { type CounterEvent, recordEvent } from '@ishizue/registry';
import { KIYOSE, testAccess } from '@ishizue/registry/testing';
import { revokeCertificates, revokeForCard } from '../revoke-certificates.ts';
import { call, codeOf, consentScene, FIRM, OPERATOR } from '../testing/consents.ts';
import { makeCardKey, requestOf } from '../testing/index.ts';
import { decideByTwo, liveVerifier, officer, termsOf } from '../testing/verifiers.ts';
import { changeVerifier } from '../verifiers/verifier-office.ts';
import { draftConsent } from './draft-consent.ts';
import { giveConsent } from './give-consent.ts';
import { consentsOf, withdrawAtCounter } from './withdraw-consent.ts';

const ADDRESS = '東京都清瀬市元町一丁目4番5号';

test('a firm is given the items consented to, as the register has them now, across moves and cards, until the holder dies', async (t) => {
  const scene = await consentScene(t);
  const { context, country, residentCode } = scene;
  const { id } = await scene.consent(['name', 'address']);
  assert.deepEqual(await scene.ask(id), { name: '髙橋　遥', address: ADDRESS });
  let events = 0;
  const happens = async (event: CounterEvent) => {
    country.clock.advance(60_000);
    const done = await recordEvent(country.context, KIYOSE, testAccess, `event-${++events}`, event);
    mustSucceed(done, event.reason);
    await country.settle();
  };
  const eventDate = '2026-11-20';
  await happens({
    reason: 'move-within',
    residentCode,
    eventDate,
    address: { wardCode: null, postalCode: '2040012', town: '中里二丁目', lot: '1番1号', building: null },
  });
  const moved = { name: '髙橋　遥', address: '東京都清瀬市中里二丁目1番1号' };
  assert.deepEqual(await scene.ask(id), moved, 'the certificate is revoked: this is what the service is for');
  await scene.renew();
  assert.deepEqual(await scene.ask(id), moved);
  country.clock.advance(60_000);
  await scene.renew('card-next');
  mustSucceed(await revokeForCard(context, testAccess, 'card-next', 'certificateHold'), 'lost on its way');
  assert.deepEqual(await scene.ask(id), moved, 'a card that never came takes nothing from the one in hand');
  mustSucceed(await revokeForCard(context, testAccess, 'card-a', 'keyCompromise'), 'lost');
  assert.equal(await scene.ask(id), 'chain-broken');
  country.clock.advance(60_000);
  await scene.renew('card-b');
  assert.deepEqual(await scene.ask(id), moved, 'the chain goes on with the new card');
  await happens({ reason: 'death', residentCode, eventDate });
  assert.equal(await scene.ask(id), 'holder-not-resident');

  const sql = country.database.superuser();
  t.after(() => sql.end());
  const subject = context.pseudonyms.of('national', residentCode);
  const lines = await sql<{ line: string }[]>`
    SELECT concat_ws(' ', actor_kind, actor, terminal, fields, result) AS line FROM ledger.entry
    WHERE affair IN ('consent', 'latest-attributes') AND subject = ${subject} ORDER BY tx, id`;
  const of = (result: string) => `site ${FIRM} ${OPERATOR} {name,address} ${result}`;
  const looks = lines.filter(({ line }) => line.startsWith('system jpki')).length;
  assert.equal(lines[0]?.line, `person ${subject.toString('hex')} ${FIRM} {name,address} ok`);
  assert.deepEqual(
    lines.map(({ line }) => line).filter((line) => line.startsWith('site')),
    [of('ok'), of('ok'), of('ok'), of('ok'), of('chain-broken'), of('ok'), of('holder-not-resident')],
  );
  assert.ok(looks >= 4, 'each look into the register is an entry too');
});

test('what is no consent of this holder, or to this verifier, is refused by its own code and nothing is stored', async (t) => {
  const scene = await consentScene(t);
  const { context, country, signed } = scene;
  const items = ['name'] as const;
  const draft = mustSucceed(await draftConsent(context, call, { items, lastDay: '2026-12-31' }), 'draft');
  const { id, statement } = draft;
  const give = async (given: Partial<Parameters<typeof giveConsent>[2]>, caller = call) =>
    codeOf(await giveConsent(context, caller, { id, ...signed(statement), ...given }));
  const another = mustSucceed(await draftConsent(context, call, { items, lastDay: '2026-12-31' }), 'draft');
  const authentication = await scene.issue({
    residentCode: scene.residentCode,
    cardId: 'card-a',
    certificationRequest: requestOf(scene.key),
  });
  await liveVerifier(context, 'verifier/other');
  const outside = { ...call, verifier: 'verifier/other', onBehalfOf: undefined };
  assert.equal(await give({ signature: signed(another.statement).signature }), 'challenge-signature-invalid');
  assert.equal(await give(signed(statement, makeCardKey())), 'challenge-signature-invalid');
  assert.equal(await give({ certificate: Buffer.from('no certificate') }), 'certificate-malformed');
  assert.equal(await give({ certificate: authentication.certificate }), 'certificate-of-another-kind');
  assert.equal(await give({ id: randomUUID() }), 'consent-draft-unknown');
  assert.equal(await give({}, outside), 'consent-draft-unknown', 'the statement names another recipient');
  assert.equal(
    codeOf(await draftConsent(context, call, { items, lastDay: '2026-11-19' })),
    'consent-day-invalid',
  );
  assert.equal(
    codeOf(await draftConsent(context, call, { items, lastDay: '2031-11-23' })),
    'consent-day-invalid',
  );
  const [{ count } = { count: 0 }] = await context.sql<{ count: number }[]>`
    SELECT count(*)::int AS count FROM jpki.consent`;
  assert.equal(count, 0);
  const given = await give({});
  assert.deepEqual(await give({}), given, 'the same again changes nothing');
  assert.equal(await scene.ask(id, { onBehalfOf: undefined }), 'consent-unknown');
  assert.equal(await scene.ask(id, outside), 'consent-unknown');
  assert.equal(await scene.ask(randomUUID()), 'consent-unknown');
  country.clock.advance(15 * 60_000);
  const late = { id: another.id, ...signed(another.statement) };
  assert.equal(codeOf(await giveConsent(context, call, late)), 'consent-draft-unknown');
  const names = [{ kind: 'signature' as const, serial: scene.serial() }];
  const last = mustSucceed(await draftConsent(context, call, { items, lastDay: '2026-12-31' }), 'draft');
  mustSucceed(await revokeCertificates(context, testAccess, names, 'cessationOfOperation'), 'revoke');
  assert.equal(
    codeOf(await giveConsent(context, call, { id: last.id, ...signed(last.statement) })),
    'certificate-revoked',
  );
  assert.equal(await scene.ask(id), 'chain-broken');
});

test('withdrawn by the holder’s signature or at a counter, a consent answers nothing any more; nobody else withdraws it', async (t) => {
  const scene = await consentScene(t);
  const { context, residentCode } = scene;
  const [one, two] = [await scene.consent(['sex', 'birth-date']), await scene.consent(['name'])];
  assert.deepEqual(await scene.ask(one.id), { sex: 2, birthDate: '1980-02-17' });
  const [stranger = ''] = await scene.enrol([{ resident_number: '9' }]);
  assert.equal(
    codeOf(await withdrawAtCounter(context, testAccess, { id: one.id, residentCode: stranger })),
    'consent-unknown',
  );
  assert.equal(await scene.withdraw(randomUUID()), 'consent-unknown');
  assert.deepEqual(await scene.ask(one.id), { sex: 2, birthDate: '1980-02-17' });
  assert.equal(await scene.withdraw(one.id), undefined);
  assert.equal(await scene.withdraw(one.id), undefined, 'again, it changes nothing');
  assert.equal(await scene.ask(one.id), 'consent-withdrawn');
  const clerk = { ...testAccess, affair: 'consent-withdrawal' };
  assert.equal(codeOf(await withdrawAtCounter(context, clerk, { id: two.id, residentCode })), undefined);
  assert.equal(await scene.ask(two.id), 'consent-withdrawn');
  const listed = await consentsOf(context, testAccess, residentCode);
  assert.deepEqual(
    listed.map(({ verifier, withdrawnAt }) => [verifier, withdrawnAt !== null]),
    [
      [FIRM, true],
      [FIRM, true],
    ],
  );
  await assert.rejects(context.sql`UPDATE jpki.consent SET withdrawn_at = NULL, withdrawn_by = NULL`, {
    code: '23514',
  });
  await assert.rejects(context.sql`UPDATE jpki.consent SET items = ARRAY['name']`, { code: '42501' });
});

test('another purpose, an operator that is suspended, or a firm that goes elsewhere ends the answers', async (t) => {
  const scene = await consentScene(t);
  const { context } = scene;
  const { id } = await scene.consent(['name']);
  const answered = { name: '髙橋　遥' };
  mustSucceed(await changeVerifier(context, officer(), OPERATOR, 'suspend'), 'suspend');
  assert.equal(await scene.ask(id), 'verifier-suspended');
  await decideByTwo(context, OPERATOR, { act: 'restore' });
  assert.deepEqual(await scene.ask(id), answered);
  const firm = termsOf({
    kind: 'delegating-firm',
    entrustedTo: OPERATOR,
    certificateKinds: ['signature'],
    services: ['latest-attributes'],
  });
  const elsewhere = { ...firm, entrustedTo: 'verifier/other' };
  await liveVerifier(context, 'verifier/other');
  await decideByTwo(context, FIRM, { act: 'change-terms', terms: elsewhere });
  assert.equal(await scene.ask(id), 'delegation-unknown');
  assert.equal(await scene.ask(id, { verifier: 'verifier/other' }), 'consent-unknown');
  const advertising = { ...firm, purpose: '広告' };
  await decideByTwo(context, FIRM, { act: 'change-terms', terms: advertising });
  assert.equal(await scene.ask(id), 'purpose-changed');
  mustSucceed(await changeVerifier(context, officer(), FIRM, 'end'), 'end');
  assert.equal(await scene.ask(id), 'verifier-not-live');
});

test('a statement is of one id, in both languages, and is what was signed to the byte', async (t) => {
  const scene = await consentScene(t);
  const { id } = await scene.consent(['name', 'address'], '2027-03-31');
  const [stored] = await scene.context.sql<{ statement: string; signature: Buffer }[]>`
    SELECT statement, signature FROM jpki.consent WHERE id = ${id}`;
  assert.ok(stored);
  for (const part of [
    id,
    '商店 (verifier/shop)',
    '検証株式会社 (verifier/pf)',
    '氏名、住所',
    'name, address',
    '2027-03-31',
    '2026-11-20T10:00:00+09:00',
  ])
    assert.ok(stored.statement.includes(part), part);
  assert.deepEqual(sign('sha256', Buffer.from(stored.statement), scene.key.privateKey), stored.signature);
});
