import assert from 'node:assert/strict';
import { createHash } from 'node:crypto';
import { test } from 'node:test';
import { inTransaction } from '@ishizue/db';
import {
  addOperator,
  codeOf,
  MINUTE_MS,
  OTHER_SITE,
  SECRET,
  SITE,
  storesForTest,
} from './stores-for-test.ts';

test('a session ends when it is not used, when its time is over, and when it is revoked', async (t) => {
  const { sessions, clock } = await storesForTest(t);
  const open = () => sessions.open({ kind: 'person', site: SITE, holder: 'h-1', certificateSerial: '0a1b' });
  const idle = await open();
  assert.deepEqual(await sessions.find(idle.token), {
    kind: 'person',
    site: SITE,
    holder: 'h-1',
    certificateSerial: '0a1b',
    session: idle.id,
  });
  clock.advance(15 * MINUTE_MS - 1);
  assert.ok(await sessions.find(idle.token));
  clock.advance(15 * MINUTE_MS - 1);
  assert.ok(await sessions.find(idle.token), 'use keeps it');
  clock.advance(15 * MINUTE_MS);
  assert.equal(await sessions.find(idle.token), undefined);
  const used = await open();
  for (let minutes = 0; minutes < 50; minutes += 10) {
    clock.advance(10 * MINUTE_MS);
    assert.ok(await sessions.find(used.token));
  }
  clock.advance(10 * MINUTE_MS);
  assert.equal(await sessions.find(used.token), undefined, 'use does not keep it past its end');
  const revoked = await open();
  assert.equal(await sessions.revoke(revoked.id), true);
  assert.equal(await sessions.revoke(revoked.id), false);
  assert.equal(await sessions.find(revoked.token), undefined);
  for (const bad of ['', 'x', revoked.id, `${revoked.token}A`])
    assert.equal(await sessions.find(bad), undefined);
});

test('a subject has ten sessions at the most; the oldest gives way', async (t) => {
  const { sessions, clock } = await storesForTest(t);
  const open = async (keyId: string) => {
    clock.advance(1);
    return sessions.open({ kind: 'site', site: 'national', keyId });
  };
  const opened = [];
  for (let n = 0; n < 11; n++) opened.push(await open('k-1'));
  await open('k-2');
  const found = await Promise.all(opened.map(({ token }) => sessions.find(token)));
  assert.deepEqual(
    found.map((actor) => actor !== undefined),
    [false, ...Array.from({ length: 10 }, () => true)],
  );
});

test('neither a token nor a secret is anywhere in the database', async (t) => {
  const { database, operators } = await storesForTest(t);
  const id = await addOperator(operators);
  const opened = await operators.signIn(SITE, id, SECRET);
  assert.ok(opened.ok);
  const superuser = database.superuser();
  t.after(() => superuser.end());
  const rows = await superuser`
    SELECT row_to_json(operator)::text AS text FROM access.operator
    UNION ALL SELECT row_to_json(session)::text FROM access.session`;
  const text = rows.map((row) => String(row['text'])).join('\n');
  const digest = createHash('sha256').update(opened.value.token).digest('hex');
  assert.ok(text.includes(digest), 'the digest is there, so this looks in the right place');
  for (const hidden of [SECRET, opened.value.token, Buffer.from(opened.value.token).toString('hex')])
    assert.equal(text.includes(hidden), false);
});

test('a challenge is consumed once, however many try at the same time', async (t) => {
  const { challenges } = await storesForTest(t);
  const challenge = await challenges.create('card-sign-in');
  assert.equal(challenge.nonce.length, 32);
  const results = await Promise.all(
    Array.from({ length: 20 }, () => challenges.consume(challenge.id, 'card-sign-in')),
  );
  const got = results.filter((result) => result.ok);
  assert.equal(got.length, 1);
  assert.ok(got[0]?.ok && got[0].value.equals(challenge.nonce));
});

test('a challenge is for its purpose and its two minutes', async (t) => {
  const { challenges, clock } = await storesForTest(t);
  const late = await challenges.create('card-sign-in');
  const timely = await challenges.create('card-sign-in');
  clock.advance(2 * MINUTE_MS - 1);
  assert.equal(codeOf(await challenges.consume(timely.id, 'card-sign-in')), 'ok');
  clock.advance(1);
  assert.equal(codeOf(await challenges.consume(late.id, 'card-sign-in')), 'challenge-unknown');
  const mixed = await challenges.create('card-sign-in');
  assert.equal(codeOf(await challenges.consume(mixed.id, 'pin-change')), 'challenge-unknown');
  assert.equal(
    codeOf(await challenges.consume(mixed.id, 'card-sign-in')),
    'challenge-unknown',
    'spent by the try',
  );
  assert.equal(codeOf(await challenges.consume('not an id', 'card-sign-in')), 'challenge-unknown');
});

test('what is over is swept away by what comes', async (t) => {
  const { challenges, nonces, clock, sql } = await storesForTest(t);
  for (let n = 0; n < 12; n++) {
    await challenges.create('x');
    await nonces.remember('k', `nonce-of-16-chars-${n}`, clock.now() + MINUTE_MS);
  }
  clock.advance(3 * MINUTE_MS);
  for (let n = 0; n < 2; n++) {
    await challenges.create('x');
    await nonces.remember('k', `nonce-of-16-later-${n}`, clock.now() + MINUTE_MS);
  }
  const [count] = await sql`
    SELECT (SELECT count(*)::int FROM access.challenge) AS challenges, (SELECT count(*)::int FROM access.site_nonce) AS nonces`;
  assert.deepEqual({ ...count }, { challenges: 2, nonces: 2 });
});

test('a nonce is new once for its key, also at the same time', async (t) => {
  const { nonces, clock } = await storesForTest(t);
  const until = clock.now() + 5 * MINUTE_MS;
  const results = await Promise.all(
    Array.from({ length: 10 }, () => nonces.remember('k-1', 'nonce-0123456789', until)),
  );
  assert.equal(results.filter(Boolean).length, 1);
  assert.equal(await nonces.remember('k-2', 'nonce-0123456789', until), true);
});

async function assertDenied(work: PromiseLike<unknown>): Promise<void> {
  await assert.rejects(async () => work, { code: '42501' });
}

test('the role may not delete operators, change tokens, or see operators without a site', async (t) => {
  const { sql, operators } = await storesForTest(t);
  await addOperator(operators);
  await assertDenied(sql`DELETE FROM access.operator`);
  await assertDenied(sql`UPDATE access.session SET expires_at = now()`);
  const seen = async (site?: string) =>
    inTransaction(
      sql,
      site === undefined ? {} : { site },
      async (tx) => (await tx`SELECT FROM access.operator`).count,
    );
  assert.deepEqual([await seen(SITE), await seen(OTHER_SITE), await seen()], [1, 0, 0]);
});
