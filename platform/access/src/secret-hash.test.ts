import assert from 'node:assert/strict';
import { scryptSync } from 'node:crypto';
import { test } from 'node:test';
import { SecretHasher } from './secret-hash.ts';

const SECRET = 'correct horse battery';
const quick = { costLog2: 12, blockSize: 8, parallelisation: 1 };

test('a hash matches its secret, however its characters are composed, and no other', async () => {
  const hasher = new SecretHasher();
  const stored = await hasher.hash('が秘密のことば長い長い');
  assert.ok(stored.ok);
  assert.match(stored.value, /^scrypt\$15\$8\$3\$[A-Za-z0-9_-]{22}\$[A-Za-z0-9_-]{43}$/);
  assert.deepEqual(await hasher.matches('が秘密のことば長い長い'.normalize('NFD'), stored.value), {
    ok: true,
    value: true,
  });
  assert.deepEqual(await hasher.matches('が秘密のことば長い長', stored.value), { ok: true, value: false });
  const again = await hasher.hash('が秘密のことば長い長い');
  assert.ok(again.ok && again.value !== stored.value);
});

test('the stored parameters decide, so that older hashes still match and are seen as old', async () => {
  const salt = Buffer.alloc(16, 7);
  const hash = scryptSync(SECRET, salt, 32, { N: 1024, r: 8, p: 1 });
  const stored = `scrypt$10$8$1$${salt.toString('base64url')}$${hash.toString('base64url')}`;
  const hasher = new SecretHasher({ parameters: quick });
  assert.deepEqual(await hasher.matches(SECRET, stored), { ok: true, value: true });
  assert.equal(hasher.isOutdated(stored), true);
  const current = await hasher.hash(SECRET);
  assert.equal(hasher.isOutdated(current.ok ? current.value : ''), false);
});

test('where there is nobody the same work is done, and nothing matches', async () => {
  const hasher = new SecretHasher({ parameters: quick });
  const stored = await hasher.hash(SECRET);
  assert.ok(stored.ok);
  const time = async (against: string | undefined) => {
    // processor time: what else runs on the machine does not count
    const started = process.cpuUsage();
    await hasher.matches('wrong secret wrong', against);
    const { user, system } = process.cpuUsage(started);
    return (user + system) / 1000;
  };
  await time(stored.value);
  const best = async (against: string | undefined) => {
    let least = Number.POSITIVE_INFINITY;
    for (let tries = 0; tries < 10; tries++) least = Math.min(least, await time(against));
    return least;
  };
  const somebody = await best(stored.value);
  const nobody = await best(undefined);
  assert.ok(nobody > somebody / 2 && nobody < somebody * 2, `${nobody} ms against ${somebody} ms`);
  assert.deepEqual(await hasher.matches(SECRET, undefined), { ok: true, value: false });
});

test('few hash at once, few wait, and the rest is told so', async () => {
  const hasher = new SecretHasher({ parameters: quick, atOnce: 1, waitingMax: 2 });
  const results = await Promise.all(Array.from({ length: 5 }, () => hasher.matches(SECRET, undefined)));
  assert.equal(results.filter((result) => result.ok).length, 3);
  assert.ok(results.every((result) => result.ok || result.failure.code === 'sign-in-busy'));
  assert.equal((await hasher.matches(SECRET, undefined)).ok, true);
});

test('a stored text that is not one of ours is a broken invariant', async () => {
  await assert.rejects(new SecretHasher().matches(SECRET, 'scrypt$31$8$1$x$y'), /not one of ours/);
  await assert.rejects(
    new SecretHasher().matches(SECRET, `scrypt$31$8$1$${'A'.repeat(22)}$${'A'.repeat(43)}`),
  );
});
