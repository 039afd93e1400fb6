import assert from 'node:assert/strict';
import { test } from 'node:test';
import type { Resident } from '../municipal/resident.ts';
import { retainedUntil } from '../municipal/retention.ts';
import { address, moveInWith, residentWith, TODAY } from '../testing/samples.ts';
import { sealed } from '../testing/test-number-cipher.ts';
import { decideAliasChange } from './alias-change.ts';
import { decideExOfficioCorrection, type ExOfficioCorrection } from './ex-officio-correction.ts';
import { decideExOfficioEntry } from './ex-officio-entry.ts';
import { decideFormerSurnameChange } from './former-surname-change.ts';
import { decideUndo, type StandingEvent } from './undo.ts';

const resident = residentWith({ becameResidentOn: '2020-04-01' });
const { residentCode } = resident;
const eventDate = '2026-11-15';

const correct = (changes: Pick<ExOfficioCorrection, 'details' | 'address'>, before = resident) =>
  decideExOfficioCorrection(
    before,
    { reason: 'ex-officio-correction', residentCode, eventDate, basis: '戸籍通知', ...changes },
    TODAY,
  );
const corrected = (changes: Pick<ExOfficioCorrection, 'details' | 'address'>): string => {
  const decided = correct(changes);
  return decided.ok ? 'ok' : decided.failure.code;
};

test('a correction writes what it names, and leaves the rest and the dates of the residence', () => {
  const changes = {
    details: { name: '山田　花子', birthDate: '1990-05-00' },
    address: { ...address, lot: '1番地' },
  };
  const decided = correct(changes);
  assert.ok(decided.ok);
  assert.deepEqual(decided.value.after, {
    ...resident,
    name: '山田　花子',
    birthDate: '1990-05-00',
    lot: '1番地',
  });
});

test('a correction changes something, to a birth date that may be', () => {
  assert.equal(corrected({}), 'correction-changes-nothing');
  assert.equal(corrected({ details: { name: resident.name }, address }), 'correction-changes-nothing');
  for (const birthDate of ['1990-00-00', '1990-05-00', '0000-00-00', '2020-04-01', '2020-04-00'])
    assert.equal(corrected({ details: { birthDate } }), 'ok', birthDate);
  for (const birthDate of ['1990-13-00', '1990-00-06', '1990-02-30', ''])
    assert.equal(corrected({ details: { birthDate } }), 'birth-date-invalid', birthDate);
  assert.equal(corrected({ details: { birthDate: '2020-04-02' } }), 'event-before-birth');
});

test('an entry ex officio is a move-in by another name, guards included', () => {
  const fresh = { municipality: '132217', residentNumber: '9', residentCode, householdNumber: '9' };
  const enter = (before: Resident | undefined): string => {
    const event = { ...moveInWith({ residentCode }), reason: 'ex-officio-entry', basis: '実態調査' } as const;
    const decided = decideExOfficioEntry(fresh)(before, event, TODAY);
    return decided.ok ? `${decided.value.reason} ${decided.value.after.status}` : decided.failure.code;
  };
  assert.equal(enter(undefined), 'ex-officio-entry resident');
  assert.equal(
    enter(residentWith({ status: 'removed', endedOn: '2025-01-01' })),
    'ex-officio-entry resident',
  );
  assert.equal(enter(resident), 'resident-already-current');
  assert.equal(enter(residentWith({ status: 'deceased' })), 'resident-not-current');
  assert.equal(enter(residentWith({ status: 'removed', sex: 1 })), 'identity-differs');
});

test('an alias is for foreign residents, a former surname for the others, and either is another than before', () => {
  const alias = (nationality: string, to: string | null): string => {
    const event = {
      reason: 'alias-change',
      residentCode,
      eventDate,
      alias: to,
      aliasKana: 'カネダ',
    } as const;
    const decided = decideAliasChange({ ...resident, nationality }, event, TODAY);
    return decided.ok ? String(decided.value.after.aliasKana) : decided.failure.code;
  };
  assert.equal(alias('KOR', '金田'), 'カネダ');
  assert.equal(alias('KOR', null), 'correction-changes-nothing');
  assert.equal(alias('JPN', '金田'), 'nationality-does-not-fit');
  const surname = (before: Resident, formerSurname: string | null): string => {
    const event = {
      reason: 'former-surname-change',
      residentCode,
      eventDate,
      formerSurname,
      formerSurnameKana: 'サトウ',
    } as const;
    const decided = decideFormerSurnameChange(before, event, TODAY);
    return decided.ok ? String(decided.value.after.formerSurnameKana) : decided.failure.code;
  };
  assert.equal(surname(resident, '佐藤'), 'サトウ');
  assert.equal(surname({ ...resident, formerSurname: '佐藤', formerSurnameKana: 'サトウ' }, null), 'null');
  assert.equal(surname(resident, null), 'correction-changes-nothing');
  assert.equal(surname({ ...resident, nationality: 'KOR' }, '佐藤'), 'nationality-does-not-fit');
});

test('an undo gives the record before the last event back, but for a number that came later and the count of events', () => {
  const current = residentWith({ status: 'deceased', individualNumber: sealed('123456789018'), sequence: 5 });
  const before = residentWith({ name: '髙橋　桜子', sequence: 3 });
  const undo = (last: StandingEvent | undefined, on = eventDate) => {
    const event = { reason: 'undo', residentCode, eventDate: on, undoes: 4, basis: '誤り' } as const;
    const decided = decideUndo(current, last, event, TODAY);
    return decided.ok ? decided.value.after : decided.failure.code;
  };
  const last = { sequence: 4, reason: 'death', before, hasLaterNumber: true } as const;
  assert.deepEqual(undo(last), { ...before, individualNumber: sealed('123456789018'), sequence: 5 });
  // what the event itself had put there is taken back with it
  assert.deepEqual(undo({ ...last, hasLaterNumber: false }), { ...before, sequence: 5 });
  assert.equal(undo(undefined), 'not-the-last-event');
  assert.equal(undo({ ...last, sequence: 3 }), 'not-the-last-event');
  assert.equal(undo(last, '2026-11-21'), 'event-in-the-future');
  for (const [reason, status] of [
    ['birth', 'removed'],
    ['move-in', 'moved-out'],
  ] as const) {
    const gone = undo({ sequence: 4, reason, before: null, hasLaterNumber: false });
    assert.partialDeepStrictEqual(gone, { status, endedOn: current.becameResidentOn });
  }
});

test('a deleted record is kept for as long as the rule of its day says', () => {
  assert.equal(retainedUntil('2019-06-19'), '2024-06-19');
  assert.equal(retainedUntil('2019-06-20'), '2169-06-20');
  assert.equal(retainedUntil('2024-02-29'), '2174-02-28');
  assert.throws(() => retainedUntil('1960-01-01'), /no rule is in force/);
});
