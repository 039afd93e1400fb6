/** Renewal cut off at every step, and many things at once on one card: no certificate is unaccounted for. */
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { fail, mustSucceed } from '@ishizue/outcome';
import { testAccess } from '@ishizue/registry/testing';
import * as fc from 'fast-check';
import type { JpkiContext } from '../jpki-context.ts';
import { revokeForCard } from '../revoke-certificates.ts';
import { type TestJpki, testJpki } from '../testing/index.ts';
import { renewalFor, standingOf } from '../testing/renewals.ts';
import { beginRenewal, type RenewalOffer } from './begin-renewal.ts';
import { confirmRenewal } from './confirm-renewal.ts';
import { giveUpRenewals } from './give-up-renewals.ts';

class PowerCut extends Error {}

const cut = (): never => {
  throw new PowerCut('killed');
};

/** The places where the process may end, each as a context that dies there. */
const CUTS: Readonly<Record<string, (jpki: TestJpki) => JpkiContext>> = {
  'before anything is written': ({ context }) => ({
    ...context,
    findPersons: () => Promise.reject(new PowerCut()),
  }),
  'between the renewal and its certificate': ({ context }) => ({ ...context, randomBytes: cut }),
  'before the signature': ({ context, signer }) => ({
    ...context,
    signer: { ...bound(signer), signCertificate: () => Promise.reject(new PowerCut()) },
  }),
  'after the signature': ({ context, signer }) => ({
    ...context,
    signer: {
      ...bound(signer),
      signCertificate: async (request) => {
        mustSucceed(await signer.signCertificate(request), 'signed');
        return cut();
      },
    },
  }),
};

const bound = (signer: TestJpki['signer']): JpkiContext['signer'] => ({
  generateKey: (...all) => signer.generateKey(...all),
  signCertificate: (request) => signer.signCertificate(request),
  signList: (request) => signer.signList(request),
  signOcsp: (request) => signer.signOcsp(request),
});

test('killed at any step, the same renewal is finished, or given up after its hour; either way all numbers are accounted for', async (t) => {
  const jpki = await testJpki(t);
  const { context, country } = jpki;
  const cuts = Object.entries(CUTS);
  const codes = await jpki.enrol(cuts.flatMap((_, index) => [row(2 * index + 1), row(2 * index + 2)]));
  for (const [index, [step, contextOf]] of cuts.entries()) {
    const [finished = '', left = ''] = codes.slice(2 * index, 2 * index + 2);
    for (const code of [finished, left]) {
      await jpki.issue({ residentCode: code, cardId: code });
      country.clock.advance(1_000);
      const renewal = renewalFor(code, { cardId: code, requestId: `renewal-${code}` });
      await assert.rejects(beginRenewal(contextOf(jpki), testAccess, renewal), PowerCut, step);
      assert.equal((await standingOf(context, code))[0], 'live', step);
    }
    country.clock.advance(1_000);
    const again = renewalFor(finished, { cardId: finished, requestId: `renewal-${finished}` });
    const offer = mustSucceed(await beginRenewal(context, testAccess, again), step);
    // killed between the card and the answer: the card holds it, and shows it again
    for (const _ of [1, 2]) mustSucceed(await confirm(context, finished, offer), step);
    assert.deepEqual(await standingOf(context, finished), ['superseded', 'live'], step);
  }
  country.clock.advance(3_600_000);
  await giveUpRenewals(context, testAccess);
  const pending =
    await context.sql`SELECT 1 FROM jpki.certificate WHERE signature IS NULL AND revoked_at IS NULL`;
  assert.equal(pending.length, 0);
  for (const [index, [step]] of cuts.entries()) {
    const standing = await standingOf(context, codes[2 * index + 1] ?? '');
    assert.deepEqual(standing, index < 2 ? ['live'] : ['live', 'unspecified'], step);
  }
});

test('a signer that is away gives nothing up; a lint that refuses does', async (t) => {
  const jpki = await testJpki(t);
  const { context, signer } = jpki;
  const [code = ''] = await jpki.enrol([row(1)]);
  const begin = async (parts: Partial<JpkiContext>, requestId: string) => {
    const began = await beginRenewal({ ...context, ...parts }, testAccess, renewalFor(code, { requestId }));
    return began.ok ? 'ok' : began.failure.code;
  };
  const down = {
    ...bound(signer),
    signCertificate: () => Promise.resolve(fail('signer-unavailable', 'away')),
  };
  assert.equal(await begin({ signer: down }, 'renewal-0001'), 'signer-unavailable');
  assert.equal(await begin({}, 'renewal-0001'), 'ok');
  const policies = { ...context.profile.policies, authentication: '1.2.392.200149.8.5.1.9.99' };
  assert.equal(await begin({ profile: { ...context.profile, policies } }, 'renewal-0002'), 'signing-refused');
  assert.equal(await begin({}, 'renewal-0002'), 'renewal-given-up');
  assert.deepEqual((await standingOf(context, 'card-a')).toSorted(), ['pending', 'unspecified']);
});

const row = (number: number) => ({ resident_number: String(number) });

const confirm = (context: JpkiContext, code: string, offer: RenewalOffer) =>
  confirmRenewal(context, testAccess, {
    requestId: offer.requestId,
    cardId: code,
    readBack: offer.certificate,
  });

type Act = 'begin' | 'confirm' | 'give-up' | 'lost';

test('in any interleaving a card has at most one live certificate, and at the end nothing is pending', async (t) => {
  const jpki = await testJpki(t);
  const { context, country } = jpki;
  const runs_max = 12;
  const codes = await jpki.enrol(Array.from({ length: runs_max }, (_, index) => row(index + 1)));
  let runs = 0;
  const act: fc.Arbitrary<Act> = fc.oneof(
    { weight: 4, arbitrary: fc.constant('begin' as const) },
    { weight: 5, arbitrary: fc.constant('confirm' as const) },
    { weight: 1, arbitrary: fc.constantFrom('give-up' as const, 'lost' as const) },
  );
  await fc.assert(
    fc.asyncProperty(
      fc.array(fc.array(act, { minLength: 1, maxLength: 4 }), { minLength: 2, maxLength: 5 }),
      async (rounds) => {
        const code = codes[runs++] ?? '';
        const offers: RenewalOffer[] = [];
        let begun = 0;
        const perform: Readonly<Record<Act, () => Promise<unknown>>> = {
          begin: async () => {
            const requestId = `renewal-${code}-${begun++}`;
            const began = await beginRenewal(
              context,
              testAccess,
              renewalFor(code, { cardId: code, requestId }),
            );
            if (began.ok) offers.push(began.value);
          },
          confirm: async () => {
            const offer = offers[begun % Math.max(offers.length, 1)];
            if (offer) await confirm(context, code, offer);
          },
          'give-up': () => {
            country.clock.advance(3_600_000);
            return giveUpRenewals(context, testAccess);
          },
          lost: () => revokeForCard(context, testAccess, code, 'certificateHold'),
        };
        for (const round of rounds) {
          await Promise.all(round.map((each) => perform[each]()));
          country.clock.advance(1_000);
          const live = (await standingOf(context, code)).filter((standing) => standing === 'live');
          assert.ok(live.length <= 1);
        }
        country.clock.advance(3_600_000);
        await giveUpRenewals(context, testAccess);
        assert.ok(!(await standingOf(context, code)).includes('pending'));
        const [handedOut] = await context.sql<{ count: number }[]>`
          SELECT count(*)::int AS count FROM jpki.certificate c FULL JOIN jpki.renewal r USING (kind, serial)
          WHERE (c.card_id = ${code} OR r.card_id = ${code})
            AND (c.signature IS NOT NULL) IS DISTINCT FROM (r.state = 'handed-out')
            AND (c.signature IS NOT NULL OR r.state = 'handed-out')`;
        assert.equal(handedOut?.count, 0, 'what was handed out is what was confirmed');
      },
    ),
    { numRuns: runs_max, endOnFailure: true },
  );
});
