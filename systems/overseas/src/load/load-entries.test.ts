import assert from 'node:assert/strict';
import { createHash } from 'node:crypto';
import { type TestContext, test } from 'node:test';
import type { Sql } from '@ishizue/db';
import { residentCodeOf } from '@ishizue/registry';
import { KAMAKURA } from '@ishizue/registry/testing';
import { entryFile, type OverseasCountry, testOverseas } from '../testing/index.ts';
import { loadEntries } from './load-entries.ts';
import { bytesOf, loadFile } from './load-for-test.ts';

const code = (nth: number): string => residentCodeOf(String(7_000_000_000 + nth));

const people = (count: number, from = 0): readonly Record<string, string>[] =>
  Array.from({ length: count }, (_, index) => ({ resident_code: code(from + index) }));

function superuserOf(t: TestContext, { country }: OverseasCountry): Sql {
  const sql = country.database.superuser();
  t.after(() => sql.end());
  return sql;
}

const countsIn = async (sql: Sql): Promise<object> => {
  const [counts] = await sql`
    SELECT (SELECT count(*) FROM overseas.municipal_entry) AS entries,
      (SELECT count(*) FROM overseas.municipal_change) AS changes,
      (SELECT count(*) FROM overseas.prefectural_person) AS prefectural,
      (SELECT count(*) FROM overseas.national_person) AS national,
      (SELECT count(*) FROM ledger.entry WHERE site LIKE 'municipal/%') AS ledger`;
  return { ...counts };
};

test('entries load through three tiers with counts and checksum, and the same file again changes nothing', async (t) => {
  const house = await testOverseas(t);
  const sql = superuserOf(t, house);
  const file = entryFile(people(50));
  const sha256 = createHash('sha256').update(file).digest('hex');
  const first = await loadFile(t, house, KAMAKURA, bytesOf(file), { sha256, rows: 50 });
  const counts = { sha256, read: 50, loaded: 50, unchanged: 0, rejected: 0 };
  assert.deepEqual(first.outcome.ok && first.outcome.value, counts);
  await house.country.settle();
  const held = { entries: 50, changes: 50, prefectural: 50, national: 50, ledger: 50 };
  assert.deepEqual(await countsIn(sql), held);
  const second = await loadFile(t, house, KAMAKURA, bytesOf(file));
  assert.deepEqual(second.outcome.ok && second.outcome.value, { ...counts, loaded: 0, unchanged: 50 });
  await house.country.settle();
  assert.deepEqual(await countsIn(sql), held);
  const loads = await sql`
    SELECT municipality_code, encode(file_sha256, 'hex') AS sha256, rows_read, rows_loaded, rows_rejected,
      finished_at IS NOT NULL AS finished FROM overseas.municipal_load`;
  assert.deepEqual(
    loads.map((row) => ({ ...row })),
    [
      {
        municipality_code: KAMAKURA,
        sha256,
        rows_read: 50,
        rows_loaded: 50,
        rows_rejected: 0,
        finished: true,
      },
    ],
  );
});

const BAD: readonly (readonly [string, Readonly<Record<string, string>>])[] = [
  ['resident-code-malformed', { resident_code: '1234' }],
  ['resident-code-malformed', { resident_code: '123456789018' }],
  ['resident-code-check-digit', { resident_code: '24727059600' }],
  ['resident-code-malformed', { resident_code: '' }],
  ['sex-invalid', { sex: '女' }],
  ['overseas-invalid', { overseas: 'yes' }],
  ['birth-date-invalid', { birth_date: '1980-00-17' }],
  ['date-in-the-future', { birth_date: '2099-01-01' }],
  ['date-invalid', { address_fixed_on: '2001-02-29' }],
  ['date-invalid', { address_fixed_on: '' }],
  ['date-in-the-future', { address_fixed_on: '2099-01-01' }],
  ['date-before-birth', { address_fixed_on: '1979-01-01' }],
  ['domicile-unresolved', { family_register: '鎌倉市御成町18番' }],
  ['domicile-ambiguous', { family_register: '北海道泊村大字茅沼村711番地' }],
  ['domicile-elsewhere', { family_register: '東京都清瀬市中里五丁目842番地' }],
  ['field-missing', { family_register_head: '' }],
  ['field-missing', { name: '' }],
  ['field-missing', { address: '' }],
  ['field-too-long', { name: '石'.repeat(101) }],
  ['field-text-refused', { name: '石川\u202e遥' }],
  ['field-text-refused', { address: '元町\u0007' }],
  ['glyph-unknown', { name: '{MJ999999}　遥' }],
  ['individual-number-in-text', { name: '石川　遥　123456789018' }],
  ['individual-number-in-text', { address: '東京都清瀬市元町１２３４５６７８９０１８' }],
  ['individual-number-in-text', { family_register: '神奈川県鎌倉市1234-5678-9018' }],
  ['address-of-overseas-mover', { overseas: '1' }],
];

test('each kind of bad row is rejected with its row number and code, and the good rows beside it load', async (t) => {
  const house = await testOverseas(t);
  const bad = BAD.map(([, fields], index) => ({ resident_code: code(100 + index), ...fields }));
  const lines = entryFile([...people(2), ...bad])
    .trimEnd()
    .split('\r\n');
  const file = [...lines, `${lines[1]},more`, `"${lines[1]}`, ''].join('\r\n');
  const { outcome, rejected } = await loadFile(t, house, KAMAKURA, bytesOf(file));
  assert.equal(outcome.ok && outcome.value.loaded, 2);
  assert.deepEqual(
    rejected.map(({ row, code: reason }) => [row, reason]),
    [
      ...BAD.map(([reason], index) => [index + 4, reason]),
      [BAD.length + 4, 'row-width'],
      [BAD.length + 5, 'row-malformed'],
    ],
  );
  for (const { detail } of rejected)
    assert.doesNotMatch(detail, /石川|元町|[0-9]{4}/, 'a reason repeats the row');
});

test('rows that contradict each other or an entry are rejected; overseas movers load without an address', async (t) => {
  const house = await testOverseas(t);
  await loadFile(t, house, KAMAKURA, bytesOf(entryFile(people(2))));
  const rows = [
    { resident_code: code(0), name: '石川　別人' },
    { resident_code: code(1) },
    { resident_code: code(2), overseas: '1', address: '', address_fixed_on: '2026-12-24' },
    { resident_code: code(2), name: '石川　二人' },
  ];
  const { outcome, rejected } = await loadFile(t, house, KAMAKURA, bytesOf(entryFile(rows)));
  assert.ok(outcome.ok);
  const { sha256, ...counts } = outcome.value;
  assert.equal(sha256.length, 64);
  assert.deepEqual(counts, { read: 4, loaded: 1, unchanged: 1, rejected: 2 });
  assert.deepEqual(
    rejected.map(({ row, code: reason, fields }) => [row, reason, fields.name]),
    [
      [2, 'entry-differs', '石川　別人'],
      [5, 'resident-code-repeated', '石川　二人'],
    ],
  );
});

test('a file that is not read as a whole, or is not the one announced, loads nothing and is not noted', async (t) => {
  const house = await testOverseas(t);
  const sql = superuserOf(t, house);
  const good = entryFile(people(3));
  const attempt = async (
    bytes: AsyncIterable<Uint8Array>,
    announced?: { readonly sha256?: string; readonly rows?: number },
    municipality = KAMAKURA,
  ): Promise<string> => {
    const { outcome } = await loadFile(t, house, municipality, bytes, announced);
    assert.ok(!outcome.ok);
    return outcome.failure.code;
  };
  assert.equal(await attempt(bytesOf('')), 'file-empty');
  assert.equal(await attempt(bytesOf('name,sex\r\n')), 'columns-missing');
  assert.equal(await attempt(bytesOf(good.replace('sex', 'sex,individual_number'))), 'columns-unknown');
  assert.equal(await attempt(bytesOf(good.replace('sex', 'sex,sex'))), 'columns-repeated');
  assert.equal(await attempt(bytesOf(good), { rows: 4 }), 'row-count-differs');
  assert.equal(await attempt(bytesOf(good), { sha256: '0'.repeat(64) }), 'checksum-differs');
  assert.equal(await attempt(bytesOf(good), {}, '999999'), 'municipality-unknown');
  async function* damaged(): AsyncGenerator<Uint8Array> {
    yield Buffer.from(good);
    yield Buffer.from([0xff, 0xfe]);
  }
  assert.equal(await attempt(damaged()), 'file-encoding-invalid');
  assert.deepEqual(await countsIn(sql), { entries: 0, changes: 0, prefectural: 0, national: 0, ledger: 0 });
  assert.deepEqual([...(await sql`SELECT 1 FROM overseas.municipal_load`)], []);
});

test('a load that is killed after some transactions goes on where it stood, and nothing is there twice', async (t) => {
  const house = await testOverseas(t);
  const sql = superuserOf(t, house);
  const file = entryFile(people(4_500));
  const session = house.country.database.session('overseas');
  t.after(() => session.end({ timeout: 1 }));
  const [{ pid } = {}] = await session`SELECT pg_backend_pid() AS pid`;
  const killed = loadEntries(
    {
      ...house.context,
      // woken after each transaction: the connection dies after the first
      wake: () => void sql`SELECT pg_terminate_backend(${Number(pid)}::int)`.catch(() => undefined),
    },
    {
      municipality: KAMAKURA,
      bytes: bytesOf(file),
      encoding: 'utf-8',
      access: {
        actorKind: 'operator',
        actor: 'o-test',
        terminal: 't-1',
        article: '住民基本台帳法 第16条',
        affair: 'entry-load',
        correlation: 'test',
      },
      session,
      reject: () => Promise.resolve(),
    },
  );
  await assert.rejects(killed);
  const [unfinished] = await sql`SELECT count(*) AS entries FROM overseas.municipal_entry`;
  const before = Number(unfinished?.['entries']);
  assert.ok(before >= 2_000 && before < 4_500, `${before} entries: the kill came too early or too late`);
  const noted = await sql`SELECT finished_at, rows_loaded FROM overseas.municipal_load`;
  assert.deepEqual(
    noted.map((row) => ({ ...row })),
    [{ finished_at: null, rows_loaded: null }],
  );
  const { outcome } = await loadFile(t, house, KAMAKURA, bytesOf(file));
  assert.ok(outcome.ok);
  assert.deepEqual([outcome.value.loaded, outcome.value.unchanged], [4_500 - before, before]);
  await house.country.settle();
  const all = 4_500;
  assert.deepEqual(await countsIn(sql), {
    entries: all,
    changes: all,
    prefectural: all,
    national: all,
    ledger: all,
  });
  const [load] =
    await sql`SELECT rows_loaded, finished_at IS NOT NULL AS finished FROM overseas.municipal_load`;
  assert.deepEqual({ ...load }, { rows_loaded: all, finished: true });
});
