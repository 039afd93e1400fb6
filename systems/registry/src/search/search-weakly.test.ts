import assert from 'node:assert/strict';
import { test } from 'node:test';
import { IDENTITY_CHANGED, type IdentityChanged } from '../identity/identity-changed.ts';
import { ledgerEntries, sendRaw, superuserOf, wholeFile } from '../testing/behind-the-scenes.ts';
import { testAccess, testCountry } from '../testing/index.ts';
import { anotherCode, noticeWith } from '../testing/samples.ts';
import { sealed } from '../testing/test-number-cipher.ts';
import { searchWeakly, type WeakSearchPermission } from './search-weakly.ts';
import type { PersonQuery } from './sought-person.ts';

const LINK = 'prefectural/13>national:registry';
const country = await testCountry(wholeFile);
const sql = superuserOf(wholeFile, country.database);

const byName: WeakSearchPermission = {
  article: '住民基本台帳法 別表第一',
  affair: 'search-by-name',
  keys: 'name-and-birth-date',
  items: ['name', 'address'],
  persons_max: 2,
};
const byAddress: WeakSearchPermission = {
  ...byName,
  keys: 'birth-date-and-address',
  items: ['resident-code'],
};

async function enter(...changes: readonly Partial<IdentityChanged>[]): Promise<readonly string[]> {
  const bodies = changes.map((change) =>
    noticeWith({ residentCode: anotherCode(), individualNumber: null, ...change }),
  );
  await sendRaw(
    country,
    bodies.map((body) => ({ link: LINK, subject: body.residentCode, topic: IDENTITY_CHANGED, body })),
  );
  return bodies.map(({ residentCode }) => residentCode);
}

const search = (permission: WeakSearchPermission, query: PersonQuery) =>
  searchWeakly(country.context, testAccess, permission, query);

test('shows the items of the permission, never a number, and writes an entry for each person shown', async () => {
  const birthDate = '1971-01-01';
  const codes = await enter({ birthDate, individualNumber: sealed('123456789018') }, { birthDate, sex: 1 });
  const before = (await ledgerEntries(sql)).length;
  const found = await search(byName, { name: '高橋花子', birthDate });
  const shown = { name: '髙橋　花子', formerSurname: null, alias: null, address: noticeWith().address };
  assert.deepEqual(found, { ok: true, value: [shown, shown] });
  const entries = await ledgerEntries(sql, before);
  assert.equal(entries.length, 2);
  assert.deepEqual(
    new Set(entries.map(({ subject }) => subject)),
    new Set(codes.map((code) => country.pseudonyms.of('national', code).toString('hex'))),
  );
  for (const { fields, row } of entries) {
    assert.deepEqual(fields, ['searched-by-name', 'searched-by-birth-date', 'name', 'address']);
    assert.match(row, /別表第一/);
  }
});

test('what a query carries besides must agree too', async () => {
  const birthDate = '1972-01-01';
  const [woman = ''] = await enter({ birthDate }, { birthDate, sex: 1 });
  const found = await search(byAddress, { birthDate, address: '清瀬市中里5-842', sex: 2 });
  assert.deepEqual(found, { ok: true, value: [{ residentCode: woman }] });
});

test('refuses fewer keys than the permission names, more persons than it allows, and what nobody has', async () => {
  const birthDate = '1973-01-01';
  await enter({ birthDate }, { birthDate }, { birthDate });
  const address = noticeWith().address;
  const refusals: readonly (readonly [WeakSearchPermission, PersonQuery, string])[] = [
    [byName, { name: '高橋花子', address }, 'search-keys-insufficient'],
    [byName, { birthDate, address }, 'search-keys-insufficient'],
    [byAddress, { name: '高橋花子', birthDate }, 'search-keys-insufficient'],
    [byName, { name: '高橋花子', birthDate: '0000-00-00' }, 'search-keys-insufficient'],
    [byName, { name: '高橋花子', birthDate: '1973' }, 'search-keys-invalid'],
    [byName, { name: '高橋花子', birthDate }, 'too-many-persons'],
    [{ ...byName, persons_max: 0 }, { name: '高橋花子', birthDate }, 'too-many-persons'],
    [byName, { name: '高橋華子', birthDate }, 'no-match'],
  ];
  for (const [permission, query, code] of refusals) {
    const before = (await ledgerEntries(sql)).length;
    const found = await search(permission, query);
    assert.equal(!found.ok && found.failure.code, code);
    const entries = await ledgerEntries(sql, before);
    assert.deepEqual(
      entries.map(({ subject, result }) => [subject, result]),
      [[null, code]],
    );
  }
});
