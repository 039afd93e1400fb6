import assert from 'node:assert/strict';
import { test } from 'node:test';
import type { Sql } from '@ishizue/db';
import { mustSucceed } from '@ishizue/outcome';
import { IDENTITY_CHANGED, type IdentityChanged } from '../identity/identity-changed.ts';
import { ledgerEntries, sendRaw, superuserOf, wholeFile } from '../testing/behind-the-scenes.ts';
import { type TestCountry, testAccess, testCountry } from '../testing/index.ts';
import { anotherCode, noticeWith } from '../testing/samples.ts';
import { sealed } from '../testing/test-number-cipher.ts';
import { searchManyStrictly, searchStrictly } from './search-strictly.ts';
import type { PersonQuery } from './sought-person.ts';

const LINK = 'prefectural/13>national:registry';
const ADDRESS = '東京都清瀬市中里五丁目842番地　中里荘203';

const country = await testCountry(wholeFile);
const sql = superuserOf(wholeFile, country.database);

async function enter(...changes: readonly Partial<IdentityChanged>[]): Promise<readonly string[]> {
  const notices = changes.map((change) => noticeWith({ residentCode: anotherCode(), ...change }));
  await sendRaw(
    country,
    notices.map((body) => ({ link: LINK, subject: body.residentCode, topic: IDENTITY_CHANGED, body })),
  );
  return notices.map(({ residentCode }) => residentCode);
}

let days = 0;
/** A birth date that no other test of the file has. */
const anotherDay = (): string => new Date(Date.UTC(1960, 0, 1 + days++)).toISOString().slice(0, 10);

const queryOf = (birthDate: string, changes: PersonQuery = {}): PersonQuery => ({
  name: '高橋花子',
  birthDate,
  sex: 2,
  address: '東京都清瀬市中里5-842中里荘203',
  ...changes,
});

/** The outcome of a search, and the one entry that it wrote. */
async function search(query: PersonQuery): Promise<readonly [outcome: string, entry: string]> {
  const before = (await ledgerEntries(sql)).length;
  const result = await searchStrictly(country.context, testAccess, query);
  const [entry, ...more] = await ledgerEntries(sql, before);
  assert.deepEqual(more, []);
  const subject = entry?.subject ?? 'nobody';
  return [
    result.ok ? result.value.person.residentCode : result.failure.code,
    `${subject} ${entry?.fields.join(' ')} ${entry?.result}`,
  ];
}

const pseudonymOf = (code: string): string => country.pseudonyms.of('national', code).toString('hex');
const FOUR = 'searched-by-name searched-by-birth-date searched-by-sex searched-by-address';
const THREE = 'searched-by-name searched-by-birth-date searched-by-address';
const ANSWERED = 'name birth-date sex address resident-code individual-number';

test('four items, or three without sex, find the one person with the number; keys and person are on the ledger', async () => {
  const birthDate = anotherDay();
  const [code = ''] = await enter({ birthDate, individualNumber: sealed('123456789018') });
  assert.deepEqual(await search(queryOf(birthDate)), [code, `${pseudonymOf(code)} ${FOUR} ${ANSWERED} ok`]);
  const three = queryOf(birthDate, { sex: null });
  assert.deepEqual(await search(three), [code, `${pseudonymOf(code)} ${THREE} ${ANSWERED} ok`]);
  const found = await searchStrictly(country.context, testAccess, three);
  const { person, leniences } = mustSucceed(found, 'search');
  assert.equal(person.individualNumber, sealed('123456789018'));
  assert.equal(person.address, ADDRESS);
  assert.deepEqual(leniences, []);
});

test('fewer keys are refused before any table of persons is read, and the refusal is on the ledger', async () => {
  const birthDate = anotherDay();
  await enter({ birthDate });
  const weaker: readonly (readonly [PersonQuery, string])[] = [
    [{}, ''],
    [{ name: '高橋花子', birthDate }, 'searched-by-name searched-by-birth-date'],
    [queryOf(birthDate, { address: null }), 'searched-by-name searched-by-birth-date searched-by-sex'],
    [queryOf(birthDate, { address: '　' }), 'searched-by-name searched-by-birth-date searched-by-sex'],
    [queryOf(birthDate, { name: '・' }), 'searched-by-birth-date searched-by-sex searched-by-address'],
    [queryOf('', {}), 'searched-by-name searched-by-sex searched-by-address'],
    [queryOf('0000-00-00'), FOUR],
  ];
  const release = await lockPersons(sql); // whoever reads them waits
  try {
    for (const [query, keys] of weaker)
      assert.deepEqual(await search(query), [
        'search-keys-insufficient',
        `nobody ${keys} search-keys-insufficient`,
      ]);
  } finally {
    await release();
  }
});

async function lockPersons(superuser: Sql): Promise<() => Promise<void>> {
  const session = await superuser.reserve();
  await session`BEGIN`;
  await session`LOCK registry.national_person, registry.national_search_key IN ACCESS EXCLUSIVE MODE`;
  return async () => {
    await session`COMMIT`;
    session.release();
  };
}

test('what can be nobody’s name, date or address is refused', async () => {
  const birthDate = anotherDay();
  for (const changes of [
    { birthDate: '1990-13-01' },
    { birthDate: '1990-02-30' },
    { birthDate: '1990-00-05' },
    { birthDate: "1990-05-06'; --" },
    { name: '〓橋花子' },
    { name: '高橋?子' },
    { name: '\uE000橋花子' },
    { name: '高橋{MJ999999}' },
    { name: '高\u0000橋' },
    { name: '\uD842' },
    { name: '花'.repeat(201) },
    { address: `東京都${'1-'.repeat(400)}` },
    { address: '東京都\u202E清瀬市' },
  ]) {
    const [outcome, entry] = await search(queryOf(birthDate, changes));
    assert.equal(outcome, 'search-keys-invalid', JSON.stringify(changes));
    assert.match(entry, /^nobody searched-by-name .* search-keys-invalid$/);
  }
});

test('characters that only official tables join find the person, a glyph reference too; others do not', async () => {
  const birthDate = anotherDay();
  const [code] = await enter({ birthDate, name: '髙﨑　斎' });
  for (const name of ['髙﨑斎', '高崎斎', '高﨑　齋', '{MJ028902}崎斎', '髙崎 斎'])
    assert.equal((await search(queryOf(birthDate, { name })))[0], code, name);
  for (const name of ['高崎斉', '高碕斎', '高崎', '斎', '高崎斎子', '高崎さい'])
    assert.equal((await search(queryOf(birthDate, { name })))[0], 'no-match', name);
});

test('the former surname with the given name and the alias find the person', async () => {
  const birthDate = anotherDay();
  const [code] = await enter({ birthDate, formerSurname: '渡邉', alias: 'Anna Lee' });
  for (const name of ['高橋花子', '渡辺花子', 'ANNA LEE'])
    assert.equal((await search(queryOf(birthDate, { name })))[0], code, name);
  assert.equal((await search(queryOf(birthDate, { name: '渡辺' })))[0], 'no-match');
});

test('each item must agree', async () => {
  const birthDate = anotherDay();
  await enter({ birthDate });
  for (const changes of [
    { name: '高橋華子' },
    { birthDate: anotherDay() },
    { sex: 1 as const },
    { sex: 3 as const },
    { address: '東京都清瀬市中里5-843 中里荘203' },
    { address: '東京都清瀬市中里5-842 中里荘204' },
  ])
    assert.deepEqual(await search(queryOf(birthDate, changes)), ['no-match', `nobody ${FOUR} no-match`]);
});

test('a partial birth date agrees with an equal one only', async () => {
  const year = '1917-00-00';
  const [code] = await enter({ birthDate: year });
  assert.equal((await search(queryOf(year)))[0], code);
  for (const birthDate of ['1917-03-00', '1917-03-04', '1918-00-00'])
    assert.equal((await search(queryOf(birthDate)))[0], 'no-match', birthDate);
});

test('two persons with all the items: nobody is answered, and the ledger names neither', async () => {
  const birthDate = anotherDay();
  await enter({ birthDate }, { birthDate, name: '高橋　花子', status: 'deceased' });
  assert.deepEqual(await search(queryOf(birthDate)), ['ambiguous', `nobody ${FOUR} ambiguous`]);
});

test('sex tells two apart where it is given, and only there', async () => {
  const birthDate = anotherDay();
  const [woman, man] = await enter({ birthDate, sex: 2 }, { birthDate, sex: 1 });
  assert.equal((await search(queryOf(birthDate)))[0], woman);
  assert.equal((await search(queryOf(birthDate, { sex: 1 })))[0], man);
  assert.equal((await search(queryOf(birthDate, { sex: null })))[0], 'ambiguous');
});

test('a whole address decides between namesakes, wherever they live and whether they are alive', async () => {
  const birthDate = anotherDay();
  const [here, there, gone] = await enter(
    { birthDate },
    { birthDate, address: '東京都清瀬市中里五丁目842番地　中里荘204' },
    { birthDate, address: '東京都清瀬市松山一丁目1番1号', status: 'moved-out' },
  );
  assert.equal((await search(queryOf(birthDate)))[0], here);
  assert.equal((await search(queryOf(birthDate, { address: '清瀬市中里5-842中里荘204' })))[0], 'ambiguous');
  assert.equal((await search(queryOf(birthDate, { address: '東京都清瀬市中里5-842中里荘204' })))[0], there);
  assert.equal((await search(queryOf(birthDate, { address: '東京都清瀬市松山1-1-1' })))[0], gone);
});

test('a lenience finds the only one of the name and birth date, is recorded, and never picks between two', async () => {
  const birthDate = anotherDay();
  const withoutBuilding = queryOf(birthDate, { address: '東京都清瀬市中里5-842' });
  const [code = ''] = await enter({ birthDate });
  assert.deepEqual(await search(withoutBuilding), [
    code,
    `${pseudonymOf(code)} ${FOUR} building-missing ${ANSWERED} ok`,
  ]);
  await enter({ birthDate, address: '東京都清瀬市松山一丁目1番1号' });
  assert.equal((await search(withoutBuilding))[0], 'ambiguous');
  assert.equal((await search(queryOf(birthDate)))[0], code);
});

test('a namesake at the lot without a building makes every spelling of the lot ambiguous', async () => {
  const birthDate = anotherDay();
  await enter({ birthDate }, { birthDate, address: '東京都清瀬市中里五丁目842番地' });
  for (const address of [
    '東京都清瀬市中里5-842',
    '東京都清瀬市中里5-842中里荘203',
    '東京都清瀬市中里5-842-203',
  ])
    assert.equal((await search(queryOf(birthDate, { address })))[0], 'ambiguous', address);
});

test('a change of name or birth date changes what finds the person, in the same transaction', async () => {
  const [old, now] = [anotherDay(), anotherDay()];
  const [code = ''] = await enter({ birthDate: old, formerSurname: '渡邉' });
  const corrected = noticeWith({
    residentCode: code,
    sequence: 2,
    reason: 'minor-correction',
    name: '石川　花子',
    birthDate: now,
  });
  await sendRaw(country, [{ link: LINK, subject: code, topic: IDENTITY_CHANGED, body: corrected }]);
  assert.equal((await search(queryOf(now, { name: '石川花子' })))[0], code);
  for (const query of [queryOf(old), queryOf(now), queryOf(old, { name: '渡辺花子' })])
    assert.equal((await search(query))[0], 'no-match');
  const keys = await sql`SELECT name_key FROM registry.national_search_key WHERE resident_code = ${code}`;
  assert.deepEqual(
    keys.map((row) => row['name_key']),
    ['石川花子'],
  );
});

test('a key that is older than its person finds nobody: the person’s own row decides', async () => {
  const birthDate = anotherDay();
  const [code = ''] = await enter({ birthDate });
  await sql`UPDATE registry.national_person SET name = '石川　花子' WHERE resident_code = ${code}`;
  assert.equal((await search(queryOf(birthDate)))[0], 'no-match');
  assert.equal((await search(queryOf(birthDate, { name: '石川花子' })))[0], 'no-match');
});

test('queries in one transaction are answered and recorded each for itself, in their order', async () => {
  const [one, other] = [anotherDay(), anotherDay()];
  const [first, second] = await enter({ birthDate: one }, { birthDate: other }, { birthDate: other, sex: 1 });
  const before = (await ledgerEntries(sql)).length;
  const results = await searchManyStrictly(country.context, testAccess, [
    queryOf(other, { sex: null }),
    queryOf(one),
    { name: '高橋花子' },
    queryOf(other),
    queryOf('1911-11-11'),
  ]);
  const told = results.map((result) => (result.ok ? result.value.person.residentCode : result.failure.code));
  assert.deepEqual(told, ['ambiguous', first, 'search-keys-insufficient', second, 'no-match']);
  assert.deepEqual(
    (await ledgerEntries(sql, before)).map(({ result }) => result),
    ['ambiguous', 'ok', 'search-keys-insufficient', 'ok', 'no-match'],
  );
});

test('a search whose entry cannot be written answers nothing', async () => {
  const birthDate = anotherDay();
  await enter({ birthDate });
  await assert.rejects(
    searchStrictly(country.context, { ...testAccess, affair: '12345678901' }, queryOf(birthDate)),
    /ledger entry/,
  );
});

test('the keys are the national site’s alone', async (t) => {
  const other: TestCountry = await testCountry(t);
  const rows = await other.context.sql`SELECT 1 FROM registry.national_search_state`;
  assert.equal(rows.length, 0);
});
