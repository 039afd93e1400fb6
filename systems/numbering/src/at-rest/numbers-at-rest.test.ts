/** What the tables hold, what a copy of them gives away, and how what they held before is sealed. */
import assert from 'node:assert/strict';
import { createHash } from 'node:crypto';
import { type TestContext, test } from 'node:test';
import { inTransaction, type Sql } from '@ishizue/db';
import { sendAll } from '@ishizue/link';
import { RESIDENT_RECORDED, residentCodeOf } from '@ishizue/registry';
import { scramble } from '@ishizue/registry/testing';
import { individualNumberOf } from '../individual-number.ts';
import {
  type NumberingCountry,
  numberingCountry,
  storedNumbers,
  testVault,
} from '../testing/numbering-country.ts';
import { NumberVault } from './number-vault.ts';
import { makeDataKey, type SealingContext, sealOldNumbers } from './seal-old-numbers.ts';

const codeAt = (position: number): string => residentCodeOf(String(7_700_000_000 + position));
const codesTo = (count: number): readonly string[] =>
  Array.from({ length: count }, (_, index) => codeAt(index));

async function numberOf(code: string): Promise<string> {
  const [eleven = ''] = await scramble([`0${code.slice(0, 10)}`]);
  return individualNumberOf(eleven);
}

interface Centre extends NumberingCountry {
  readonly sealing: SealingContext;
  number(codes: readonly string[]): Promise<void>;
  /** Writes numbers in clear, as editions before 0004 did. */
  plantClear(codes: readonly string[]): Promise<void>;
}

async function centre(t: TestContext): Promise<Centre> {
  const house = await numberingCountry(t);
  const link = 'municipal/132217>national:numbering';
  return {
    ...house,
    sealing: { sql: house.numbering, clock: house.country.clock, vault: testVault },
    number: async (codes) => {
      await inTransaction(house.country.context.sql, { site: 'municipal/132217' }, (tx) =>
        sendAll(
          tx,
          codes.map((residentCode) => ({
            link,
            subject: residentCode,
            topic: RESIDENT_RECORDED,
            body: { residentCode },
          })),
        ),
      );
      house.country.wake();
      await house.country.settle();
    },
    plantClear: async (codes) => {
      const numbers = await Promise.all(codes.map(numberOf));
      await house.superuser`
        INSERT INTO numbering.individual_number (individual_number, resident_code, attempt, assigned_at)
        SELECT number, code, 0, now() FROM unnest(${numbers}::text[], ${[...codes]}::text[]) AS p(number, code)`;
    },
  };
}

/** Every row of every table of the schema as text: what somebody has who has copied it. */
async function dumpOf(superuser: Sql): Promise<string> {
  const tables = await superuser<{ name: string }[]>`
    SELECT relname AS name FROM pg_class WHERE relnamespace = 'numbering'::regnamespace AND relkind = 'r'`;
  const dumps = await Promise.all(
    tables.map(
      ({ name }) =>
        superuser<{ row: string }[]>`SELECT t::text AS row FROM ${superuser(`numbering.${name}`)} t`,
    ),
  );
  return dumps.flatMap((rows) => rows.map(({ row }) => row)).join('\n');
}

test('a copy of the tables relates no number and code: not in clear, by no plain digest, by no order', async (t) => {
  const house = await centre(t);
  const codes = codesTo(200);
  await house.number(codes);
  const numbers = await Promise.all(codes.map(numberOf));
  const dump = await dumpOf(house.superuser);
  assert.ok(
    codes.every((code) => dump.includes(code)),
    'the copy is not of these rows',
  );
  for (const [index, number] of numbers.entries())
    for (const guess of [
      number,
      number.slice(0, 11),
      `${codes[index]}${number}`,
      `${number}${codes[index]}`,
    ]) {
      const plain = Buffer.from(guess).toString('hex');
      const digests = ['md5', 'sha1', 'sha256', 'sha512'].map((kind) =>
        createHash(kind).update(guess).digest('hex'),
      );
      for (const seen of [guess, plain, ...digests.map((digest) => digest.slice(0, 24))])
        assert.ok(!dump.includes(seen), 'the copy tells a number');
    }
  const rows = await house.superuser<{ code: string; index: Buffer }[]>`
    SELECT resident_code AS code, number_index AS index FROM numbering.individual_number`;
  const byIndex = rows.toSorted((a, b) => Buffer.compare(a.index, b.index)).map(({ code }) => code);
  const numberFor = new Map(codes.map((code, index) => [code, numbers[index] ?? '']));
  // the order of the index against the order of the numbers: Kendall's share of agreeing neighbours
  const agreeing = byIndex
    .slice(1)
    .filter((code, i) => (numberFor.get(code) ?? '') > (numberFor.get(byIndex[i] ?? '') ?? ''));
  assert.ok(Math.abs(agreeing.length / 199 - 0.5) < 0.2, String(agreeing.length));
});

test('the same number sealed twice looks different; opened by another row, key or bit it does not open', async () => {
  const place = { code: codeAt(1), attempt: 0 };
  const number = await numberOf(codeAt(1));
  const [one, two] = await testVault.sealAll(
    [
      { ...place, number },
      { ...place, number },
    ],
    1,
  );
  assert.ok(one && two && !one.equals(two));
  assert.deepEqual(await testVault.openAll([{ ...place, sealed: one, keyVersion: 1 }]), [number]);
  const flipped = Buffer.from(one);
  flipped[20] = (flipped[20] ?? 0) ^ 1;
  const stranger = await NumberVault.open((label) =>
    Promise.resolve(createHash('sha256').update(`another house ${label}`).digest()),
  );
  assert.ok(!stranger.indexOf(number).equals(testVault.indexOf(number)));
  const row = { ...place, sealed: one, keyVersion: 1 };
  for (const [vault, wrong] of [
    [testVault, { ...row, code: codeAt(2) }],
    [testVault, { ...row, attempt: 1 }],
    [testVault, { ...row, keyVersion: 2 }],
    [testVault, { ...row, sealed: flipped }],
    [stranger, row],
  ] as const)
    await assert.rejects(vault.openAll([wrong]), /altered or is not of its row/);
});

test('numbers in clear from before are sealed once, and then there is no clear value', async (t) => {
  const house = await centre(t);
  const codes = codesTo(2_500);
  await house.plantClear(codes);
  assert.ok((await dumpOf(house.superuser)).includes(await numberOf(codeAt(0))));
  assert.equal(await sealOldNumbers(house.sealing), 2_500);
  assert.equal(await sealOldNumbers(house.sealing), 0);
  const [left] = await house.superuser`
    SELECT count(individual_number) AS clear FROM numbering.individual_number`;
  assert.equal(left?.['clear'], 0);
  const expected = await Promise.all(codes.map(async (code) => `${code} ${await numberOf(code)} 0`));
  assert.deepEqual(await storedNumbers(house.numbering), expected);
});

test('killed between two batches, the sealing goes on where it was; two at once do not seal twice', async (t) => {
  const house = await centre(t);
  await house.plantClear(codesTo(2_500));
  let derivations = 0;
  const dying = await NumberVault.open((label) => {
    if (++derivations > 1) throw new Error('killed');
    return Promise.resolve(createHash('sha256').update(`number keys ${label}`).digest());
  });
  await assert.rejects(sealOldNumbers({ ...house.sealing, vault: dying }), /killed/);
  const both = await Promise.all([sealOldNumbers(house.sealing), sealOldNumbers(house.sealing)]);
  assert.equal(both[0] + both[1], 2_500);
});

test('under a new key all is sealed again while numbers are asked for, and each opens to what it was', async (t) => {
  const house = await centre(t);
  const codes = codesTo(300);
  await house.number(codes);
  const before = await storedNumbers(house.numbering);
  assert.equal(await makeDataKey(house.sealing), 2);
  await Promise.all([sealOldNumbers(house.sealing), house.number([codeAt(900), ...codes.slice(0, 50)])]);
  await sealOldNumbers(house.sealing);
  const versions =
    await house.superuser`SELECT DISTINCT key_version AS version FROM numbering.individual_number`;
  assert.deepEqual(
    versions.map((row) => row['version']),
    [2],
  );
  assert.deepEqual(await storedNumbers(house.numbering), [
    ...before,
    `${codeAt(900)} ${await numberOf(codeAt(900))} 0`,
  ]);
  const acts = await house.superuser`
    SELECT DISTINCT fields[2] AS act FROM ledger.entry WHERE affair = 'number-keys' ORDER BY 1`;
  assert.deepEqual(
    acts.map((row) => row['act']),
    ['data-key-made', 'numbers-sealed-again'],
  );
});

test('a number is unique over all that were ever given, whatever key it is sealed under', async (t) => {
  const house = await centre(t);
  await house.number([codeAt(1)]);
  await makeDataKey(house.sealing);
  const number = await numberOf(codeAt(1));
  const [sealed] = await testVault.sealAll([{ code: codeAt(2), attempt: 0, number }], 2);
  await assert.rejects(
    house.numbering`
      INSERT INTO numbering.individual_number (resident_code, attempt, assigned_at, number_sealed, number_index, key_version)
      VALUES (${codeAt(2)}, 0, now(), ${sealed ?? null}, ${testVault.indexOf(number)}, 2)`,
    /duplicate key/,
  );
});
