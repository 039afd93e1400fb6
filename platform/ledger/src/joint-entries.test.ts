import assert from 'node:assert/strict';
import { randomBytes } from 'node:crypto';
import { test } from 'node:test';
import { ManualClock } from '@ishizue/clock';
import { inTransaction, type Sql } from '@ishizue/db';
import { testDatabase } from '@ishizue/db/testing';
import { mustSucceed } from '@ishizue/outcome';
import * as fc from 'fast-check';
import { accessesOf } from './accesses.ts';
import { audit } from './audit.ts';
import { entriesAbout } from './entries-about.ts';
import { countEntries, entriesOfAffairs } from './entries-of-affairs.ts';
import { JOINT_FROM, type OwnPart, recordAlike } from './record-alike.ts';
import { SUBJECTS_MAX } from './record-jointly.ts';
import { readEntryBundle } from './serve-log.ts';
import {
  entryOf,
  OWNERS,
  pseudonyms,
  record,
  SITE,
  sealed,
  TestSigner,
  tamperer,
} from './testing/test-ledger.ts';
import { decodeEntryBundle } from './tree/entry-bundle.ts';
import { formatProofFile, verifyProofFile } from './tree/proof-file.ts';
import { formatVerifierKey } from './tree/signed-note.ts';
import { SALT_BYTES, subjectsRoot } from './tree/subjects-tree.ts';

const clock = new ManualClock('2026-11-22T00:00:00Z');
const { subject: _subject, result: _result, correlation: _correlation, ...common } = entryOf('anybody');
const COMMON = { ...common, affair: 'count-7' };

type Setting = Awaited<ReturnType<typeof testDatabase>>;

const subjectOf = (person: number): Buffer => pseudonyms.of(SITE, `person ${person}`);
const partsOf = (persons: readonly number[], result = 'ok'): OwnPart[] =>
  persons.map((person) => ({ subject: subjectOf(person), result, correlation: 'job-1' }));
const upTo = (count: number): number[] => Array.from({ length: count }, (_, person) => person);

const write = (database: Setting, parts: readonly OwnPart[], site = SITE): Promise<void> =>
  inTransaction(database.pool('counter'), { site }, (tx) => recordAlike(tx, COMMON, parts));

const rowsOf = async (sql: Sql): Promise<readonly number[]> =>
  (
    await sql<{ persons: number }[]>`
      SELECT coalesce(octet_length(subjects) / 32, 1) AS persons FROM ledger.entry ORDER BY persons DESC`
  ).map(({ persons }) => persons);

test('whoever is in how many joint entries finds each access once, in pages, and is counted once each', async (t) => {
  const database = await testDatabase(t, OWNERS);
  const sql = database.pool('ledger');
  const at = COMMON.at;
  const told = new Map<number, number>();
  let total = 0;
  await fc.assert(
    fc.asyncProperty(
      fc.array(fc.nat({ max: 40 }), { maxLength: 60 }),
      fc.constantFrom('ok', 'person-unknown'),
      async (persons, result) => {
        await write(database, partsOf(persons, result));
        total += persons.length;
        if (result === 'ok') for (const person of persons) told.set(person, (told.get(person) ?? 0) + 1);
      },
    ),
    { numRuns: 25 },
  );
  for (const person of upTo(41)) {
    const asked = { affairPrefix: 'count-', result: 'ok', limit: 3 };
    let found = 0;
    let page = await entriesOfAffairs(sql, SITE, [subjectOf(person)], asked);
    found += page.entries.length;
    while (page.next) {
      page = await entriesOfAffairs(sql, SITE, [subjectOf(person)], { ...asked, before: page.next });
      found += page.entries.length;
    }
    assert.equal(found, told.get(person) ?? 0, `person ${person}`);
  }
  const counts = await countEntries(sql, SITE, {
    affairPrefix: 'count-',
    from: new Date(at),
    until: new Date(at + 1),
  });
  assert.equal(
    counts.reduce((sum, { count }) => sum + count, 0),
    total,
  );
});

test('many persons share rows, few have their own, and who is asked for twice has two entries', async (t) => {
  const database = await testDatabase(t, OWNERS);
  const superuser = tamperer(database, t);
  await write(database, partsOf(upTo(JOINT_FROM - 1)));
  assert.deepEqual(await rowsOf(superuser), Array<number>(JOINT_FROM - 1).fill(1));
  await write(database, [...partsOf(upTo(SUBJECTS_MAX + 2)), ...partsOf([5])]);
  const nobody = Array.from({ length: 20 }, () => ({
    subject: null,
    result: 'person-unknown',
    correlation: 'job-1',
  }));
  await write(database, nobody);
  assert.deepEqual(await rowsOf(superuser), [SUBJECTS_MAX, 2, ...Array<number>(JOINT_FROM + 20).fill(1)]);
  const { entries } = await entriesOfAffairs(database.pool('ledger'), SITE, [subjectOf(5), subjectOf(300)], {
    affairPrefix: 'count-',
    result: 'ok',
    limit: 10,
  });
  assert.equal(entries.length, 3);
  assert.deepEqual(
    entries.map(({ correlation, actor, fields }) => [correlation, actor, fields]),
    Array.from({ length: 3 }, () => ['job-1', COMMON.actor, COMMON.fields]),
  );
});

test('each person of a joint entry takes home a proof, and it proves nothing to anybody else', async (t) => {
  const database = await testDatabase(t, OWNERS);
  const sql = database.pool('ledger');
  const signer = new TestSigner();
  await record(database, ...upTo(300).map((person) => entryOf(`person ${person}`)));
  await write(database, partsOf(upTo(700)));
  await sealed(sql, signer, clock);
  assert.equal((await accessesOf(sql, SITE, subjectOf(700), { limit: 10 })).accesses.length, 0);
  const key = signer.keyOf(SITE);
  const fileOf = async (person: number) => {
    const { accesses, checkpoint } = await accessesOf(sql, SITE, subjectOf(person), { limit: 10 });
    const [access] = accesses;
    assert.ok(access?.sealed && access.joint && checkpoint);
    assert.equal(accesses.length, person < 300 ? 2 : 1);
    const { leaf, index, proof, joint } = access;
    const vkey = formatVerifierKey(key);
    return { leaf, index, proof, joint, checkpoint: checkpoint.note, vkey };
  };
  for (const person of [0, 1, 255, 256, 299, 511, 698, 699]) {
    const proven = mustSucceed(verifyProofFile(formatProofFile(await fileOf(person)), key), 'verify');
    assert.equal(proven.subject, subjectOf(person).toString('hex'));
  }
  const file = await fileOf(3);
  const codeOf = (changed: Partial<typeof file>): string => {
    const answer = verifyProofFile(formatProofFile({ ...file, ...changed }), key);
    return answer.ok ? 'verified' : answer.failure.code;
  };
  const { joint } = file;
  assert.equal(codeOf({ joint: { ...joint, subject: subjectOf(4) } }), 'root-differs');
  assert.equal(codeOf({ joint: { ...joint, index: joint.index ^ 1 } }), 'root-differs');
  assert.equal(codeOf({ joint: { ...joint, proof: joint.proof.slice(1) } }), 'proof-length');
  assert.equal(codeOf({ joint: { ...joint, subject: Buffer.alloc(31) } }), 'proof-file-malformed');
  assert.equal(codeOf({ leaf: file.leaf.replace(/"root":"../, '"root":"00') }), 'root-differs');
  const { joint: _joint, ...without } = file;
  const answer = verifyProofFile(formatProofFile(without), key);
  assert.equal(answer.ok ? '' : answer.failure.code, 'proof-file-malformed');
  // the siblings of two entries have nothing in common
  const [again] = await secondProof();
  assert.ok(again && !again.equals(joint.proof[0] ?? again));
  const served = (await readEntryBundle(sql, SITE, 1, 47)) ?? Buffer.alloc(0);
  const bundle = mustSucceed(decodeEntryBundle(served), 'bundle');
  assert.equal(bundle[file.index - 256]?.toString(), file.leaf);

  async function secondProof(): Promise<readonly Buffer[]> {
    await write(database, partsOf(upTo(700)));
    const { accesses } = await accessesOf(sql, SITE, subjectOf(3), { limit: 1 });
    return accesses[0]?.joint?.proof ?? [];
  }
});

test('whose pseudonym only begins like another one is told nothing of the other', async (t) => {
  const database = await testDatabase(t, OWNERS);
  const sql = database.pool('ledger');
  const alike = upTo(40).map((nth) => Buffer.concat([Buffer.alloc(31, 0xa5), Buffer.from([nth])]));
  const partOf = (subject: Buffer): OwnPart => ({ subject, result: 'ok', correlation: 'job-1' });
  await write(database, alike.slice(0, 20).map(partOf));
  await write(database, alike.slice(10, 30).map(partOf));
  const accessesTo = async (subject: Buffer) =>
    (await accessesOf(sql, SITE, subject, { limit: 10 })).accesses.map(({ joint }) => joint?.index);
  const found = await Promise.all(alike.map(accessesTo));
  assert.deepEqual(found[3], [3]);
  assert.deepEqual(found[15], [5, 15]);
  assert.deepEqual(found[29], [19]);
  assert.deepEqual(
    found.slice(30),
    upTo(10).map(() => []),
  );
  // the octets of two neighbours, the end of one and the beginning of the other, are nobody
  const [first, second] = alike;
  assert.ok(first && second);
  const between = Buffer.concat([first.subarray(16), second.subarray(0, 16)]);
  assert.deepEqual(await accessesTo(between), []);
});

test('joint entries are found by their index', async (t) => {
  const database = await testDatabase(t, OWNERS);
  for (const _nth of upTo(4)) await write(database, partsOf(upTo(10_000)));
  const sql = tamperer(database, t);
  const page = { before: { era: 1, tx: '9999999999', id: 1 }, limit: 2 };
  for (const subjects of [[subjectOf(7)], [subjectOf(7), subjectOf(8)]]) {
    const plan = await sql<{ 'QUERY PLAN': string }[]>`EXPLAIN ${entriesAbout(sql, SITE, subjects, page)}`;
    assert.match(plan.map((row) => row['QUERY PLAN']).join('\n'), /Bitmap Index Scan on entry_heads/);
  }
});

interface Tampering {
  readonly name: string;
  readonly tamper: (superuser: Sql) => Promise<unknown>;
  readonly code: string;
}

const tamperings: readonly Tampering[] = [
  {
    name: 'a subject is changed',
    tamper: (sql) => sql`UPDATE ledger.entry SET subjects = set_byte(subjects, 40, get_byte(subjects, 40) # 1)
      WHERE octet_length(subjects) = 8192`,
    code: 'subjects-altered',
  },
  {
    name: 'two subjects change places',
    tamper: (sql) =>
      sql`UPDATE ledger.entry SET subjects = substr(subjects, 33, 32) || substr(subjects, 1, 32) || substr(subjects, 65)
      WHERE octet_length(subjects) = 8192`,
    code: 'subjects-altered',
  },
  {
    name: 'a subject is taken out',
    tamper: (sql) =>
      sql`UPDATE ledger.entry SET subjects = substr(subjects, 33) WHERE octet_length(subjects) = 8192`,
    code: 'entry-altered',
  },
  {
    name: 'a subject is taken out and the root is made to fit',
    tamper: (
      sql,
    ) => sql`UPDATE ledger.entry SET subjects = substr(subjects, 33), subjects_root = ${randomBytes(32)}
      WHERE octet_length(subjects) = 8192`,
    code: 'entry-altered',
  },
  {
    name: 'all subjects are taken out',
    tamper: (sql) => sql`UPDATE ledger.entry SET subjects = NULL WHERE octet_length(subjects) = 8192`,
    code: 'entry-altered',
  },
];

for (const { name, tamper, code } of tamperings) {
  test(`the audit of joint entries finds ${code} when ${name}`, async (t) => {
    const database = await testDatabase(t, OWNERS);
    const sql = database.pool('ledger');
    const signer = new TestSigner();
    await record(database, ...upTo(5).map((person) => entryOf(`person ${person}`)));
    await write(database, partsOf(upTo(300)));
    await sealed(sql, signer, clock);
    assert.deepEqual(await audit(sql, SITE, [signer.keyOf(SITE)]), {
      ok: true,
      value: { size: 7, checkpoints: 1 },
    });
    await tamper(tamperer(database, t));
    const outcome = await audit(sql, SITE, [signer.keyOf(SITE)]);
    assert.equal(outcome.ok ? 'nothing' : outcome.failure.code, code);
    // who is in none of them is shown none
    assert.deepEqual((await accessesOf(sql, SITE, subjectOf(999), { limit: 10 })).accesses, []);
  });
}

test('the audit finds a joint entry that a faulty system wrote with somebody twice, though its root is right', async (t) => {
  const database = await testDatabase(t, OWNERS);
  const signer = new TestSigner();
  const twice = Buffer.concat([subjectOf(1), subjectOf(1)]);
  const salt = randomBytes(SALT_BYTES);
  await inTransaction(
    database.pool('counter'),
    { site: SITE },
    (tx) => tx`
    SELECT ledger.record_jointly(${SITE}, now(), 'site', 'a', '', 'a', 'a', '{}', 'ok', 'c', ${twice},
      ${subjectsRoot(salt, twice)}, ${salt})`,
  );
  await sealed(database.pool('ledger'), signer, clock);
  const outcome = await audit(database.pool('ledger'), SITE, [signer.keyOf(SITE)]);
  assert.equal(outcome.ok ? 'nothing' : outcome.failure.code, 'subjects-altered');
});

test('a system writes joint entries by the function only, for its own site, within the bounds of an entry', async (t) => {
  const database = await testDatabase(t, OWNERS);
  const counter = database.pool('counter');
  const many = partsOf(upTo(20));
  await assert.rejects(write(database, many, 'national'), { code: '42501' });
  const number = '123456789012';
  await assert.rejects(
    write(
      database,
      many.map((part) => ({ ...part, correlation: number })),
    ),
    (error) =>
      error instanceof Error && /number in clear/.test(error.message) && !String(error).includes(number),
  );
  const denied = { code: '42501' };
  await assert.rejects(
    inTransaction(
      counter,
      { site: SITE },
      (tx) => tx`
      INSERT INTO ledger.entry (site, at, actor_kind, actor, terminal, article, affair, fields, result, correlation,
        subjects) VALUES (${SITE}, now(), 'site', 'a', '', 'a', 'a', '{}', 'ok', 'c', ${randomBytes(32)})`,
    ),
    denied,
  );
  await assert.rejects(counter`SELECT FROM ledger.entry`, denied);
  await assert.rejects(counter`SELECT ledger.heads('')`, denied);
  await assert.rejects(database.pool('ledger')`DELETE FROM ledger.entry`, denied);
  await assert.rejects(database.pool('ledger')`UPDATE ledger.entry SET subjects = NULL`, denied);
  const call = (subjects: Buffer, roots: Buffer, salts: Buffer) =>
    inTransaction(
      counter,
      { site: SITE },
      (tx) => tx`
      SELECT ledger.record_jointly(${SITE}, now(), 'site', 'a', '', 'a', 'a', '{}', 'ok', 'c', ${subjects}, ${roots},
        ${salts})`,
    );
  const unbalanced: readonly (readonly [number, number, number])[] = [
    [0, 0, 0],
    [31, 32, 16],
    [33, 32, 16],
    [64, 64, 16],
    [64, 32, 32],
    [32 * 257, 32, 16],
  ];
  for (const [subjects, roots, salts] of unbalanced)
    await assert.rejects(
      call(randomBytes(subjects), randomBytes(roots), randomBytes(salts)),
      { code: '23514' },
      `${subjects}, ${roots}, ${salts}`,
    );
  assert.deepEqual(await rowsOf(tamperer(database, t)), []);
});
