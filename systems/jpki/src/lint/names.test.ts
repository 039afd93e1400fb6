/** The names of the whole country against the shapes of names. */
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { bundledReference, MunicipalityDirectory } from '@ishizue/municipalities';
import { AREA, PREFECTURE } from './names.ts';

test('the names of all municipalities, wards and prefectures of the country pass', () => {
  const directory = new MunicipalityDirectory(bundledReference());
  for (const { romaji } of directory.prefectures) assert.match(romaji, PREFECTURE);
  for (const { romaji, code } of directory.municipalities) {
    assert.match(romaji, AREA);
    for (const ward of directory.wardsOf(code, '2026-11-20')) assert.match(ward.romaji, AREA);
  }
});
