/** Kept lists against OCSP, phones beside cards, and pseudonyms over any order of renewals and verifications. */
import assert from 'node:assert/strict';
import { test } from 'node:test';
import type { Sql } from '@ishizue/db';
import { publishCrls, revokeCertificates } from '@ishizue/jpki';
import { mustSucceed } from '@ishizue/outcome';
import { KAMAKURA, KIYOSE, testAccess } from '@ishizue/registry/testing';
import * as fc from 'fast-check';
import { refreshLists } from './kept-lists.ts';
import { type Holder, type TestLocal, testLocal, withDesk } from './local-for-test.ts';
import { localAuthenticationWork } from './standing-work.ts';

const PSEUDONYM = /^[a-z]{28}$/;
const HOUR_MS = 3_600_000;

test('a municipality verifies by lists that it keeps, and knows people again', async (t) => {
  const local = await testLocal(t);
  const sql = local.jpki.country.database.superuser();
  t.after(() => sql.end());
  await t.test('lists and OCSP give the same verdicts over a set of cases', () => sameVerdicts(local));
  await t.test('a kept list is asked nobody about while it lasts, and says nothing afterwards', () =>
    staleness(local, sql),
  );
  await t.test(
    'in any order of renewals and verifications a person has one pseudonym, and nobody another’s',
    () => anyOrder(local),
  );
});

const revoke = async ({ jpki }: TestLocal, serial: string) =>
  mustSucceed(
    await revokeCertificates(jpki.context, testAccess, [{ kind: 'authentication', serial }], 'keyCompromise'),
    'revoke',
  );

async function sameVerdicts(local: TestLocal) {
  const { jpki, told } = local;
  const [good, renewed, lost] = [await local.holder(), await local.holder(), await local.holder()];
  await local.renew(renewed);
  await revoke(local, lost.certificates[0]?.serial ?? '');
  await publishCrls(jpki.context);
  const forSignature = await jpki.issue({ residentCode: good.residentCode, kind: 'signature' });
  const cases: readonly (readonly [Holder, Parameters<typeof told>[1], RegExp])[] = [
    [good, {}, PSEUDONYM],
    [renewed, {}, PSEUDONYM],
    [renewed, { place: 0 }, /^certificate-revoked$/],
    [lost, {}, /^certificate-revoked$/],
    [good, { changes: { certificate: forSignature.certificate } }, /^certificate-of-another-kind$/],
    [good, { changes: { certificate: Buffer.alloc(64) } }, /^certificate-malformed$/],
    [good, { changes: { signature: Buffer.alloc(256) } }, /^challenge-signature-invalid$/],
  ];
  for (const [holder, wish, expected] of cases) {
    await local.method('ocsp');
    const byAnswer = await told(holder, wish);
    await local.method('crl');
    assert.equal(await told(holder, wish), byAnswer);
    assert.match(byAnswer ?? '', expected);
  }
}

async function staleness(local: TestLocal, sql: Sql) {
  const { jpki, context, told } = local;
  const { clock } = jpki.country;
  const [holder, other] = [await local.holder(), await local.holder()];
  const alone = withDesk(context, {
    status: () => Promise.reject(new Error('OCSP was asked')),
    list: () => Promise.reject(new Error('a list was asked for')),
  });
  assert.match((await told(holder, { context: alone })) ?? '', PSEUDONYM);
  await local.method('crl', KAMAKURA);
  const [path = ''] = (
    await sql<{ path: string }[]>`SELECT path FROM local_authentication.municipal_list`
  ).map((row) => row.path);
  const early = await context.desk.list('verifier/kiyose', path);
  const giving = (list: Uint8Array | undefined) => withDesk(context, { list: async () => list });
  const there = { municipality: KAMAKURA };
  for (const list of [
    undefined,
    Buffer.alloc(100),
    early?.map((octet, at) => (at === 300 ? octet ^ 1 : octet)),
  ])
    assert.equal(await told(holder, { ...there, context: giving(list) }), 'list-unavailable');

  await revoke(local, holder.certificates[0]?.serial ?? '');
  clock.advance(60_000);
  await publishCrls(jpki.context);
  assert.match((await told(holder, { context: alone })) ?? '', PSEUDONYM, 'the kept list is of before');
  assert.equal(await refreshLists(context, KIYOSE), 1);
  assert.equal(await told(holder, { context: alone }), 'certificate-revoked');
  assert.equal(await refreshLists(giving(early), KIYOSE), 1);
  assert.equal(
    await told(holder, { context: alone }),
    'certificate-revoked',
    'an older list replaced a newer one',
  );

  clock.advance(48 * HOUR_MS + 1);
  assert.equal(await told(other, { context: giving(undefined) }), 'list-stale');
  assert.equal(await told(other), 'list-stale', 'the centre has no newer one yet');
  await publishCrls(jpki.context);
  assert.match((await told(other)) ?? '', PSEUDONYM);
  const later = { ...context, clock: { now: () => clock.now() + 31 * 24 * HOUR_MS } };
  await localAuthenticationWork(later, KIYOSE);
  const kept = await sql`
    SELECT (SELECT count(*)::int FROM local_authentication.municipal_list) AS lists,
      (SELECT count(*)::int FROM local_authentication.municipal_challenge WHERE municipality_code = ${KIYOSE}) AS open`;
  assert.deepEqual({ ...kept[0] }, { lists: 0, open: 0 });
}

const PERSONS = 3;
const who = fc.nat({ max: PERSONS - 1 });
const verification = fc.record({
  who,
  municipality: fc.constantFrom(KIYOSE, KAMAKURA),
  /** How many certificates back. */
  back: fc.nat({ max: 2 }),
});
/** What happens at the same time; nobody renews twice at once. */
const instant = fc.record({
  renewals: fc.uniqueArray(who, { maxLength: 2 }),
  verifications: fc.array(verification, { maxLength: 4 }),
});

/** Kiyose asks by OCSP. Kamakura keeps a list of before: there an old certificate comes after a newer one. */
async function anyOrder(local: TestLocal) {
  await local.method('ocsp', KIYOSE);
  await local.method('crl', KAMAKURA);
  const property = fc.asyncProperty(fc.array(instant, { maxLength: 5 }), async (instants) => {
    const holders = await Promise.all(Array.from({ length: PERSONS }, () => local.holder()));
    const known = new Map<string, string>();
    for (const { renewals, verifications } of instants) {
      const before = holders.map(({ certificates }) => certificates.length);
      const [, told] = await Promise.all([
        Promise.all(renewals.map((each) => local.renew(holders[each] ?? assert.fail()))),
        Promise.all(
          verifications.map(async ({ who: each, municipality, back }) => {
            const holder = holders[each] ?? assert.fail();
            const place = Math.max(0, (before[each] ?? 0) - 1 - back);
            const isNewest = place === (before[each] ?? 0) - 1;
            const answer = await local.told(holder, { municipality, place });
            return { answer, isNewest, isRenewed: renewals.includes(each), key: `${municipality} ${each}` };
          }),
        ),
      ]);
      for (const { answer = '', isNewest, isRenewed, key: person } of told) {
        const isByList = person.startsWith(KAMAKURA);
        if (!isByList && (!isNewest || isRenewed) && answer === 'certificate-revoked') continue;
        assert.match(answer, PSEUDONYM);
        assert.ok(isByList || isNewest, 'a certificate that was superseded');
        assert.equal(known.get(person) ?? answer, answer, 'a second pseudonym of one person');
        known.set(person, answer);
      }
    }
    assert.equal(new Set(known.values()).size, known.size, 'one pseudonym of two persons');
  });
  await fc.assert(property, { numRuns: 12, endOnFailure: true });
}
