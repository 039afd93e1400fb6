import assert from 'node:assert/strict';
import { test } from 'node:test';
import { Operators } from './operators.ts';
import { randomSecret } from './random-text.ts';
import { SecretHasher } from './secret-hash.ts';
import {
  addOperator,
  codeOf,
  MINUTE_MS,
  OTHER_SITE,
  SECRET,
  SITE,
  storesForTest,
} from './stores-for-test.ts';

test('an operator signs in with id and secret, at their own site only', async (t) => {
  const { operators, sessions } = await storesForTest(t);
  const id = await addOperator(operators);
  assert.match(id, /^o-[0-9a-z]{6}$/);
  const opened = await operators.signIn(SITE, id, SECRET);
  assert.ok(opened.ok);
  const actor = await sessions.find(opened.value.token);
  assert.deepEqual(actor, {
    kind: 'operator',
    site: SITE,
    operator: id,
    roles: ['clerk'],
    session: opened.value.id,
  });
  for (const [site, name, secret] of [
    [SITE, id, `${SECRET}x`],
    [SITE, 'o-000000', SECRET],
    [SITE, "o-' OR 1", SECRET],
    [OTHER_SITE, id, SECRET],
    [SITE, id, ''],
    [SITE, id, 'x'.repeat(100_000)],
  ] as const)
    assert.equal(codeOf(await operators.signIn(site, name, secret)), 'sign-in-refused');
});

test('a hash of older parameters is renewed when its operator signs in', async (t) => {
  const { operators, sql, clock, sessions, database } = await storesForTest(t);
  const id = await addOperator(operators);
  const hasher = new SecretHasher({ parameters: { costLog2: 5, blockSize: 8, parallelisation: 1 } });
  const later = new Operators({ sql, clock, sessions, hasher });
  assert.equal(codeOf(await later.signIn(SITE, id, 'a secret that is wrong')), 'sign-in-refused');
  assert.equal(codeOf(await later.signIn(SITE, id, SECRET)), 'ok');
  const superuser = database.superuser();
  t.after(() => superuser.end());
  const [row] = await superuser<{ secret_hash: string }[]>`SELECT secret_hash FROM access.operator`;
  assert.match(row?.secret_hash ?? '', /^scrypt\$5\$/);
  assert.equal(codeOf(await operators.signIn(SITE, id, SECRET)), 'ok');
});

test('five wrong secrets lock for a quarter of an hour, and the right one does not help meanwhile', async (t) => {
  const { operators, clock } = await storesForTest(t);
  const id = await addOperator(operators);
  for (let n = 0; n < 5; n++)
    assert.equal(codeOf(await operators.signIn(SITE, id, 'wrong')), 'sign-in-refused');
  assert.equal(codeOf(await operators.signIn(SITE, id, SECRET)), 'sign-in-refused');
  clock.advance(15 * MINUTE_MS - 1);
  assert.equal(codeOf(await operators.signIn(SITE, id, SECRET)), 'sign-in-refused');
  clock.advance(1);
  assert.equal(codeOf(await operators.signIn(SITE, id, SECRET)), 'ok');
  // A success begins the count anew.
  for (let n = 0; n < 4; n++) await operators.signIn(SITE, id, 'wrong');
  assert.equal(codeOf(await operators.signIn(SITE, id, SECRET)), 'ok');
  for (let n = 0; n < 4; n++) await operators.signIn(SITE, id, 'wrong');
  assert.equal(codeOf(await operators.signIn(SITE, id, SECRET)), 'ok');
});

test('guesses that are sent at once are not more than guesses one after the other', async (t) => {
  const { operators, database } = await storesForTest(t);
  const id = await addOperator(operators);
  await Promise.all(Array.from({ length: 20 }, () => operators.signIn(SITE, id, 'wrong')));
  const superuser = database.superuser();
  t.after(() => superuser.end());
  const [row] = await superuser<{ attempts: number; locked: boolean }[]>`
    SELECT attempts, locked_until IS NOT NULL AS locked FROM access.operator`;
  assert.deepEqual({ ...row }, { attempts: 5, locked: true });
});

test('another secret, other roles and the end of an operator end their sessions', async (t) => {
  const { operators, sessions } = await storesForTest(t);
  const id = await addOperator(operators);
  const bystander = await addOperator(operators);
  const kept = await operators.signIn(SITE, bystander, SECRET);
  const signIn = async (secret: string) => {
    const opened = await operators.signIn(SITE, id, secret);
    assert.ok(opened.ok);
    return opened.value.token;
  };
  const first = await signIn(SECRET);
  const renewed = randomSecret();
  assert.equal(codeOf(await operators.setSecret(SITE, id, renewed)), 'ok');
  assert.equal(await sessions.find(first), undefined);
  assert.equal(codeOf(await operators.signIn(SITE, id, SECRET)), 'sign-in-refused');
  const second = await signIn(renewed);
  assert.equal(codeOf(await operators.setRoles(SITE, id, ['auditor', 'clerk'])), 'ok');
  assert.equal(await sessions.find(second), undefined);
  const third = await signIn(renewed);
  const actor = await sessions.find(third);
  assert.deepEqual(actor?.kind === 'operator' ? actor.roles : [], ['auditor', 'clerk']);
  assert.equal(codeOf(await operators.disable(SITE, id)), 'ok');
  assert.equal(await sessions.find(third), undefined);
  assert.equal(codeOf(await operators.signIn(SITE, id, renewed)), 'sign-in-refused');
  assert.equal(codeOf(await operators.disable(SITE, id)), 'operator-unknown');
  assert.equal(codeOf(await operators.setRoles(OTHER_SITE, bystander, [])), 'operator-unknown');
  assert.ok(await sessions.find(kept.ok ? kept.value.token : ''));
  assert.deepEqual(
    (await operators.list(SITE)).map((one) => one.id),
    [bystander],
  );
  assert.deepEqual(await operators.list(OTHER_SITE), []);
});

test('weak secrets and roles that are not names are refused', async (t) => {
  const { operators } = await storesForTest(t);
  const add = async (more: { displayName?: string; roles?: string[]; secret?: string }) =>
    codeOf(await operators.add({ site: SITE, displayName: 'x', roles: [], secret: SECRET, ...more }));
  assert.equal(await add({}), 'ok');
  assert.equal(await add({ secret: 'short' }), 'operator-invalid');
  assert.equal(await add({ secret: '😀'.repeat(11) }), 'operator-invalid');
  assert.equal(await add({ secret: 'x'.repeat(257) }), 'operator-invalid');
  assert.equal(await add({ displayName: '' }), 'operator-invalid');
  assert.equal(await add({ roles: ['Clerk'] }), 'operator-invalid');
});
