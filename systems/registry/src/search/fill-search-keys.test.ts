import assert from 'node:assert/strict';
import { test } from 'node:test';
import { IDENTITY_CHANGED } from '../identity/identity-changed.ts';
import { ledgerEntries, sendRaw, superuserOf } from '../testing/behind-the-scenes.ts';
import { testAccess, testCountry } from '../testing/index.ts';
import { anotherCode, noticeWith } from '../testing/samples.ts';
import { fillSearchKeys } from './fill-search-keys.ts';
import { searchStrictly } from './search-strictly.ts';

const LINK = 'prefectural/13>national:registry';
const PERSONS = 2_500; // more than a batch

test('until persons who were there before have their keys, no search is answered; then each is found', async (t) => {
  const country = await testCountry(t);
  const sql = superuserOf(t, country.database);
  const bodies = Array.from({ length: PERSONS }, (_, index) =>
    noticeWith({ residentCode: anotherCode(), address: `東京都清瀬市中里${index + 1}番地` }),
  );
  const messages = bodies.map((body) => ({
    link: LINK,
    subject: body.residentCode,
    topic: IDENTITY_CHANGED,
    body,
  }));
  await sendRaw(country, messages);
  await sql`TRUNCATE registry.national_search_key`;
  await sql`UPDATE registry.national_search_state SET version = 0`;
  const search = (lot: number) =>
    searchStrictly(country.context, testAccess, {
      name: '髙橋花子',
      birthDate: '1990-05-06',
      address: `東京都清瀬市中里${lot}`,
    });
  const refused = await search(1);
  assert.equal(!refused.ok && refused.failure.code, 'search-not-ready');

  const before = (await ledgerEntries(sql)).length;
  assert.equal(await fillSearchKeys(country.context), PERSONS);
  assert.equal((await ledgerEntries(sql, before)).length, PERSONS);
  const [counted] = await sql`SELECT count(*) AS keys FROM registry.national_search_key`;
  assert.equal(counted?.['keys'], PERSONS);
  // so many namesakes are not compared one by one
  const crowded = await search(PERSONS);
  assert.equal(!crowded.ok && crowded.failure.code, 'ambiguous');

  await sql`UPDATE registry.national_search_key SET name_key = 'X' WHERE name_key <> 'X'`;
  await sql`UPDATE registry.national_search_state SET version = 0`;
  assert.equal(await fillSearchKeys(country.context), PERSONS);
  const [again] = await sql`
    SELECT count(*) AS keys FROM registry.national_search_key WHERE name_key = '高橋花子'`;
  assert.equal(again?.['keys'], PERSONS);
  assert.equal(await fillSearchKeys(country.context), 0);
});
