import assert from 'node:assert/strict';
import { test } from 'node:test';
import { mustSucceed } from '@ishizue/outcome';
import type { Resident } from '../municipal/resident.ts';
import { address, birthWith, details, residentWith, TODAY } from '../testing/samples.ts';
import { sealed } from '../testing/test-number-cipher.ts';
import { type Birth, decideBirth } from './birth.ts';

const fresh = { municipality: '132217', residentNumber: '900000002', residentCode: '50000000009' };
const parent = residentWith({
  becameResidentOn: '2020-04-01',
  formerSurname: '佐藤',
  alias: '別名',
  individualNumber: sealed('123456789018'),
  residenceStatus: '永住者',
  stayExpiresOn: '2030-01-01',
  previousAddress: '大阪府',
});
const decide = (before: Resident | undefined, changes: Partial<Birth> = {}) =>
  decideBirth(before, birthWith({ parentResidentCode: parent.residentCode, ...changes }), fresh, TODAY);
const verdict = (before: Resident | undefined, changes: Partial<Birth> = {}): string => {
  const decided = decide(before, changes);
  return decided.ok ? 'ok' : decided.failure.code;
};

test('the child has the parent’s household, address and domicile, and nothing else of the parent', () => {
  const { after, reason, eventDate } = mustSucceed(decide(parent), 'birth');
  assert.deepEqual([reason, eventDate], ['birth', '2026-11-18']);
  assert.deepEqual(after, {
    ...address,
    ...fresh,
    individualNumber: null,
    status: 'resident',
    householdNumber: parent.householdNumber,
    relationship: '子',
    name: '髙橋　葵',
    nameKana: 'タカハシ　アオイ',
    formerSurname: null,
    formerSurnameKana: null,
    alias: null,
    aliasKana: null,
    birthDate: '2026-11-18',
    sex: 1,
    nationality: 'JPN',
    residenceStatus: null,
    stayExpiresOn: null,
    domicile: details.domicile,
    familyRegisterHead: details.familyRegisterHead,
    becameResidentOn: '2026-11-18',
    addressFixedOn: '2026-11-18',
    previousAddress: null,
    endedOn: null,
    movedTo: null,
    sequence: 0,
  });
});

test('the parent is a resident here and was one on the day of the birth', () => {
  assert.equal(verdict(undefined), 'resident-not-found');
  for (const status of ['moved-out', 'deceased', 'removed'] as const)
    assert.equal(verdict({ ...parent, status }), 'parent-not-current');
  assert.equal(verdict(parent, { eventDate: '2020-04-01' }), 'ok');
  assert.equal(verdict(parent, { eventDate: '2020-03-31' }), 'event-before-entry');
});

test('a birth is on a real day, today or earlier, and not before the parent’s own', () => {
  assert.equal(verdict(parent, { eventDate: TODAY }), 'ok');
  assert.equal(verdict(parent, { eventDate: '2026-11-21' }), 'event-in-the-future');
  assert.equal(verdict(parent, { eventDate: '2026-02-29' }), 'event-date-invalid');
  assert.equal(verdict(parent, { eventDate: '1990-05-05' }), 'event-before-birth');
});
