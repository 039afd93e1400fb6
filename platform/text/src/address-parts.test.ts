import assert from 'node:assert/strict';
import { test } from 'node:test';
import * as fc from 'fast-check';
import { addressParts, roomOf } from './index.ts';

const parts = (address: string): string => {
  const { place, building } = addressParts(address);
  return `${place}|${building}`;
};

function same(rule: string, ...addresses: readonly string[]): void {
  test(`same parts: ${rule}`, () => {
    for (const address of addresses) assert.equal(parts(address), parts(addresses[0] ?? ''), address);
  });
}

function apart(rule: string, ...addresses: readonly string[]): void {
  test(`different parts: ${rule}`, () => {
    assert.equal(new Set(addresses.map(parts)).size, addresses.length, addresses.map(parts).join('  '));
  });
}

test('the lot ends where a number is followed by a building', () => {
  assert.equal(parts('霞2丁目1番2号　コーポ101'), '霞2-1-2|コーポ101');
  assert.equal(parts('霞二丁目1番2号コーポ１０１'), '霞2-1-2|コーポ101');
  assert.equal(parts('霞2-1-2 101'), '霞2-1-2|101');
  assert.equal(parts('北1条西2丁目1-1 メゾン2 101'), '北1条西2-1-1|メゾン2 101');
});

test('without a building, or without a number, all is place', () => {
  assert.equal(parts('霞2丁目1番2号'), '霞2-1-2|');
  assert.equal(parts('青ヶ島村無番地'), '青ケ島村無番地|');
  assert.equal(parts(''), '|');
});

same(
  '号室 and 号 after a room',
  '霞1-2 コーポ101号室',
  '霞1-2 コーポ101',
  '霞1番2号コーポ１０１号',
  '霞1-2 コーポ 101号室',
);
same('号 after a small room', '霞1-2 コーポ2号室', '霞1-2 コーポ2号', '霞1-2 コーポ2');
apart('号棟 and 号館', '霞1-2 団地101号棟', '霞1-2 団地101', '霞1-2 団地101号館');
apart('rooms', '霞1-2 コーポ101号室', '霞1-2 コーポ102号室', '霞1-2 コーポ1号室', '霞1-2');
apart('a room at the lot and in a building', '霞1-2-101', '霞1-2 101', '霞1-2 コーポ101');

test('a room is three digits or four at the end of the building', () => {
  const roomIn = (address: string): string | undefined => roomOf(addressParts(address));
  assert.equal(roomIn('霞1-2 コーポ101号室'), '101');
  assert.equal(roomIn('霞1-2 1203'), '1203');
  for (const address of [
    '霞1-2-101',
    '霞1-2 コーポ2',
    '霞1-2 コーポ12345',
    '霞1-2 A-101',
    '霞1-2 コーポ101号棟',
  ])
    assert.equal(roomIn(address), undefined, address);
});

test('what is split joins again to the key but for 号室', () => {
  const pieces = ['霞', '2', '1', '-', ' ', '丁目', '番地', '号', 'コーポ', 'A', '101', 'の', '三'];
  fc.assert(
    fc.property(fc.array(fc.constantFrom(...pieces), { maxLength: 12 }), (some) => {
      const { place, building } = addressParts(some.join(''));
      assert.equal(parts(`${place} ${building}`), `${place}|${building}`);
    }),
    { numRuns: 5_000 },
  );
});
