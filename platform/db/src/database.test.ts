import assert from 'node:assert/strict';
import { test } from 'node:test';
import { describeSchema, inTransaction } from './index.ts';
import { migrate } from './migrate.ts';
import { testDatabase } from './testing/index.ts';
import { ownerWith } from './testing/owner-with.ts';

const wells = ownerWith('wells', {
  '0001-well.sql': `
    CREATE TABLE well (municipality_code text NOT NULL, id bigint GENERATED ALWAYS AS IDENTITY, depth_m bigint, dug_on date);
    ALTER TABLE well ENABLE ROW LEVEL SECURITY;
    CREATE POLICY site ON well USING (municipality_code = split_part(current_setting('ishizue.site', true), 'municipal/', 2));`,
});
const bridges = ownerWith('bridges', { '0001-bridge.sql': 'CREATE TABLE bridge (id int PRIMARY KEY);' });

const denied = { code: '42501' };

test('a system’s role is refused another system’s table', async (t) => {
  const database = await testDatabase(t, [wells, bridges]);
  await database.pool('bridges')`INSERT INTO bridges.bridge VALUES (1)`;
  await assert.rejects(database.pool('wells')`SELECT * FROM bridges.bridge`, denied);
  await assert.rejects(database.pool('wells')`INSERT INTO bridges.bridge VALUES (2)`, denied);
});

test('a system’s role can neither alter its own tables nor switch off their fences nor take another role', async (t) => {
  const database = await testDatabase(t, [wells, bridges]);
  const sql = database.pool('wells');
  await assert.rejects(sql`ALTER TABLE wells.well DISABLE ROW LEVEL SECURITY`, denied);
  await assert.rejects(sql`DROP TABLE wells.well`, denied);
  await assert.rejects(sql`TRUNCATE wells.well`, denied);
  await assert.rejects(sql`CREATE TABLE wells.more (id int)`, denied);
  await assert.rejects(sql`SET ROLE ishizue_bridges`, denied);
  await assert.rejects(sql`SET ROLE ishizue_wells_owner`, denied);
});

test('row-level security shows and takes only the rows of the site in scope, and none without scope', async (t) => {
  const database = await testDatabase(t, [wells]);
  const sql = database.pool('wells');
  const dig = (municipality: string, code: string): Promise<unknown> =>
    inTransaction(
      sql,
      { site: `municipal/${municipality}` },
      (tx) => tx`INSERT INTO wells.well VALUES (${code}, DEFAULT, 12, '2026-04-01')`,
    );
  const count = (municipality?: string): Promise<number> =>
    inTransaction(
      sql,
      municipality === undefined ? {} : { site: `municipal/${municipality}` },
      async (tx) => (await tx`SELECT * FROM wells.well`).count,
    );
  await dig('131016', '131016');
  await dig('132217', '132217');
  await assert.rejects(dig('132217', '131016'), denied);
  assert.equal(await count('131016'), 1);
  assert.equal(await count('132217'), 1);
  assert.equal(await count(), 0);
  // the scope ends with its transaction: the pool's connections carry nothing over
  assert.equal((await sql`SELECT * FROM wells.well`).count, 0);
});

test('a transaction that rejects leaves nothing', async (t) => {
  const database = await testDatabase(t, [bridges]);
  const sql = database.pool('bridges');
  await assert.rejects(
    inTransaction(sql, {}, async (tx) => {
      await tx`INSERT INTO bridges.bridge VALUES (7)`;
      throw new Error('change of mind');
    }),
    /change of mind/,
  );
  assert.equal((await sql`SELECT * FROM bridges.bridge`).count, 0);
});

test('64-bit integers are numbers and throw where a number could not hold them; dates stay text', async (t) => {
  const database = await testDatabase(t, [wells]);
  const sql = database.pool('wells');
  const [row] = await inTransaction(
    sql,
    { site: 'municipal/1' },
    (tx) => tx`
    INSERT INTO wells.well VALUES ('1', DEFAULT, ${9007199254740991}, ${'2024-02-29'}) RETURNING depth_m, dug_on`,
  );
  assert.deepEqual({ ...row }, { depth_m: 9007199254740991, dug_on: '2024-02-29' });
  await assert.rejects(sql`SELECT 9007199254740993::bigint`, /not a safe number/);
});

test('migrations run once; one that was changed afterwards is refused', async (t) => {
  const database = await testDatabase(t, [bridges]);
  const superuser = database.superuser();
  t.after(() => superuser.end());
  const password = (role: string): string => database.passwordOf(role);
  assert.deepEqual(await migrate(superuser, [bridges], password), []);
  const more = ownerWith('bridges', {
    '0001-bridge.sql': 'CREATE TABLE bridge (id int PRIMARY KEY);',
    '0002-span.sql': 'ALTER TABLE bridge ADD COLUMN span_m int;',
  });
  assert.deepEqual(await migrate(superuser, [more], password), ['bridges/0002-span.sql']);
  const changed = ownerWith('bridges', { '0001-bridge.sql': 'CREATE TABLE bridge (id bigint PRIMARY KEY);' });
  await assert.rejects(
    migrate(superuser, [changed], password),
    /0001-bridge.sql was changed after it was applied/,
  );
  const broken = ownerWith('bridges', {
    '0001-bridge.sql': 'CREATE TABLE bridge (id int PRIMARY KEY);',
    '0003-broken.sql': 'CREATE TABLE half (id int); SELECT 1/0;',
  });
  await assert.rejects(migrate(superuser, [broken], password), /0003-broken.sql failed/);
  assert.equal((await superuser`SELECT to_regclass('bridges.half') AS half`)[0]?.['half'], null);
});

test('a database that was left prepared is not touched; a role that was changed since then is mended', async (t) => {
  const database = await testDatabase(t, [wells]);
  const superuser = database.superuser();
  t.after(() => superuser.end());
  const prepare = () => migrate(superuser, [wells], (role) => database.passwordOf(role));
  const verifier = async () =>
    (await superuser`SELECT rolpassword FROM pg_authid WHERE rolname = 'ishizue_wells'`)[0]?.['rolpassword'];
  const cloned = await verifier();
  await prepare();
  const prepared = await verifier();
  assert.notEqual(prepared, cloned, 'a clone is another database than the one that was prepared');
  await prepare();
  assert.equal(await verifier(), prepared);
  for (const change of [`ALTER ROLE ishizue_wells PASSWORD 'other'`, 'ALTER ROLE ishizue_wells NOLOGIN']) {
    await superuser.unsafe(change);
    await prepare();
    const session = database.session('wells');
    assert.equal((await session`SELECT * FROM wells.well`).count, 0);
    await session.end();
  }
});

test('the description of a schema shows a drift', async (t) => {
  const database = await testDatabase(t, [wells]);
  const superuser = database.superuser();
  t.after(() => superuser.end());
  const before = await describeSchema(superuser, 'wells');
  assert.match(before, /^table well row-level-security$/m);
  assert.match(before, /^policy well\.site ALL to public using/m);
  assert.match(before, /^ {2}well\.id bigint not null identity$/m);
  assert.match(before, /^grant INSERT on well to ishizue_wells$/m);
  assert.doesNotMatch(before, /TRUNCATE/);
  assert.equal(await describeSchema(superuser, 'wells'), before);
  await superuser`ALTER TABLE wells.well ADD COLUMN owner text`;
  assert.notEqual(await describeSchema(superuser, 'wells'), before);
});
