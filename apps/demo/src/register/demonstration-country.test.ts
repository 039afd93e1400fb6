import assert from 'node:assert/strict';
import { test } from 'node:test';
import { bundledReference, MunicipalityDirectory, parseMunicipalityCode } from '@ishizue/municipalities';
import { charactersOf, findGlyph, isJisX0208 } from '@ishizue/text';
import { demonstrationCountry } from './demonstration-country.ts';
import { generateRegister } from './generate-register.ts';
import type { RegisterRow } from './register-row.ts';
import { HARUKA, SHINICHI } from './story-people.ts';
import { readTowns } from './towns.ts';

const directory = new MunicipalityDirectory(bundledReference());
const AS_OF = '2026-04-01';

test('the demonstration is eight real municipalities in three prefectures and 20,000 people', () => {
  for (const { code, name } of demonstrationCountry) {
    assert.ok(parseMunicipalityCode(code).ok, code);
    assert.equal(directory.getMunicipality(code).name, name);
  }
  const prefectures = new Set(demonstrationCountry.map(({ code }) => code.slice(0, 2)));
  assert.deepEqual([...prefectures].sort(), ['13', '14', '22']);
  assert.equal(
    demonstrationCountry.reduce((sum, { people }) => sum + people, 0),
    20_000,
  );
  assert.equal(demonstrationCountry.length, 8);
});

test('Yokohama’s people live in all eighteen wards, Hamamatsu’s in the three of 2024', async () => {
  const wardsOf = async (code: string, people: number) => {
    const wards = new Set<string>();
    for await (const row of generateRegister({
      municipality: code,
      people,
      seed: 'demonstration',
      asOf: AS_OF,
    }))
      wards.add(row.ward_code);
    return [...wards].sort();
  };
  assert.equal((await wardsOf('141003', 6_000)).length, 18);
  assert.deepEqual(await wardsOf('221309', 4_000), ['221384', '221392', '221406']);
});

test('the two people of the story are adults of Kiyose in every demonstration, each alone in a real town', async () => {
  const kiyose = demonstrationCountry.find(({ name }) => name === '清瀬市');
  assert.ok(kiyose);
  const towns = (await readTowns(directory, AS_OF)).get(kiyose.code);
  for (const seed of ['one', 'two']) {
    const rows: readonly RegisterRow[] = await Array.fromAsync(
      generateRegister({
        municipality: kiyose.code,
        people: kiyose.people,
        seed,
        asOf: AS_OF,
        fixed: kiyose.fixed,
      }),
    );
    assert.equal(rows.length, kiyose.people);
    for (const resident of [HARUKA, SHINICHI]) {
      const found = rows.filter(
        (row) => row.name === resident.name && row.birth_date === resident.birth_date,
      );
      assert.equal(found.length, 1);
      assert.equal(rows.filter((row) => row.household_number === found[0]?.household_number).length, 1);
      assert.ok(
        towns?.some((town) => town.name === resident.town && town.postalCode === resident.postal_code),
      );
    }
  }
});

test('the names of the story have a character that JIS X 0208 lacks', () => {
  const rare = (name: string) => charactersOf(name).filter((character) => !isJisX0208(character));
  assert.deepEqual(
    rare(HARUKA.name).map((character) => findGlyph(character)?.mj),
    ['MJ028902'],
  );
  assert.deepEqual(
    rare(SHINICHI.name).map((character) => findGlyph(character)?.mj),
    ['MJ025760'],
  );
});
