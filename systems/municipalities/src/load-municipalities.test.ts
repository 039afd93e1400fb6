import assert from 'node:assert/strict';
import { test } from 'node:test';
import { testDatabase } from '@ishizue/db/testing';
import { bundledReference } from './bundled-reference.ts';
import {
  findMunicipality,
  listMunicipalities,
  readMunicipalityDirectory,
  wardsOf,
} from './find-municipality.ts';
import { loadMunicipalities } from './load-municipalities.ts';
import { MunicipalityDirectory } from './municipality-directory.ts';
import { municipalitiesSchema } from './schema.ts';

test('the reference is loaded once, changes nothing the second time, and only what changed the third', async (t) => {
  const sql = (await testDatabase(t, [municipalitiesSchema])).pool('municipalities');
  const whole = { ok: true, value: { prefectures: 47, municipalities: 1747, wards: 178 } };
  assert.deepEqual(await loadMunicipalities(sql), whole);
  const nothing = { ok: true, value: { prefectures: 0, municipalities: 0, wards: 0 } };
  assert.deepEqual(await loadMunicipalities(sql), nothing);

  const next = bundledReference();
  const renamed = next.municipalities.map((place) =>
    place.code === '132217' ? { ...place, name: '清瀬新市', validFrom: '2027-04-01' } : place,
  );
  assert.deepEqual(await loadMunicipalities(sql, { ...next, municipalities: renamed }), {
    ok: true,
    value: { prefectures: 0, municipalities: 1, wards: 0 },
  });
  assert.equal((await findMunicipality(sql, '132217'))?.name, '清瀬新市');
  assert.equal((await findMunicipality(sql, '132217'))?.validFrom, '2027-04-01');
});

test('a reference with one wrong digit loads nothing at all', async (t) => {
  const sql = (await testDatabase(t, [municipalitiesSchema])).pool('municipalities');
  const reference = bundledReference();
  const municipalities = reference.municipalities.map((place) =>
    place.code === '132217' ? { ...place, code: '132218' } : place,
  );
  const loaded = await loadMunicipalities(sql, { ...reference, municipalities });
  assert.equal(loaded.ok ? 'loaded' : loaded.failure.code, 'municipality-code-check-digit-wrong');
  assert.deepEqual(await listMunicipalities(sql), []);
});

test('the tables themselves refuse a wrong digit, a wrong parent and a deletion', async (t) => {
  const sql = (await testDatabase(t, [municipalitiesSchema])).pool('municipalities');
  await loadMunicipalities(sql);
  const insert = (code: string, prefecture: string) => sql`
    INSERT INTO municipality (code, prefecture, kind, name, kana, romaji, northern_territory)
    VALUES (${code}, ${prefecture}, 'city', '某市', 'ボウシ', 'Bo-shi', false)`;
  await assert.rejects(insert('139999', '13'), /ends_in_check_digit|check constraint/);
  await assert.rejects(insert('139998', '14'), /check constraint/);
  await assert.rejects(insert('13999a', '13'), /check constraint/);
  await assert.rejects(insert('480002', '48'), /foreign key/);
  await insert('139998', '13');
  await assert.rejects(sql`DELETE FROM municipality WHERE code = '139998'`, /permission denied/);
});

test('the tables answer as the bundled directory does, Hamamatsu’s wards by date included', async (t) => {
  const sql = (await testDatabase(t, [municipalitiesSchema])).pool('municipalities');
  await loadMunicipalities(sql);
  const bundled = new MunicipalityDirectory(bundledReference());
  const stored = await readMunicipalityDirectory(sql);
  assert.deepEqual(stored.municipalities, bundled.municipalities);
  assert.deepEqual(stored.prefectures, bundled.prefectures);
  for (const on of ['2007-03-31', '2023-12-31', '2024-01-01']) {
    assert.deepEqual(stored.wardsOf('221309', on), bundled.wardsOf('221309', on));
    assert.deepEqual(await wardsOf(sql, '221309', on), bundled.wardsOf('221309', on));
  }
  assert.deepEqual(await findMunicipality(sql, '141003'), bundled.findMunicipality('141003'));
  assert.equal(await findMunicipality(sql, '141046'), undefined);
});

test('lists are narrowed by prefecture, kind and office', async (t) => {
  const sql = (await testDatabase(t, [municipalitiesSchema])).pool('municipalities');
  await loadMunicipalities(sql);
  const length = async (filter: Parameters<typeof listMunicipalities>[1]) =>
    (await listMunicipalities(sql, filter)).length;
  assert.equal(await length({}), 1747);
  assert.equal(await length({ withOffice: true }), 1741);
  assert.equal(await length({ kind: 'special-ward' }), 23);
  assert.equal(await length({ prefecture: '13' }), 62);
  assert.equal(await length({ prefecture: '13', kind: 'village' }), 8);
  assert.equal(await length({ prefecture: '99' }), 0);
});
