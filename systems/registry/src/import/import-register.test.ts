import assert from 'node:assert/strict';
import { type TestContext, test } from 'node:test';
import { TextUndecodable } from '@ishizue/csv';
import { inTransaction } from '@ishizue/db';
import {
  KAMAKURA,
  KIYOSE,
  registerFile,
  type TestCountry,
  testAccess,
  testCountry,
} from '../testing/index.ts';
import { type ImportCounts, importRegister, type RejectedRow } from './import-register.ts';

async function* piecesOf(text: string): AsyncGenerator<string> {
  for (let start = 0; start < text.length; start += 1000) yield text.slice(start, start + 1000);
}

async function load(
  t: TestContext,
  country: TestCountry,
  text: AsyncIterable<string>,
  municipality = KIYOSE,
): Promise<{ outcome: Awaited<ReturnType<typeof importRegister>>; rejected: RejectedRow[] }> {
  const session = country.database.session('registry');
  t.after(() => session.end());
  const rejected: RejectedRow[] = [];
  const outcome = await importRegister(country.context, {
    municipality,
    text,
    access: testAccess,
    session,
    reject: (row) => Promise.resolve(void rejected.push(row)),
  });
  return { outcome, rejected };
}

function countsOf(outcome: Awaited<ReturnType<typeof importRegister>>): ImportCounts {
  assert.ok(outcome.ok, outcome.ok ? '' : outcome.failure.detail);
  return outcome.value;
}

const people = (count: number): readonly Record<string, string>[] =>
  Array.from({ length: count }, (_, index) => ({
    resident_number: String(index + 1),
    household_number: String(Math.floor(index / 2) + 1),
    relationship: index % 2 === 0 ? '世帯主' : '子',
  }));

test('good rows load through all three tiers with codes from the national allocation, and a second run changes nothing', async (t) => {
  const country = await testCountry(t);
  const text = registerFile(people(60));
  const first = await load(t, country, piecesOf(text));
  assert.deepEqual(countsOf(first.outcome), { read: 60, loaded: 60, unchanged: 0, rejected: 0 });
  await country.settle();
  const sql = country.database.superuser();
  t.after(() => sql.end());
  const tiers = () => sql`
    SELECT m.resident_code, m.name, p.name AS p_name, n.name AS n_name, n.address, n.status, m.xmin AS version
    FROM registry.municipal_resident m
    JOIN registry.prefectural_person p USING (resident_code) JOIN registry.national_person n USING (resident_code)
    ORDER BY m.resident_number`;
  const loaded = await tiers();
  assert.equal(loaded.length, 60);
  assert.equal(new Set(loaded.map((row) => row['resident_code'])).size, 60);
  assert.equal(loaded[0]?.['address'], '東京都清瀬市元町一丁目4番5号');
  assert.equal(loaded[0]?.['n_name'], '石川　遥');
  const [ledger] = await sql`
    SELECT count(*) FILTER (WHERE site = 'municipal/132217') AS municipal,
      count(*) FILTER (WHERE site = 'prefectural/13') AS prefectural, count(*) FILTER (WHERE site = 'national') AS national
    FROM ledger.entry WHERE subject IS NOT NULL`;
  assert.deepEqual({ ...ledger }, { municipal: 60, prefectural: 60, national: 60 });

  const second = await load(t, country, piecesOf(text));
  assert.deepEqual(countsOf(second.outcome), { read: 60, loaded: 0, unchanged: 60, rejected: 0 });
  await country.settle();
  assert.deepEqual(await tiers(), loaded);
});

const BAD: readonly (readonly [string, Readonly<Record<string, string>>])[] = [
  ['field-missing', { name: '' }],
  ['field-missing', { resident_number: '' }],
  ['field-too-long', { building: 'あ'.repeat(121) }],
  ['field-text-refused', { name: '石川\u202e遥' }],
  ['field-text-refused', { town: '元町\u0007' }],
  ['glyph-unknown', { name: '{MJ999999}　遥' }],
  ['number-malformed', { household_number: '12a' }],
  ['resident-code-malformed', { resident_code: '1234' }],
  ['resident-code-check-digit', { resident_code: '24727059600' }],
  ['birth-date-invalid', { birth_date: '1980-13-01' }],
  ['birth-date-invalid', { birth_date: '昭和55年' }],
  ['date-in-the-future', { birth_date: '2027-01-01' }],
  ['date-invalid', { became_resident_on: '2001-02-29' }],
  ['date-before-birth', { became_resident_on: '1979-01-01' }],
  ['date-in-the-future', { address_fixed_on: '2999-01-01' }],
  ['sex-invalid', { sex: '4' }],
  ['nationality-invalid', { nationality: 'jp' }],
  ['ward-unknown', { ward_code: '141046' }],
  ['postal-code-invalid', { postal_code: '20400' }],
];

test('each kind of bad row is rejected with its row number and code, and the good rows beside it load', async (t) => {
  const country = await testCountry(t);
  const rows = BAD.map(([, bad], index) => ({
    resident_number: String(100 + index),
    household_number: String(100 + index),
    ...bad,
  }));
  const text = registerFile([...people(2), ...rows]);
  const { outcome, rejected } = await load(t, country, piecesOf(text));
  assert.deepEqual(countsOf(outcome), {
    read: 2 + BAD.length,
    loaded: 2,
    unchanged: 0,
    rejected: BAD.length,
  });
  assert.deepEqual(
    rejected.map(({ row, code }) => [row, code]),
    BAD.map(([code], index) => [index + 4, code]), // the header is row 1
  );
  for (const { detail } of rejected)
    assert.doesNotMatch(detail, /石川|元町/, 'a reason repeats what the row holds');
});

test('rows that contradict each other or the register are rejected, household by household', async (t) => {
  const country = await testCountry(t);
  await load(t, country, piecesOf(registerFile(people(2))));
  const { outcome, rejected } = await load(
    t,
    country,
    piecesOf(
      registerFile([
        { resident_number: '1', household_number: '1', name: '石川　別人' },
        { resident_number: '10', household_number: '10', resident_code: '24727059608' },
        { resident_number: '10', household_number: '11' },
        { resident_number: '12', household_number: '12', resident_code: '24727059608' },
        { resident_number: '13', household_number: '13', relationship: '子' },
        { resident_number: '14', household_number: '14' },
        { resident_number: '15', household_number: '14' },
      ]),
    ),
  );
  assert.equal(countsOf(outcome).loaded, 1);
  assert.deepEqual(
    rejected.map(({ row, code }) => [row, code]),
    [
      [2, 'resident-number-differs'],
      [4, 'resident-number-repeated'],
      [5, 'resident-code-repeated'],
      [6, 'household-without-head'],
      [7, 'household-with-several-heads'],
      [8, 'household-with-several-heads'],
    ],
  );
});

test('broken quoting and rows of another width are rejected; the rest of the file goes on', async (t) => {
  const country = await testCountry(t);
  const [header = '', one = '', two = ''] = registerFile(people(2)).split('\r\n');
  const text = [header, one, `${one},more`, one.replace('石川　遥', '"石川"　遥'), two, ''].join('\r\n');
  const { outcome, rejected } = await load(t, country, piecesOf(text));
  assert.deepEqual(
    rejected.map(({ row, code }) => [row, code]),
    [
      [3, 'row-width'],
      [4, 'row-malformed'],
    ],
  );
  assert.equal(countsOf(outcome).loaded, 2);
});

test('a file that cannot be read as a whole loads nothing', async (t) => {
  const country = await testCountry(t);
  const attempt = async (text: AsyncIterable<string>, municipality?: string): Promise<string> => {
    const { outcome } = await load(t, country, text, municipality);
    assert.ok(!outcome.ok);
    return outcome.failure.code;
  };
  assert.equal(await attempt(piecesOf('')), 'file-empty');
  assert.equal(await attempt(piecesOf('name,town\r\nx,y\r\n')), 'columns-missing');
  assert.equal(await attempt(piecesOf(registerFile([{ favourite_colour: 'blue' }]))), 'columns-unknown');
  assert.equal(await attempt(piecesOf(registerFile(people(2))), '999999'), 'municipality-unknown');
  async function* damaged(): AsyncGenerator<string> {
    yield registerFile(people(2));
    throw new TextUndecodable('invalid byte at offset 77');
  }
  assert.equal(await attempt(damaged()), 'file-encoding-invalid');
  const site = 'municipal/132217';
  const count = await inTransaction(
    country.context.sql,
    { site },
    (tx) => tx`SELECT 1 FROM registry.municipal_resident`,
  );
  assert.equal(count.length, 0);
});

test('two municipalities that load at once never cross', async (t) => {
  const country = await testCountry(t);
  const file = (name: string): string => registerFile(people(400).map((row) => ({ ...row, name })));
  await Promise.all([
    load(t, country, piecesOf(file('清瀬　一郎')), KIYOSE),
    load(t, country, piecesOf(file('鎌倉　一郎')), KAMAKURA),
  ]);
  await country.settle();
  const sql = country.database.superuser();
  t.after(() => sql.end());
  const rows = await sql`
    SELECT municipality_code, name, count(*) AS count FROM registry.national_person GROUP BY 1, 2 ORDER BY 1`;
  assert.deepEqual(
    rows.map((row) => ({ ...row })),
    [
      { municipality_code: KIYOSE, name: '清瀬　一郎', count: 400 },
      { municipality_code: KAMAKURA, name: '鎌倉　一郎', count: 400 },
    ],
  );
  const [codes] = await sql`SELECT count(DISTINCT resident_code) AS count FROM registry.municipal_resident`;
  assert.equal(codes?.['count'], 800);
});
