import assert from 'node:assert/strict';
import { test } from 'node:test';
import { bundledReference, MunicipalityDirectory } from '@ishizue/municipalities';
import { readTowns } from './towns.ts';

const directory = new MunicipalityDirectory(bundledReference());
const towns = await readTowns(directory, '2026-04-01');

test('every municipality with an office is in the postal table, under county, island and ward', () => {
  const missing = directory.municipalities.filter(
    (place) => !place.northernTerritory && !towns.has(place.code),
  );
  assert.deepEqual(missing, []);
  const count = [...towns.values()].reduce((sum, list) => sum + list.length, 0);
  assert.ok(count > 110_000, String(count));
});

test('known towns are there, in the right ward', () => {
  const find = (municipality: string, name: string) =>
    towns.get(municipality)?.find((town) => town.name === name);
  assert.deepEqual(find('131016', '千代田'), { postalCode: '1000001', name: '千代田', wardCode: '' });
  assert.equal(find('132217', '元町')?.postalCode, '2040021');
  assert.equal(find('134015', '大賀郷')?.postalCode, '1001401');
  assert.equal(find('141003', '山手町')?.wardCode, '141046');
  assert.equal(find('221309', '三方原町')?.wardCode, '221384');
  assert.equal(find('393878', '別枝')?.postalCode !== undefined, true);
});

test('buildings, ranges, remarks and whole municipalities are no towns', () => {
  for (const [municipality, list] of towns) {
    for (const { name, postalCode } of list) {
      assert.doesNotMatch(name, /[（）「」、〜～]|[Ａ-Ｚ]|ビル|タワー|一円|番地|以下|場合/, name);
      assert.match(postalCode, /^\d{7}$/);
    }
    const names = list.map((town) => town.wardCode + town.name);
    assert.equal(new Set(names).size, names.length, municipality);
  }
  const chiyoda = towns.get('131016')?.map((town) => town.name) ?? [];
  assert.ok(!chiyoda.some((name) => name.length > 8), 'no building is left in Chiyoda');
  assert.ok(
    !towns.get('141003')?.some((town) => town.name.startsWith('みなとみらい') && town.name.length > 6),
  );
});

test('a city with wards has towns in each of them and nowhere else', () => {
  for (const city of directory.municipalities.filter((place) => place.kind === 'designated-city')) {
    const wards = directory.wardsOf(city.code, '2026-04-01').map((ward) => ward.code);
    const used = new Set(towns.get(city.code)?.map((town) => town.wardCode));
    assert.deepEqual([...used].sort(), wards, city.name);
  }
});
