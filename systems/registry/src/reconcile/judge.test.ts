/** The two decisions of the upper end, row by row: how it differs, and what it makes of a resent record. */
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { KIYOSE } from '../testing/index.ts';
import { noticeWith } from '../testing/samples.ts';
import type { HeldPerson } from '../tiers/decide-identity-change.ts';
import { decideResent, type ResentEffect } from './apply-resent.ts';
import { judge } from './check-persons.ts';
import type { CheckBody, DifferenceKind, ResentBody } from './messages.ts';

const DIGEST = 'a'.repeat(32);
const below = (sequence: number, isCompared = true): CheckBody['held'] => ({
  sequence,
  digest: DIGEST,
  isCompared,
});
const here = (sequence: number, isCompared = true, digest = DIGEST) => ({
  residentCode: '24727059608',
  sequence,
  digest,
  isCompared,
});

test('how the upper end differs', () => {
  const table: readonly [Parameters<typeof judge>, 'equal' | DifferenceKind][] = [
    [[below(3), here(3), false], 'equal'],
    [[below(3), here(3, true, 'b'.repeat(32)), false], 'content-differs'],
    [[below(3), here(2), false], 'stale-above'],
    [[below(3), here(4), false], 'ahead-above'],
    [[below(3), undefined, false], 'missing-above'],
    [[below(3), undefined, true], 'held-elsewhere'],
    [[null, here(3), false], 'missing-below'],
    [[null, here(3, false), false], 'equal'],
    [[null, undefined, true], 'equal'],
    // who moved out is compared where they went
    [[below(3, false), undefined, true], 'equal'],
    [[below(3, false), here(2, false), false], 'equal'],
    [[below(3, false), here(2), false], 'stale-above'],
    [[below(3), here(3, false, 'b'.repeat(32)), false], 'content-differs'],
  ];
  for (const [given, verdict] of table) assert.equal(judge(...given), verdict, JSON.stringify(given));
});

test('what the upper end makes of a resent record', () => {
  const resent = (changes: Partial<ResentBody> = {}): ResentBody => ({
    municipality: KIYOSE,
    residentCode: '24727059608',
    identity: noticeWith({ sequence: 3 }),
    enteredOn: '2020-04-01',
    changes: [],
    isWithdrawal: false,
    ...changes,
  });
  const held = (changes: Partial<HeldPerson> = {}): HeldPerson => ({
    residentCode: '24727059608',
    municipality: KIYOSE,
    status: 'resident',
    name: '山田 太郎',
    birthDate: '1990-05-06',
    sex: 1,
    enteredOn: '2020-04-01',
    ...changes,
  });
  const gone = { identity: null, enteredOn: null };
  const left = resent({ identity: noticeWith({ sequence: 3, status: 'moved-out' }) });
  const elsewhere = { municipality: '131016' };
  const table: readonly [Parameters<typeof decideResent>, ResentEffect][] = [
    [[resent(), undefined, 0], 'record'],
    [[resent(), held(), 3], 'record'],
    [[resent(), held(), 4], 'ahead-above'],
    [[resent(), held({ status: 'deceased' }), 3], 'record'],
    [[resent(), held(elsewhere), 1], 'held-elsewhere'],
    [[resent(), held({ ...elsewhere, status: 'deceased' }), 1], 'held-elsewhere'],
    [[resent(), held({ ...elsewhere, status: 'moved-out' }), 1], 'record'],
    [[left, held(), 2], 'record'],
    [[left, held(elsewhere), 1], 'nothing'],
    [[resent(gone), held(), 3], 'nothing'],
    [[resent({ ...gone, isWithdrawal: true }), held(), 3], 'strike'],
    [[resent({ ...gone, isWithdrawal: true }), held(elsewhere), 3], 'nothing'],
    [[resent({ ...gone, isWithdrawal: true }), held({ status: 'removed' }), 3], 'nothing'],
    [[resent({ ...gone, isWithdrawal: true }), undefined, 0], 'nothing'],
  ];
  for (const [given, effect] of table) assert.equal(decideResent(...given), effect, JSON.stringify(given));
});
