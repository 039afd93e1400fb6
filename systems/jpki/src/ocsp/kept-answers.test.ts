import assert from 'node:assert/strict';
import { type TestContext, test } from 'node:test';
import { setTimeout as sleep } from 'node:timers/promises';
import type { Sql, Tx } from '@ishizue/db';
import { fail, mustSucceed } from '@ishizue/outcome';
import { testAccess } from '@ishizue/registry/testing';
import type { SignTbs } from '@ishizue/signer';
import {
  encodeCertId,
  encodeOcspRequest,
  parseCertificate,
  parseOcspResponse,
  serialNumber,
  verifyOcspResponse,
} from '@ishizue/x509';
import { AnswerCounts, readAnswerCounts } from '../counts/answer-counts.ts';
import type { JpkiContext } from '../jpki-context.ts';
import { revokeCertificates } from '../revoke-certificates.ts';
import { testJpki } from '../testing/index.ts';
import { createOcspAnswerer } from './answer-ocsp.ts';

async function scene(t: TestContext) {
  const jpki = await testJpki(t);
  const [residentCode] = await jpki.enrol([{}]);
  assert.ok(residentCode);
  const issued = await jpki.issue({ residentCode });
  const certificate = mustSucceed(parseCertificate(issued.certificate), 'issued');
  const authority = await jpki.context.authorities.findCurrent('authentication');
  assert.ok(authority);
  const signed = { count: 0 };
  const context: JpkiContext = {
    ...jpki.context,
    signer: {
      ...jpki.context.signer,
      signOcsp: (request: SignTbs) => {
        signed.count++;
        return jpki.signer.signOcsp(request);
      },
    },
  };
  const certId = encodeCertId('sha1', authority.hashes, certificate.serial);
  const statusOf = (response: Uint8Array) => {
    const at = jpki.context.clock.now();
    const question = { response, certificate, issuer: authority.certificate, at };
    return mustSucceed(verifyOcspResponse(question), 'an answer').status.status;
  };
  const revoke = async () => {
    const names = [{ kind: 'authentication' as const, serial: issued.serial }];
    mustSucceed(await revokeCertificates(jpki.context, testAccess, names, 'keyCompromise'), 'revoke');
  };
  return { jpki, context, authority, certId, statusOf, revoke, signed };
}

test('an answer without a nonce is signed once a minute, one with a nonce each time', async (t) => {
  const { jpki, context, certId, statusOf, signed } = await scene(t);
  const answer = createOcspAnswerer(context);
  const plain = encodeOcspRequest([certId]);
  const first = await answer(plain);
  for (let again = 0; again < 5; again++) assert.deepEqual(await answer(plain), first);
  assert.equal(signed.count, 1);
  const nonced = encodeOcspRequest([certId], Buffer.alloc(32, 7));
  const [one, two] = [await answer(nonced), await answer(nonced)];
  assert.equal(statusOf(one), 'good');
  assert.deepEqual([statusOf(two), signed.count], ['good', 3]);
  jpki.country.clock.advance(59_999);
  assert.deepEqual(await answer(plain), first);
  jpki.country.clock.advance(1);
  assert.notDeepEqual(await answer(plain), first);
  assert.equal(signed.count, 4);
  jpki.country.clock.advance(-3_600_000);
  await answer(plain);
  assert.equal(signed.count, 5, 'a clock that went back gives nothing of the future');
});

test('once a revocation is committed, no process says good: each had a good answer kept', async (t) => {
  const { context, certId, statusOf, revoke } = await scene(t);
  const processes = Array.from({ length: 3 }, () => createOcspAnswerer(context));
  const request = encodeOcspRequest([certId]);
  let isCommitted = false;
  let [before, after] = [0, 0];
  const asking = processes.map(async (answer) => {
    for (let left = 20; left > 0; ) {
      const beganAfter = isCommitted;
      const status = statusOf(await answer(request));
      if (beganAfter) {
        assert.equal(status, 'revoked');
        after++;
        left--;
      } else before++;
      await sleep(1);
    }
  });
  await sleep(100);
  await revoke();
  isCommitted = true;
  await Promise.all(asking);
  assert.ok(before > 3 && after >= 60, `${before} before, ${after} after`);
});

/** What is said of a new certificate, looked at while its revocation, and one begun later, were under way: after both. */
async function statusAfterBothCommit(
  { jpki, context, authority }: Awaited<ReturnType<typeof scene>>,
  sql: Sql,
): Promise<string> {
  const codes = await jpki.enrol([{ resident_number: '2' }, { resident_number: '3' }]);
  const [one, other] = await Promise.all(codes.map((residentCode) => jpki.issue({ residentCode })));
  assert.ok(one && other);
  const certificate = mustSucceed(parseCertificate(one.certificate), 'issued');
  const answer = createOcspAnswerer(context);
  const request = encodeOcspRequest([encodeCertId('sha1', authority.hashes, certificate.serial)]);
  const ask = async (): Promise<string> => {
    const question = { certificate, issuer: authority.certificate, at: context.clock.now() };
    const response = await answer(request);
    return mustSucceed(verifyOcspResponse({ ...question, response }), 'an answer').status.status;
  };
  for (let again = 0; again < 3; again++) assert.equal(await ask(), 'good');
  const revokeBy = (tx: Sql | Tx, { serial }: typeof one) => tx`
    UPDATE jpki.certificate SET revoked_at = now(), reason = 'keyCompromise'
    WHERE kind = 'authentication' AND serial = ${Number.parseInt(serial, 16)}`;
  await sql.begin(async (tx) => {
    await revokeBy(tx, one);
    await revokeBy(sql, other); // begun later, committed first, and it waits for nobody
    for (let again = 0; again < 3; again++) assert.equal(await ask(), 'good');
  });
  return ask();
}

test('a kept answer ends with the commit of a revocation; by a number that moves before, it would not', async (t) => {
  const shown = await scene(t);
  const sql = shown.jpki.country.database.superuser();
  t.after(() => sql.end());
  assert.equal(await statusAfterBothCommit(shown, sql), 'revoked');
  // planted: the count by a sequence, which knows nothing of commits
  await sql.unsafe(`
    ALTER TABLE jpki.revocation_count RENAME TO unused;
    CREATE SEQUENCE jpki.moving;
    CREATE VIEW jpki.revocation_count AS SELECT last_value AS transactions FROM jpki.moving;
    GRANT SELECT ON jpki.revocation_count TO ishizue_jpki;
    CREATE OR REPLACE FUNCTION jpki.count_revocation() RETURNS trigger LANGUAGE plpgsql AS
      $$ BEGIN PERFORM nextval('jpki.moving'), nextval('jpki.moving'); RETURN NULL; END $$`);
  assert.equal(await statusAfterBothCommit(shown, sql), 'good');
});

test('what was never issued is asked for each time, for it may be issued; what is revoked stays so', async (t) => {
  const { context, authority, certId, statusOf, revoke, signed } = await scene(t);
  const answer = createOcspAnswerer(context);
  const never = encodeOcspRequest([encodeCertId('sha1', authority.hashes, serialNumber(0x7fff_ffff))]);
  for (let again = 0; again < 3; again++) await answer(never);
  assert.equal(signed.count, 3);
  await revoke();
  const request = encodeOcspRequest([certId]);
  for (let again = 0; again < 3; again++) assert.equal(statusOf(await answer(request)), 'revoked');
  assert.equal(signed.count, 4);
});

test('answers are counted by verifier, kind, answer and day in Japan', async (t) => {
  const { jpki, context, certId, revoke } = await scene(t);
  const answer = createOcspAnswerer(context);
  const named = () => Promise.resolve({ verifier: 'verifier/1', kinds: 'all' as const });
  const request = encodeOcspRequest([certId]);
  jpki.country.clock.advance(Date.parse('2026-11-30T14:59:59.999Z') - jpki.context.clock.now());
  await answer(request, named);
  jpki.country.clock.advance(1); // midnight in Tokyo
  await answer(request, named);
  await answer(request, named);
  await answer(request);
  await revoke();
  await answer(request, named);
  await answer(Buffer.from('junk'));
  await Promise.all([context.counts.flush(), context.counts.flush()]);
  await answer(request, named);
  await context.counts.flush();
  const rows = await readAnswerCounts(context, { from: '2026-11-30', to: '2026-12-01' });
  assert.deepEqual(
    rows.map(({ day, verifier, kind, answer: told, count }) => [day, verifier, kind, told, count]),
    [
      ['2026-11-30', 'verifier/1', 'authentication', 'good', 1],
      ['2026-12-01', '', '', 'malformedRequest', 1],
      ['2026-12-01', '', 'authentication', 'good', 1],
      ['2026-12-01', 'verifier/1', 'authentication', 'good', 2],
      ['2026-12-01', 'verifier/1', 'authentication', 'revoked', 2],
    ],
  );
});

test('counts reach the database within a second or two by themselves, and wait for one that is away', async (t) => {
  const { jpki, context } = await scene(t);
  const told = { service: 'ocsp', kind: 'signature', answer: 'good' } as const;
  let isAway = true;
  const sql = new Proxy(context.sql, {
    apply: (target, self, all) =>
      isAway ? Promise.reject(new Error('away')) : Reflect.apply(target, self, all),
  });
  const counts = new AnswerCounts(sql, context.clock);
  counts.add({ ...told, verifier: 'v' });
  await assert.rejects(counts.flush(), /away/);
  counts.add({ ...told, verifier: 'v' });
  isAway = false;
  const today = { from: '2020-01-01', to: '2099-12-31' };
  const read = async () => (await readAnswerCounts(jpki.context, today)).map(({ count }) => count);
  for (let waited = 0; (await read()).length === 0 && waited < 100; waited++) await sleep(100);
  assert.deepEqual(await read(), [2]);
  // beyond every registration: the rows of a second are bounded, and nothing is lost
  for (let n = 0; n < 12_000; n++) counts.add({ ...told, verifier: `v-${n}` });
  await counts.flush();
  const rows = await readAnswerCounts(jpki.context, today);
  assert.equal(
    rows.reduce((sum, { count }) => sum + count, 0),
    12_002,
  );
  assert.ok(rows.length <= 10_002, `${rows.length} rows`);
});

test('where signer or database is away for the moment the answer is tryLater, and is counted', async (t) => {
  const { context, certId } = await scene(t);
  const signer = { ...context.signer, signOcsp: () => Promise.resolve(fail('signer-unavailable', 'down')) };
  const request = encodeOcspRequest([certId]);
  const lost = Object.assign(new Error('gone'), { code: 'CONNECTION_CLOSED' });
  const sql = new Proxy(context.sql, {
    apply: (target, self, all) =>
      Array.isArray(all[0]) && String(all[0]).includes('jpki.certificate')
        ? Promise.reject(lost)
        : Reflect.apply(target, self, all),
  });
  for (const broken of [
    { ...context, signer },
    { ...context, sql },
  ]) {
    const response = await createOcspAnswerer(broken)(request);
    assert.equal(mustSucceed(parseOcspResponse(response), 'a response').status, 'tryLater');
  }
});
