import assert from 'node:assert/strict';
import { test } from 'node:test';
import { bundledReference } from './bundled-reference.ts';
import { MunicipalityDirectory } from './municipality-directory.ts';

const directory = new MunicipalityDirectory(bundledReference());

test('places are found by six digits, by five, and by prefecture', () => {
  assert.equal(directory.getMunicipality('132217').name, '清瀬市');
  assert.equal(directory.findByFiveDigits('13221')?.code, '132217');
  assert.equal(directory.getPrefecture('13').fullCode, '130001');
  assert.deepEqual(
    directory
      .municipalitiesOf('31')
      .map((place) => place.code)
      .slice(0, 2),
    ['312011', '312029'],
  );
  assert.equal(directory.municipalitiesOf('48').length, 0);
});

test('what is not there is undefined, or a throw where it was promised', () => {
  assert.equal(directory.findMunicipality('132218'), undefined);
  assert.equal(directory.findWard('132217'), undefined);
  assert.equal(directory.findPrefecture('48'), undefined);
  assert.throws(() => directory.getMunicipality('999999'), /no municipality 999999/);
});

test('a ward is no municipality, and has the full name of its city before it', () => {
  assert.equal(directory.findMunicipality('141046'), undefined);
  assert.equal(directory.findWard('141046')?.municipality, '141003');
  assert.equal(directory.fullName('141046'), '神奈川県横浜市中区');
  assert.equal(directory.fullName('131016'), '東京都千代田区');
});

test('the wards of a city are those of the date that is asked for', () => {
  const names = (on: string) => directory.wardsOf('221309', on).map((ward) => ward.name);
  assert.deepEqual(names('2023-12-31'), ['中区', '東区', '西区', '南区', '北区', '浜北区', '天竜区']);
  assert.deepEqual(names('2024-01-01'), ['中央区', '浜名区', '天竜区']);
  assert.deepEqual(names('2007-03-31'), []);
  assert.equal(directory.wardsOf('141003', '1990-01-01').length, 18);
  assert.deepEqual(directory.wardsOf('132217', '2026-01-01'), []);
});
