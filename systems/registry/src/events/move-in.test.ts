import assert from 'node:assert/strict';
import { test } from 'node:test';
import { mustSucceed } from '@ishizue/outcome';
import type { Resident } from '../municipal/resident.ts';
import { details, moveInWith, residentWith, TODAY } from '../testing/samples.ts';
import { sealed } from '../testing/test-number-cipher.ts';
import { decideMoveIn, type MoveIn } from './move-in.ts';

const fresh = {
  municipality: '132217',
  residentNumber: '900000001',
  residentCode: '50000000009',
  householdNumber: '900000001',
};
const decide = (before: Resident | undefined, event: MoveIn) => decideMoveIn(fresh)(before, event, TODAY);
const verdict = (before: Resident | undefined, event: MoveIn): string => {
  const decided = decide(before, event);
  return decided.ok ? 'ok' : decided.failure.code;
};

test('a person without a record gets a first one, head of a household of their own', () => {
  const { after, reason, eventDate } = mustSucceed(decide(undefined, moveInWith()), 'move-in');
  assert.deepEqual([reason, eventDate], ['move-in', '2026-11-10']);
  assert.deepEqual(after, {
    ...moveInWith().details,
    ...moveInWith().address,
    ...fresh,
    individualNumber: null,
    status: 'resident',
    relationship: '世帯主',
    becameResidentOn: '2026-11-10',
    addressFixedOn: '2026-11-10',
    previousAddress: '大阪府大阪市北区梅田一丁目1番',
    endedOn: null,
    movedTo: null,
    sequence: 0,
  });
});

test('who joins a household takes its number and the relationship', () => {
  const joins = { householdNumber: '77', relationship: '妻' };
  const { after } = mustSucceed(decide(undefined, moveInWith({ joins })), 'move-in');
  assert.deepEqual([after.householdNumber, after.relationship], ['77', '妻']);
});

test('who lived here before gets the old record on: number, sequence and individual number stay', () => {
  for (const status of ['moved-out', 'removed'] as const) {
    const before = residentWith({
      status,
      residentNumber: '42',
      sequence: 7,
      individualNumber: sealed('123456789018'),
      endedOn: '2025-03-31',
      movedTo: '神奈川県鎌倉市',
    });
    const { after } = mustSucceed(decide(before, moveInWith()), 'move-in');
    assert.equal(after.residentNumber, '42');
    assert.equal(after.sequence, 7);
    assert.equal(after.individualNumber, sealed('123456789018'));
    assert.deepEqual([after.status, after.endedOn, after.movedTo], ['resident', null, null]);
    assert.deepEqual([after.becameResidentOn, after.name], ['2026-11-10', details.name]);
  }
});

test('a number that the mover brings is the number', () => {
  const before = residentWith({ status: 'moved-out', individualNumber: null, endedOn: '2025-03-31' });
  const number = sealed('983205673214');
  const event = moveInWith({ individualNumber: number });
  assert.equal(mustSucceed(decide(before, event), 'move-in').after.individualNumber, number);
  assert.equal(mustSucceed(decide(undefined, event), 'move-in').after.individualNumber, number);
});

test('who is a resident, or dead, cannot move in', () => {
  assert.equal(verdict(residentWith(), moveInWith()), 'resident-already-current');
  assert.equal(verdict(residentWith({ status: 'deceased' }), moveInWith()), 'resident-not-current');
});

test('a move is on a real day, not in the future and not before the birth', () => {
  const on = (eventDate: string, birthDate = details.birthDate): string =>
    verdict(undefined, moveInWith({ eventDate, details: { ...details, birthDate } }));
  assert.equal(on(TODAY), 'ok');
  assert.equal(on('2026-11-21'), 'event-in-the-future');
  assert.equal(on('2026-11-31'), 'event-date-invalid');
  assert.equal(on('1990-05-06'), 'ok');
  assert.equal(on('1990-05-05'), 'event-before-birth');
  assert.equal(on('1990-05-01', '1990-05-00'), 'ok');
  assert.equal(on('1990-04-30', '1990-05-00'), 'event-before-birth');
  assert.equal(on('1990-01-01', '1990-00-00'), 'ok');
  assert.equal(on('1989-12-31', '1990-00-00'), 'event-before-birth');
  assert.equal(on('1950-01-01', '0000-00-00'), 'ok');
});

test('a birth date that is no date, or has a hole, is refused', () => {
  for (const birthDate of ['1990-13-01', '1990-02-30', '1990-00-06', '0000-05-06', '1990/05/06', ''])
    assert.equal(
      verdict(undefined, moveInWith({ details: { ...details, birthDate } })),
      'birth-date-invalid',
      birthDate,
    );
});

test('nobody returns before they have left', () => {
  const before = residentWith({ status: 'moved-out', endedOn: '2026-11-10' });
  assert.equal(verdict(before, moveInWith({ eventDate: '2026-11-10' })), 'ok');
  assert.equal(verdict(before, moveInWith({ eventDate: '2026-11-09' })), 'event-before-move-out');
});
