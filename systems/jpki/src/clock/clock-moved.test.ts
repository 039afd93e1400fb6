/** With the clock an hour off JPKI dates nothing: no certificate, no list, no answer; and what was on its way goes on later. */
import assert from 'node:assert/strict';
import { type TestContext, test } from 'node:test';
import { ClockGuard } from '@ishizue/clock';
import { mustSucceed } from '@ishizue/outcome';
import { testAccess } from '@ishizue/registry/testing';
import { encodeCertId, encodeOcspRequest, parseOcspResponse, serialNumber } from '@ishizue/x509';
import { publishCrls } from '../crl/publish-crls.ts';
import { issueCertificate } from '../issue-certificate.ts';
import { createOcspAnswerer } from '../ocsp/answer-ocsp.ts';
import { testJpki } from '../testing/index.ts';
import { codeOf, oneResident, orderFor, rowsOf } from '../testing/orders.ts';
import { acceptClock, datedLast } from './dated-last.ts';

const HOUR_MS = 3_600_000;

/** JPKI under a guard whose elapsed time passes by hand. */
async function scene(t: TestContext) {
  const jpki = await testJpki(t);
  const { clock } = jpki.country;
  let passed_ms = 0;
  const watchFrom = (latest?: number) =>
    new ClockGuard(clock, { elapsed: () => passed_ms, elapsedAsleepToo: () => passed_ms }, latest);
  return {
    jpki,
    clock,
    watchFrom,
    context: { ...jpki.context, clockWatch: watchFrom() },
    pass: (ms: number) => {
      passed_ms += ms;
      clock.advance(ms);
    },
  };
}

test('an hour ahead or behind, no certificate is stored, no list published, no answer signed', async (t) => {
  const { jpki, clock, context, pass } = await scene(t);
  const code = await oneResident(jpki);
  const authority = await context.authorities.findCurrent('authentication');
  assert.ok(authority);
  const answer = createOcspAnswerer(context);
  let nonce = 0;
  const ask = async () => {
    const certId = encodeCertId('sha1', authority.hashes, serialNumber(1));
    const response = await answer(encodeOcspRequest([certId], Buffer.alloc(16, ++nonce)));
    return mustSucceed(parseOcspResponse(response), 'a response').status;
  };
  assert.equal(await ask(), 'successful');
  for (const by of [HOUR_MS, -HOUR_MS]) {
    pass(60_000);
    clock.advance(by);
    assert.equal(codeOf(await issueCertificate(context, testAccess, orderFor(code))), 'clock-moved');
    assert.deepEqual(await rowsOf(context), [], 'nothing is stored');
    const { published, failures } = await publishCrls(context);
    assert.equal(published, 0);
    assert.ok(failures.length > 0 && failures.every(({ failure }) => failure.code === 'clock-moved'));
    assert.equal(await ask(), 'tryLater');
    clock.advance(-by);
  }
  assert.equal(codeOf(await issueCertificate(context, testAccess, orderFor(code))), 'ok');
  assert.deepEqual((await publishCrls(context)).failures, []);
  assert.equal(await ask(), 'successful');
});

test('a process that starts behind the last list dates nothing until time has caught up', async (t) => {
  const { jpki, clock, watchFrom, pass } = await scene(t);
  await publishCrls(jpki.context);
  clock.advance(-HOUR_MS);
  const clockWatch = watchFrom(await datedLast(jpki.context.sql));
  const context = { ...jpki.context, clockWatch };
  const code = await oneResident(jpki);
  assert.equal(codeOf(await issueCertificate(context, testAccess, orderFor(code))), 'clock-moved');
  pass(HOUR_MS);
  assert.equal(codeOf(await issueCertificate(context, testAccess, orderFor(code))), 'ok');
});

test('no list is dated before the one before it, whoever watches the clock, until somebody says that that one was wrong', async (t) => {
  const { jpki, clock, watchFrom } = await scene(t);
  const { context } = jpki; // whose clock nobody watches
  const purpose = 'the server was set an hour ahead on 20 November';
  assert.deepEqual(await acceptClock(context, { acceptedBy: 'o-duty', purpose }), {
    ok: false,
    failure: { code: 'clock-not-behind', detail: 'nothing is dated ahead of the clock' },
  });
  clock.advance(HOUR_MS);
  assert.deepEqual((await publishCrls(context)).failures, []);
  const wrong = clock.now();
  clock.advance(-30_000);
  assert.deepEqual((await publishCrls(context)).failures, [], 'a little earlier is no harm');
  clock.advance(30_000 - HOUR_MS);
  const { failures } = await publishCrls(context);
  assert.ok(failures.length > 0 && failures.every(({ failure }) => failure.code === 'clock-moved'));
  const nobody = await acceptClock(context, { acceptedBy: 'o-duty', purpose: ' ' });
  assert.equal(!nobody.ok && nobody.failure.code, 'purpose-missing');
  const until = mustSucceed(await acceptClock(context, { acceptedBy: 'o-duty', purpose }), 'accepted');
  assert.ok(until <= wrong && until > clock.now());
  assert.equal(await datedLast(context.sql), undefined, 'what that clock dated counts no longer');
  assert.equal(watchFrom(await datedLast(context.sql)).look(), undefined);
  assert.deepEqual((await publishCrls(context)).failures, []);
  assert.equal(await datedLast(context.sql), clock.now());
  await assert.rejects(context.sql`DELETE FROM jpki.clock_acceptance`, /permission denied/);
});
