import assert from 'node:assert/strict';
import { test } from 'node:test';
import { address, details, moveInWith } from '../testing/samples.ts';
import { sealed, testNumberCipher } from '../testing/test-number-cipher.ts';
import { eventBody, sealEvent } from './event-body.ts';

const person = { residentCode: '24727059608', eventDate: '2026-11-15' };
const basis = '実態調査';

const sound: readonly object[] = [
  moveInWith(),
  { ...moveInWith(), reason: 'ex-officio-entry', basis },
  { ...person, reason: 'ex-officio-removal', basis },
  { ...person, reason: 'ex-officio-correction', basis, details: { name: '山田　花子' } },
  { ...person, reason: 'ex-officio-correction', basis, address },
  { ...person, reason: 'alias-change', alias: null, aliasKana: null },
  { ...person, reason: 'former-surname-change', formerSurname: '佐藤', formerSurnameKana: 'サトウ' },
  { ...person, reason: 'undo', undoes: 3, basis },
];

test('each reason is taken as it is meant, and nothing is filled in that a correction leaves out', () => {
  for (const event of sound) assert.deepEqual(eventBody.parse(event), event);
});

test('what is not in the form is refused: no basis, a field too many, a number that is none', () => {
  const refused: readonly object[] = [
    { ...moveInWith(), reason: 'ex-officio-entry' },
    { ...person, reason: 'ex-officio-removal' },
    { ...person, reason: 'ex-officio-removal', basis: ' ' },
    { ...person, reason: 'ex-officio-correction', basis, details: { individualNumber: '123456789018' } },
    { ...person, reason: 'ex-officio-correction', basis, details: { ...details, sex: 4 } },
    { ...person, reason: 'ex-officio-correction', basis, status: 'resident' },
    { ...person, reason: 'alias-change', alias: '金田' },
    { ...person, reason: 'undo', undoes: 0, basis },
    { ...person, reason: 'undo', undoes: 1.5, basis },
    { ...person, reason: 'undo', undoes: '1', basis },
    { ...person, reason: 'number-assigned' },
  ];
  for (const event of refused) assert.equal(eventBody.safeParse(event).success, false, JSON.stringify(event));
});

test('a number that is typed in is sealed before the event goes on, and a sealed one is no number to type in', () => {
  const individualNumber = '123456789018';
  for (const event of [
    { ...moveInWith(), individualNumber },
    { ...moveInWith(), reason: 'ex-officio-entry', basis, individualNumber },
  ]) {
    const taken = sealEvent(testNumberCipher, eventBody.parse(event));
    assert.deepEqual(taken, { ...event, individualNumber: sealed(individualNumber) });
    assert.ok(!JSON.stringify(taken).includes(individualNumber));
    assert.equal(eventBody.safeParse(taken).success, false);
  }
  for (const event of sound)
    assert.deepEqual(sealEvent(testNumberCipher, eventBody.parse(event)), event, 'nothing else changes');
});
