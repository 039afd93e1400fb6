import assert from 'node:assert/strict';
import { test } from 'node:test';
import { mustSucceed } from '@ishizue/outcome';
import type { Resident } from '../municipal/resident.ts';
import { address, residentWith, TODAY } from '../testing/samples.ts';
import { decideAliasChange } from './alias-change.ts';
import { decideDeath } from './death.ts';
import { decideExOfficioCorrection } from './ex-officio-correction.ts';
import { decideExOfficioRemoval } from './ex-officio-removal.ts';
import { decideFormerSurnameChange } from './former-surname-change.ts';
import { decideMinorCorrection, type MinorCorrection } from './minor-correction.ts';
import { decideMoveOut } from './move-out.ts';
import { decideMoveWithin } from './move-within.ts';

const resident = residentWith({ becameResidentOn: '2020-04-01' });
const { residentCode } = resident;
const moved = { ...address, town: '元町二丁目', lot: '1番1号', building: null };

/** Each reason that changes a record, with everything right but the date. */
const reasons = {
  'move-within': (before: Resident | undefined, eventDate: string) =>
    decideMoveWithin(before, { reason: 'move-within', residentCode, eventDate, address: moved }, TODAY),
  'minor-correction': (before: Resident | undefined, eventDate: string) =>
    decideMinorCorrection(
      before,
      { reason: 'minor-correction', residentCode, eventDate, lot: '9番地' },
      TODAY,
    ),
  'move-out': (before: Resident | undefined, eventDate: string) =>
    decideMoveOut(
      before,
      { reason: 'move-out', residentCode, eventDate, destination: '神奈川県鎌倉市' },
      TODAY,
    ),
  'ex-officio-removal': (before: Resident | undefined, eventDate: string) =>
    decideExOfficioRemoval(
      before,
      { reason: 'ex-officio-removal', residentCode, eventDate, basis: '実態調査' },
      TODAY,
    ),
  'ex-officio-correction': (before: Resident | undefined, eventDate: string) =>
    decideExOfficioCorrection(
      before,
      { reason: 'ex-officio-correction', residentCode, eventDate, basis: '戸籍通知', details: { sex: 1 } },
      TODAY,
    ),
  'former-surname-change': (before: Resident | undefined, eventDate: string) =>
    decideFormerSurnameChange(
      before,
      {
        reason: 'former-surname-change',
        residentCode,
        eventDate,
        formerSurname: '佐藤',
        formerSurnameKana: 'サトウ',
      },
      TODAY,
    ),
  'alias-change': (before: Resident | undefined, eventDate: string) =>
    decideAliasChange(
      before && { ...before, nationality: 'KOR' },
      { reason: 'alias-change', residentCode, eventDate, alias: '金田　花子', aliasKana: 'カネダ　ハナコ' },
      TODAY,
    ),
  death: (before: Resident | undefined, eventDate: string) =>
    decideDeath(before, { reason: 'death', residentCode, eventDate }, TODAY),
};

for (const [reason, decide] of Object.entries(reasons)) {
  const verdict = (before: Resident | undefined, eventDate: string): string => {
    const decided = decide(before, eventDate);
    return decided.ok ? decided.value.reason : decided.failure.code;
  };
  test(`${reason}: a resident here, on a real day from the entry to today`, () => {
    assert.equal(verdict(resident, TODAY), reason);
    assert.equal(verdict(resident, '2026-11-21'), 'event-in-the-future');
    assert.equal(verdict(resident, '2020-04-01'), reason);
    assert.equal(verdict(resident, '2020-03-31'), 'event-before-entry');
    assert.equal(verdict(resident, '1990-05-05'), 'event-before-birth');
    assert.equal(verdict(resident, '2026-06-31'), 'event-date-invalid');
    assert.equal(verdict(undefined, TODAY), 'resident-not-found');
    for (const status of ['moved-out', 'deceased', 'removed'] as const)
      assert.equal(verdict({ ...resident, status }, TODAY), 'resident-not-current');
  });
}

test('a move inside changes the address, its date and the address before; the person stays', () => {
  const { after } = mustSucceed(reasons['move-within'](resident, '2026-11-19'), 'move-within');
  assert.deepEqual(after, {
    ...resident,
    ...moved,
    addressFixedOn: '2026-11-19',
    previousAddress: '中里五丁目842番地中里荘203',
  });
});

test('a move inside may join another household', () => {
  const event = { reason: 'move-within', residentCode, eventDate: TODAY, address: moved } as const;
  const decided = decideMoveWithin(resident, { ...event, householdNumber: '77', relationship: '母' }, TODAY);
  const { after } = mustSucceed(decided, 'move-within');
  assert.deepEqual([after.householdNumber, after.relationship], ['77', '母']);
});

test('a move inside to the same place is none; any part of the place makes another', () => {
  const to = (changes: Partial<typeof address>): string => {
    const event = { reason: 'move-within', residentCode, eventDate: TODAY } as const;
    const decided = decideMoveWithin(resident, { ...event, address: { ...address, ...changes } }, TODAY);
    return decided.ok ? 'ok' : decided.failure.code;
  };
  assert.equal(to({}), 'address-unchanged');
  assert.equal(to({ postalCode: null }), 'address-unchanged');
  assert.equal(to({ wardCode: '141046' }), 'ok');
  assert.equal(to({ town: '中里四丁目' }), 'ok');
  assert.equal(to({ lot: '843番地' }), 'ok');
  assert.equal(to({ building: '中里荘204' }), 'ok');
  assert.equal(to({ building: null }), 'ok');
});

const correct = (changes: Partial<MinorCorrection>): string | Resident => {
  const event = { reason: 'minor-correction', residentCode, eventDate: TODAY, ...changes } as const;
  const decided = decideMinorCorrection(resident, event, TODAY);
  return decided.ok ? decided.value.after : decided.failure.code;
};

test('a minor correction writes what it names and leaves all else, the date of the address too', () => {
  assert.deepEqual(correct({ name: '高橋　花子' }), { ...resident, name: '高橋　花子' });
  assert.deepEqual(correct({ town: '中里５丁目' }), { ...resident, town: '中里５丁目' });
  assert.deepEqual(correct({ lot: '842番地1' }), { ...resident, lot: '842番地1' });
  assert.deepEqual(correct({ building: '新中里荘203' }), { ...resident, building: '新中里荘203' });
  assert.deepEqual(correct({ building: null }), { ...resident, building: null });
});

test('a correction that leaves everything as it is is none', () => {
  assert.equal(correct({}), 'correction-changes-nothing');
  const { name, town, lot, building } = resident;
  assert.equal(correct({ name, town, lot, building }), 'correction-changes-nothing');
  assert.notEqual(correct({ name, town, lot, building: '別館' }), 'correction-changes-nothing');
});

test('a move out deletes the record and keeps it, with day and destination', () => {
  const { after } = mustSucceed(reasons['move-out'](resident, '2026-11-19'), 'move-out');
  assert.deepEqual(after, {
    ...resident,
    status: 'moved-out',
    endedOn: '2026-11-19',
    movedTo: '神奈川県鎌倉市',
  });
});

test('a death ends the record on its day', () => {
  const { after } = mustSucceed(reasons.death(resident, '2026-11-19'), 'death');
  assert.deepEqual(after, { ...resident, status: 'deceased', endedOn: '2026-11-19' });
});
