import assert from 'node:assert/strict';
import { test } from 'node:test';
import type { ResidentRecordChanged } from '@ishizue/registry';
import { overseasIdentityBody } from '../identity/overseas-identity.ts';
import { entryNoticeBody, entryNoticeOf } from './entry-notice.ts';

const record: ResidentRecordChanged = {
  residentCode: '24727059608',
  municipality: '132217',
  sequence: 2,
  reason: 'move-within',
  eventDate: '2026-11-10',
  status: 'resident',
  movedAbroad: false,
  name: '石川　遥',
  birthDate: '1980-02-17',
  sex: 2,
  nationality: 'JPN',
  address: '東京都清瀬市中里五丁目842番地',
  becameResidentOn: '2001-04-01',
  addressFixedOn: '2026-11-10',
  domicile: '神奈川県鎌倉市御成町18番',
  familyRegisterHead: '石川　太郎',
};

function told(changes: Partial<ResidentRecordChanged>): string {
  const notice = entryNoticeOf({ ...record, ...changes });
  if (!notice.ok) return notice.failure.code;
  if (!notice.value) return 'nothing';
  assert.ok(entryNoticeBody.safeParse(notice.value).success);
  return `${notice.value.kind} since ${notice.value.since}`;
}

test('what is told depends on how the record stands', () => {
  assert.equal(told({}), 'residence since 2001-04-01');
  assert.equal(told({ status: 'moved-out', movedAbroad: true }), 'overseas since 2026-11-10');
  assert.equal(told({ status: 'moved-out' }), 'nothing');
  assert.equal(told({ status: 'deceased' }), 'deceased since 2026-11-10');
  assert.equal(told({ status: 'removed' }), 'nothing');
});

test('a foreigner never appears, whatever the record says of a domicile; a Japanese without one is parked', () => {
  assert.equal(told({ nationality: 'BRA' }), 'nothing');
  assert.equal(told({ nationality: 'BRA', domicile: null, status: 'deceased' }), 'nothing');
  assert.equal(told({ domicile: null }), 'domicile-missing');
});

test('only a newborn’s notice may open an entry', () => {
  const opens = (reason: ResidentRecordChanged['reason']): boolean => {
    const notice = entryNoticeOf({ ...record, reason });
    return notice.ok && notice.value?.kind === 'residence' && notice.value.opens;
  };
  assert.equal(opens('birth'), true);
  for (const reason of ['move-in', 'move-within', 'minor-correction'] as const)
    assert.equal(opens(reason), false);
});

const NUMBERS = [
  '123456789018',
  '１２３４５６７８９０１８',
  '1234-5678-9018',
  '1234 5678 9018',
  '番号123456789018号',
];

test('twelve digits pass no body: neither as a text, nor as a field of their own', () => {
  for (const text of NUMBERS) {
    for (const field of ['name', 'address', 'domicile', 'familyRegisterHead'])
      assert.equal(told({ [field]: text }), 'individual-number-in-text', `${field} ${text}`);
    const notice = entryNoticeOf(record);
    assert.ok(notice.ok && notice.value);
    for (const field of ['name', 'address', 'domicile', 'familyRegisterHead'])
      assert.ok(!entryNoticeBody.safeParse({ ...notice.value, [field]: text }).success, `${field} ${text}`);
    assert.ok(!entryNoticeBody.safeParse({ ...notice.value, individualNumber: text }).success);
  }
  const identity = {
    residentCode: '24727059608',
    municipality: '142042',
    sequence: 1,
    reason: 'initial-load',
    eventDate: '2026-11-20',
    state: 'current',
    name: '石川　遥',
    address: '東京都清瀬市元町一丁目4番5号',
    isOverseas: false,
    birthDate: '1980-02-17',
    sex: 2,
  };
  assert.ok(overseasIdentityBody.safeParse(identity).success);
  for (const text of NUMBERS) {
    for (const field of ['name', 'address', 'residentCode'])
      assert.ok(!overseasIdentityBody.safeParse({ ...identity, [field]: text }).success, `${field} ${text}`);
    assert.ok(!overseasIdentityBody.safeParse({ ...identity, individualNumber: text }).success);
  }
  // and no domicile item climbs
  for (const field of ['familyRegister', 'domicile', 'addressFixedOn'])
    assert.ok(!overseasIdentityBody.safeParse({ ...identity, [field]: '2001-04-01' }).success, field);
  assert.ok(
    !overseasIdentityBody.safeParse({ ...identity, isOverseas: true }).success,
    'overseas with an address',
  );
});
