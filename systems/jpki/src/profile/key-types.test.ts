/** The dated rule on kinds of keys: what is in force, what a setting adds from which day on, and what is no setting. */
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { addDays } from '@ishizue/clock';
import { mustSucceed } from '@ishizue/outcome';
import { parsePublicKeyInfo } from '@ishizue/x509';
import * as fc from 'fast-check';
import { makeHolderKey } from '../testing/holder-keys.ts';
import {
  CERTIFIED_KEYS,
  certifiedKeyOf,
  isKeyAllowed,
  publishedKeyTypes,
  readKeyTypes,
} from './key-types.ts';

const settings = (holder: string) => readKeyTypes({ holder, authority: '' });

test('RSA-2048 alone is certified where nothing is set, whatever the day', () => {
  for (const { holder, authority } of [publishedKeyTypes, mustSucceed(settings(' '), 'no setting')])
    for (const day of ['2016-01-01', '2026-11-23', '2099-12-31'])
      assert.deepEqual([holder.get(day), authority.get(day)], [['rsa-2048'], ['rsa-2048']]);
});

test('each kind is told from its key, and is allowed by the rule of the day in Tokyo', () => {
  const { holder } = mustSucceed(
    settings('2028-04-01=rsa-2048+p-256+p-384+ml-dsa-44+ml-dsa-65+ml-dsa-87'),
    'rules',
  );
  for (const kind of CERTIFIED_KEYS) {
    const key = mustSucceed(parsePublicKeyInfo(makeHolderKey(kind).publicKey), kind);
    assert.equal(certifiedKeyOf(key), kind);
    const before = Date.parse('2028-03-31T14:59:59Z');
    assert.equal(isKeyAllowed(holder, key, before), kind === 'rsa-2048', `${kind} on the eve`);
    assert.equal(isKeyAllowed(holder, key, before + 1_000), true, `${kind} on the day`);
  }
});

test('of any setting the version in force is the last that has begun', () => {
  const kinds = fc.uniqueArray(fc.constantFrom(...CERTIFIED_KEYS), { minLength: 1 });
  const versions = fc.array(fc.record({ days: fc.integer({ min: 1, max: 4_000 }), kinds }), { maxLength: 8 });
  fc.assert(
    fc.property(versions, fc.integer({ min: 0, max: 40_000 }), (drawn, ask) => {
      let last = '2016-01-01';
      const begun = drawn.map(({ days, kinds: names }) => ({ from: (last = addDays(last, days)), names }));
      const text = begun.map(({ from, names }) => `${from}=${names.join('+')}`).join(', ');
      const { holder } = mustSucceed(settings(text), text);
      const day = addDays('2016-01-01', ask);
      const expected = begun.findLast(({ from }) => from <= day)?.names ?? ['rsa-2048'];
      assert.deepEqual(holder.get(day), expected);
    }),
  );
});

test('what is no setting is refused', () => {
  const many = Array.from({ length: 17 }, (_, index) => `${2030 + index}-01-01=p-256`).join(',');
  for (const text of [
    'p-256',
    '2028-04-01',
    '2028-04-01=',
    '2028-04-01=p-256+',
    '2028-04-01=p-521',
    '2028-04-01=secret',
    '2028-02-30=p-256',
    '2028-04-01=p-256=p-384',
    '2028-04-01=p-256,2028-04-01=p-384',
    '2029-04-01=p-256,2028-04-01=p-384',
    '2016-01-01=p-256',
    many,
  ]) {
    const read = settings(text);
    assert.equal(!read.ok && read.failure.code, 'key-rule-invalid', text);
  }
});
