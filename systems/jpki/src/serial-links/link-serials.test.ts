/** Links between serial numbers of persons who renewed and changed cards, as differently entitled verifiers see them. */
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { mustSucceed } from '@ishizue/outcome';
import { testAccess } from '@ishizue/registry/testing';
import { beginRenewal } from '../renewal/begin-renewal.ts';
import { confirmRenewal } from '../renewal/confirm-renewal.ts';
import { revokeForCard } from '../revoke-certificates.ts';
import { testJpki } from '../testing/index.ts';
import { renewalFor } from '../testing/renewals.ts';
import { liveVerifier, officer } from '../testing/verifiers.ts';
import { changeVerifier } from '../verifiers/verifier-office.ts';
import { type LinksAsked, linkSerials } from './link-serials.ts';
import { SERIAL_LINKS } from './pick-links.ts';

test('entitled verifiers are led along the chain of one holder; others are refused, and every answer is on the ledger', async (t) => {
  const jpki = await testJpki(t);
  const { context, country } = jpki;
  const [one = '', two = ''] = await jpki.enrol([{ resident_number: '1' }, { resident_number: '2' }]);
  const issue = async (residentCode: string, kind: 'authentication' | 'signature', cardId: string) => {
    country.clock.advance(60_000);
    return Number.parseInt((await jpki.issue({ residentCode, kind, cardId })).serial, 16);
  };
  const auth = [await issue(one, 'authentication', 'card-a')];
  const sign = [await issue(one, 'signature', 'card-a')];
  await issue(two, 'authentication', 'card-of-two');
  await issue(two, 'signature', 'card-of-two');
  auth.push(await issue(one, 'authentication', 'card-a')); // renewed
  mustSucceed(await revokeForCard(context, testAccess, 'card-a', 'keyCompromise'), 'the card is lost');
  auth.push(await issue(one, 'authentication', 'card-b'));
  sign.push(await issue(one, 'signature', 'card-b'));

  await liveVerifier(context, 'verifier/pf');
  await liveVerifier(context, 'verifier/sign-in', {
    certificateKinds: ['authentication'],
    services: ['newer-serials'],
  });
  await liveVerifier(context, 'verifier/shop', {
    kind: 'delegating-firm',
    entrustedTo: 'verifier/pf',
    certificateKinds: ['authentication'],
    services: ['older-serials', 'newer-serials'],
  });
  const ask = async (verifier: string, asked: Partial<LinksAsked>, onBehalfOf?: string) => {
    const call = { verifier, onBehalfOf, correlation: 'a-request' };
    const links = { kind: 'authentication' as const, serials: auth.slice(1, 2), links: ['newer'] as const };
    const answered = await linkSerials(context, call, { ...links, ...asked });
    if (!answered.ok) return answered.failure.code;
    return answered.value.map((each) => (each.ok ? each.value : each.failure.code));
  };
  assert.deepEqual(await ask('verifier/pf', { links: SERIAL_LINKS }), [
    { older: [auth[0]], newer: [auth[2]], other: sign[0] },
  ]);
  const unknown = 0x7fff_fff1;
  assert.deepEqual(
    await ask('verifier/pf', { kind: 'signature', serials: [...sign, unknown], links: ['newer', 'other'] }),
    [{ newer: [sign[1]], other: auth[1] }, { newer: [], other: auth[2] }, 'certificate-unknown'],
  );
  assert.deepEqual(await ask('verifier/sign-in', {}), [{ newer: [auth[2]] }]);
  assert.deepEqual(await ask('verifier/pf', {}, 'verifier/shop'), [{ newer: [auth[2]] }]);
  const refused = 'service-not-permitted';
  assert.equal(await ask('verifier/sign-in', { links: ['older'] }), refused);
  assert.equal(await ask('verifier/sign-in', { kind: 'signature', serials: sign }), refused);
  assert.equal(await ask('verifier/pf', { links: ['other'] }, 'verifier/shop'), refused);
  assert.equal(await ask('verifier/sign-in', {}, 'verifier/shop'), 'delegation-unknown');
  assert.equal(await ask('municipal/132217', {}), 'verifier-unknown');
  mustSucceed(await changeVerifier(context, officer(), 'verifier/shop', 'suspend'), 'suspend');
  assert.equal(await ask('verifier/pf', {}, 'verifier/shop'), 'verifier-suspended');
  assert.deepEqual(await ask('verifier/pf', {}), [{ newer: [auth[2]] }]);

  const sql = country.database.superuser();
  t.after(() => sql.end());
  const subject = context.pseudonyms.of('national', one);
  const entries = await sql<{ line: string }[]>`
    SELECT concat_ws(' ', actor, terminal, article, subject IS NOT NULL, result) AS line
    FROM ledger.entry WHERE affair = 'serial-links' AND coalesce(subject = ${subject}, true) ORDER BY id`;
  const [article18, article37] = ['公的個人認証法 第18条', '公的個人認証法 第37条'];
  assert.deepEqual(
    entries.map(({ line }) => line),
    [
      `verifier/pf  ${article37} t ok`,
      `verifier/pf  ${article18} t ok`,
      `verifier/pf  ${article18} t ok`,
      `verifier/pf  ${article18} f certificate-unknown`,
      `verifier/sign-in  ${article37} t ok`,
      `verifier/shop verifier/pf ${article37} t ok`,
      `verifier/sign-in  ${article37} t ${refused}`,
      `verifier/sign-in  ${article18} t ${refused}`,
      `verifier/sign-in  ${article18} t ${refused}`,
      `verifier/shop verifier/pf ${article37} t ${refused}`,
      `verifier/shop verifier/sign-in ${article37} t delegation-unknown`,
      `municipal/132217  ${article37} t verifier-unknown`,
      `verifier/shop verifier/pf ${article37} t verifier-suspended`,
      `verifier/pf  ${article37} t ok`,
    ],
  );
});

test('the chain is in the order of handing out: what was issued while a renewal was offered is older than the renewal', async (t) => {
  const jpki = await testJpki(t);
  const { context, country } = jpki;
  const [residentCode = ''] = await jpki.enrol([{}]);
  const card = { residentCode, cardId: 'card-a' };
  const number = ({ serial }: { readonly serial: string }) => Number.parseInt(serial, 16);
  const first = number(await jpki.issue(card));
  country.clock.advance(60_000);
  const renewal = { requestId: 'renewal-0001', cardId: 'card-a' };
  const offer = mustSucceed(
    await beginRenewal(context, testAccess, renewalFor(residentCode, renewal)),
    'begin',
  );
  country.clock.advance(60_000);
  const between = number(await jpki.issue(card));
  country.clock.advance(60_000);
  const read = { ...renewal, readBack: offer.certificate };
  mustSucceed(await confirmRenewal(context, testAccess, read), 'confirm');
  await liveVerifier(context, 'verifier/pf');
  const call = { verifier: 'verifier/pf', onBehalfOf: undefined, correlation: 'a-request' };
  const asked = { kind: 'authentication', serials: [between], links: ['older', 'newer'] } as const;
  const [answer] = mustSucceed(await linkSerials(context, call, asked), 'links');
  assert.deepEqual(answer?.ok && answer.value, { older: [first], newer: [number(offer)] });
});
