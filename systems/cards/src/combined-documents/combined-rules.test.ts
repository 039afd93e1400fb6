import assert from 'node:assert/strict';
import { test } from 'node:test';
import { isCombinable, type RenewedWithLicence, refuseFollowing } from './combined-rules.ts';

test('combined cards from their days; a licence follows under all four conditions and no fewer', () => {
  assert.deepEqual(
    ['2025-03-23', '2025-03-24'].map((on) => isCombinable('driving-licence', on)),
    [false, true],
  );
  assert.deepEqual(
    ['2026-06-13', '2026-06-14'].map((on) => isCombinable('residence-card', on)),
    [false, true],
  );
  const good: RenewedWithLicence = {
    on: '2025-09-01',
    isAppliedOnline: true,
    ground: 'expiring',
    isSignatureFiled: true,
    isSignatureOnNewCard: true,
    isRecordNumberRight: true,
  };
  const rows: readonly (readonly [Partial<RenewedWithLicence>, string | undefined])[] = [
    [{}, undefined],
    [{ ground: 'face-full' }, undefined],
    [{ on: '2025-08-31' }, 'following-not-yet'],
    [{ isAppliedOnline: false }, 'not-applied-online'],
    [{ isSignatureFiled: false }, 'signature-not-filed'],
    [{ isSignatureOnNewCard: false }, 'signature-not-filed'],
    [{ isRecordNumberRight: false }, 'record-number-wrong'],
    [{ ground: 'lost' }, 'ground-does-not-follow'],
    [{ ground: null }, 'ground-does-not-follow'],
  ];
  for (const [more, expected] of rows)
    assert.equal(refuseFollowing({ ...good, ...more }), expected, JSON.stringify(more));
});
