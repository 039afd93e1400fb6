import assert from 'node:assert/strict';
import { test } from 'node:test';
import { inTransaction } from '@ishizue/db';
import { sendAll } from '@ishizue/link';
import { mustSucceed } from '@ishizue/outcome';
import { IDENTITY_CHANGED } from '../identity/identity-changed.ts';
import { parseResidentCode, residentCodeOf } from '../identity/resident-code.ts';
import { importRegister } from '../import/import-register.ts';
import { requestCodes } from '../municipal/free-codes.ts';
import { giveCodes, holdLink, sendRaw, superuserOf, ticketsOf, until } from '../testing/behind-the-scenes.ts';
import {
  KAMAKURA,
  KIYOSE,
  registerFile,
  scramble,
  type TestCountry,
  testAccess,
  testCountry,
} from '../testing/index.ts';
import { noticeWith } from '../testing/samples.ts';
import {
  CODES_IN_REQUEST_MAX,
  RESIDENT_CODE_ALLOCATION,
  RESIDENT_CODE_REQUEST,
} from './allocate-resident-codes.ts';

const CHIYODA = '131016';

/** The codes that a test country gives at these positions of its counter. */
async function codesAt(...positions: readonly number[]): Promise<readonly string[]> {
  return (await scramble(positions.map((position) => String(position).padStart(10, '0')))).map(
    residentCodeOf,
  );
}

const requestOf = (municipality: string, body: object) => ({
  link: `municipal/${municipality}>national:registry`,
  subject: municipality,
  topic: RESIDENT_CODE_REQUEST,
  body,
});

async function load(country: TestCountry, municipality: string, rows: Parameters<typeof registerFile>[0]) {
  const session = country.database.session('registry');
  async function* text(): AsyncGenerator<string> {
    yield registerFile(rows);
  }
  const outcome = await importRegister(country.context, {
    municipality,
    text: text(),
    access: testAccess,
    session,
    reject: (row) => assert.fail(`row ${row.row} is rejected: ${row.code}`),
  });
  await session.end();
  await country.settle();
  return mustSucceed(outcome, 'import');
}

test('municipalities that ask at once never get one code twice, and all codes are sound', async (t) => {
  const country = await testCountry(t, { municipalities: [KIYOSE, KAMAKURA, CHIYODA] });
  const sql = superuserOf(t, country.database);
  await Promise.all(
    [KIYOSE, KAMAKURA, CHIYODA].flatMap((municipality) =>
      Array.from({ length: 6 }, async (_, index) => {
        const { context } = country;
        await inTransaction(context.sql, { site: `municipal/${municipality}` }, async (tx) =>
          sendAll(tx, [await requestCodes(tx, municipality, 40 + index)]),
        );
        context.wake();
      }),
    ),
  );
  await country.settle();
  const stored =
    await sql`SELECT municipality_code AS at, resident_code AS code FROM registry.municipal_free_code`;
  const each = 6 * 40 + 15;
  for (const municipality of [KIYOSE, KAMAKURA, CHIYODA])
    assert.equal(stored.filter((row) => row['at'] === municipality).length, each);
  const codes = stored.map((row) => String(row['code']));
  assert.equal(new Set(codes).size, 3 * each);
  for (const code of codes) assert.ok(parseResidentCode(code).ok, code);
  // the counter has no holes: what was given is exactly what lies behind it
  const positions = Array.from({ length: 3 * each }, (_, position) => position);
  assert.deepEqual(codes.toSorted(), (await codesAt(...positions)).toSorted());
});

test('a request is answered once, however often it comes; the same id of another municipality is another request', async (t) => {
  const country = await testCountry(t);
  const sql = superuserOf(t, country.database);
  const ask = (municipality: string) =>
    requestOf(municipality, { requestId: 'request-1', municipality, count: 7 });
  await sendRaw(country, [ask(KIYOSE), ask(KIYOSE)]);
  await sendRaw(country, [ask(KIYOSE)]);
  await sendRaw(country, [ask(KAMAKURA)]);
  const stored = await sql`
    SELECT municipality_code AS at, count(*) AS count FROM registry.municipal_free_code GROUP BY 1 ORDER BY 1`;
  assert.deepEqual(
    stored.map((row) => ({ ...row })),
    [
      { at: KIYOSE, count: 7 },
      { at: KAMAKURA, count: 7 },
    ],
  );
  const [counter] = await sql`SELECT next FROM registry.national_code_counter`;
  assert.equal(counter?.['next'], 14);
  assert.deepEqual(await ticketsOf(country), []);
});

const person = (index: number) => ({
  resident_number: String(index + 1),
  household_number: String(index + 1),
});

/** Tells the national site that Kamakura's register holds residents with these codes. */
async function enterInKamakura(country: TestCountry, codes: readonly string[]): Promise<void> {
  await sendRaw(
    country,
    codes.map((residentCode) => ({
      link: 'prefectural/14>national:registry',
      subject: residentCode,
      topic: IDENTITY_CHANGED,
      body: noticeWith({ residentCode, municipality: KAMAKURA, reason: 'initial-load' }),
    })),
  );
}

test('codes that a loaded register brought are left out, and the municipality does not wait for them', async (t) => {
  const country = await testCountry(t);
  const sql = superuserOf(t, country.database);
  await enterInKamakura(country, await codesAt(0, 2, 4));
  await giveCodes(country, KIYOSE, 6);
  const stored = await sql`SELECT resident_code AS code FROM registry.municipal_free_code ORDER BY position`;
  assert.deepEqual(
    stored.map((row) => row['code']),
    await codesAt(1, 3, 5),
  );
  const [outstanding] = await sql`
    SELECT codes_requested - codes_received AS count FROM registry.municipal_counter WHERE municipality_code = ${KIYOSE}`;
  assert.equal(outstanding?.['count'], 0);
});

test('a load that gets fewer codes than it asked for asks again', { timeout: 20_000 }, async (t) => {
  const country = await testCountry(t);
  const sql = superuserOf(t, country.database);
  await enterInKamakura(country, await codesAt(0, 2, 4, 7));
  const counts = await load(
    country,
    KIYOSE,
    Array.from({ length: 6 }, (_, index) => person(index)),
  );
  assert.equal(counts.loaded, 6);
  const given = await sql`
    SELECT resident_code AS code FROM registry.municipal_resident ORDER BY resident_number::int`;
  assert.deepEqual(
    given.map((row) => row['code']),
    await codesAt(1, 3, 5, 6, 8, 9),
  );
  assert.deepEqual(await ticketsOf(country), []);
});

test('a code that a row of the file brings is not given to another row of it', {
  timeout: 20_000,
}, async (t) => {
  const country = await testCountry(t);
  const sql = superuserOf(t, country.database);
  const brought = await codesAt(0, 2, 4);
  const rows = Array.from({ length: 9 }, (_, index) => ({
    ...person(index),
    ...(index < 3 && { resident_code: brought[index] ?? '' }),
  }));
  assert.equal((await load(country, KIYOSE, rows)).loaded, 9);
  const [codes] = await sql`SELECT count(DISTINCT resident_code) AS count FROM registry.national_person`;
  assert.equal(codes?.['count'], 9);
  assert.deepEqual(await ticketsOf(country), []);
});

test('codes allocated before the national site has heard of a load do not come into the store of who has them', async (t) => {
  const country = await testCountry(t);
  const sql = superuserOf(t, country.database);
  const release = await holdLink(sql, 'municipal/132217>prefectural/13:registry');
  const brought = await codesAt(0, 2, 4);
  const rows = brought.map((resident_code, index) => ({ ...person(index), resident_code }));
  const loaded = load(country, KIYOSE, rows);
  const stored = () => sql`SELECT resident_code AS code FROM registry.municipal_free_code`;
  await until(async () => (await stored()).length > 0, 'the store is filled after a load');
  await release();
  assert.equal((await loaded).loaded, 3);
  const codes = (await stored()).map((row) => String(row['code']));
  assert.equal(codes.length, 197);
  for (const code of brought) assert.ok(!codes.includes(code));
});

test('a request for another municipality, or in another form, is parked and takes no code', async (t) => {
  const country = await testCountry(t);
  const sql = superuserOf(t, country.database);
  const sound = { requestId: 'request-1', municipality: KIYOSE, count: 5 };
  const bad: readonly object[] = [
    { ...sound, municipality: KAMAKURA },
    { ...sound, count: 0 },
    { ...sound, count: -5 },
    { ...sound, count: 1.5 },
    { ...sound, count: CODES_IN_REQUEST_MAX + 1 },
    { ...sound, requestId: '' },
    { ...sound, requestId: 'x'.repeat(65) },
    { ...sound, wish: 'nice ones' },
    {},
  ];
  await sendRaw(
    country,
    bad.map((body, index) => ({ ...requestOf(KIYOSE, body), subject: `subject ${index}` })),
  );
  assert.deepEqual(
    await ticketsOf(country),
    bad.map(() => 'municipal/132217>national:registry code-request-invalid'),
  );
  const [counter] = await sql`SELECT next FROM registry.national_code_counter`;
  assert.equal(counter?.['next'], 0);
});

test('a municipality stores only an allocation that is its own, and no code a second time', async (t) => {
  const country = await testCountry(t);
  const sql = superuserOf(t, country.database);
  const [code = ''] = await codesAt(0);
  const allocation = (municipality: string, requestId: string) => ({
    link: `national>municipal/${KIYOSE}:registry`,
    subject: requestId,
    topic: RESIDENT_CODE_ALLOCATION,
    body: { requestId, municipality, requested: 1, residentCodes: [code] },
  });
  await sendRaw(country, [allocation(KIYOSE, 'first'), allocation(KAMAKURA, 'other')]);
  await sendRaw(country, [allocation(KIYOSE, 'again')]);
  assert.deepEqual(await ticketsOf(country), [
    'national>municipal/132217:registry allocation-invalid',
    'national>municipal/132217:registry handler-threw',
  ]);
  const stored = await sql`SELECT municipality_code, resident_code FROM registry.municipal_free_code`;
  assert.deepEqual(
    stored.map((row) => ({ ...row })),
    [{ municipality_code: KIYOSE, resident_code: code }],
  );
});

test('the largest request is answered in one message', async (t) => {
  const country = await testCountry(t);
  const sql = superuserOf(t, country.database);
  await giveCodes(country, KIYOSE, CODES_IN_REQUEST_MAX);
  const [stored] = await sql`SELECT count(DISTINCT resident_code) AS count FROM registry.municipal_free_code`;
  assert.equal(stored?.['count'], CODES_IN_REQUEST_MAX);
  assert.deepEqual(await ticketsOf(country), []);
});
