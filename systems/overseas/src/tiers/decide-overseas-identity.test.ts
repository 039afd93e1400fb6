import assert from 'node:assert/strict';
import { test } from 'node:test';
import * as fc from 'fast-check';
import type { OverseasIdentity } from '../identity/overseas-identity.ts';
import { decideOverseasIdentity, type HeldOverseasPerson } from './decide-overseas-identity.ts';

const told: OverseasIdentity = {
  residentCode: '24727059608',
  municipality: '142042',
  sequence: 5,
  reason: 'address-changed',
  eventDate: '2026-11-10',
  state: 'current',
  name: '石川　遥',
  address: '東京都清瀬市元町一丁目4番5号',
  isOverseas: false,
  birthDate: '1980-02-17',
  sex: 2,
};

const held: HeldOverseasPerson = {
  residentCode: told.residentCode,
  municipality: told.municipality,
  state: 'current',
  birthDate: told.birthDate,
  sex: told.sex,
  sequence: 4,
};

test('nothing replaces another person’s data, and one municipality keeps an entry', () => {
  const person = fc.record({
    municipality: fc.constantFrom('142042', '132217'),
    state: fc.constantFrom('current' as const, 'deleted' as const),
    birthDate: fc.constantFrom('1980-02-17', '1980-02-18'),
    sex: fc.constantFrom(1, 2, 3),
    sequence: fc.integer({ min: 1, max: 9 }),
  });
  fc.assert(
    fc.property(person, (changes) => {
      const before = { ...held, ...changes };
      const decision = decideOverseasIdentity(before, told);
      const isSamePerson = before.birthDate === told.birthDate && before.sex === told.sex;
      const isSameEntry = before.municipality === told.municipality;
      const mayReplace = isSamePerson && (isSameEntry ? before.sequence < 5 : before.state === 'deleted');
      assert.equal(decision.ok, mayReplace);
      const correction = decideOverseasIdentity(before, { ...told, reason: 'corrected' });
      assert.equal(correction.ok, isSameEntry ? before.sequence < 5 : mayReplace, 'a correction');
    }),
  );
  assert.ok(decideOverseasIdentity(undefined, told).ok);
});
