import assert from 'node:assert/strict';
import { test } from 'node:test';
import { inTransaction } from '@ishizue/db';
import { testDatabase } from '@ishizue/db/testing';
import { countEntries, entriesOfAffairs } from './entries-of-affairs.ts';
import type { LedgerEntry } from './leaf.ts';
import { type OwnPart, recordAlike } from './record-alike.ts';
import { ENTRIES_MAX, recordEntries } from './record-entries.ts';
import { entryOf, OWNERS, pseudonyms, SITE } from './testing/test-ledger.ts';

test('entries written alike are those written one by one, and are refused as those are', async (t) => {
  const database = await testDatabase(t, OWNERS);
  const {
    subject,
    result: _result,
    correlation: _correlation,
    ...common
  } = entryOf('a', {
    fields: ['a "quoted" \\ item', ','],
    affair: 'count-7',
  });
  const own: readonly OwnPart[] = [
    { subject, result: 'ok', correlation: 'c-1' },
    { subject: null, result: 'person-unknown', correlation: 'c-2' },
    { subject, result: 'ok', correlation: 'c-3' },
  ];
  const write = (site: string, given: readonly OwnPart[]): Promise<void> =>
    inTransaction(database.pool('counter'), { site }, (tx) => recordAlike(tx, common, given));
  const whole = own.map((part): LedgerEntry => ({ ...common, ...part }));
  await inTransaction(database.pool('counter'), { site: SITE }, (tx) => recordEntries(tx, whole));
  await write(SITE, own);
  await write(SITE, []);
  const number = '123456789012';
  await assert.rejects(
    write(SITE, [{ subject, result: 'ok', correlation: number }]),
    (error) =>
      error instanceof Error && /number in clear/.test(error.message) && !String(error).includes(number),
  );
  await assert.rejects(write('national', own), { code: '42501' });
  const tooMany = Array.from({ length: ENTRIES_MAX + 1 }, () => ({
    subject,
    result: 'ok',
    correlation: 'c',
  }));
  await assert.rejects(write(SITE, tooMany), /10001 entries/);

  const ledger = database.pool('ledger');
  const asked = { affairPrefix: 'count-', result: 'ok', limit: 3 };
  const first = await entriesOfAffairs(ledger, SITE, [pseudonyms.of(SITE, 'a')], asked);
  const rest = await entriesOfAffairs(ledger, SITE, [pseudonyms.of(SITE, 'a')], {
    ...asked,
    before: first.next,
  });
  const expected = [whole[2], whole[0], whole[2], whole[0]];
  assert.deepEqual(
    [...first.entries, ...rest.entries].map(({ salt: _salt, ...entry }) => entry),
    expected,
  );
  assert.equal(rest.next, undefined);
  const at = common.at;
  const countOf = (from: number, until: number) =>
    countEntries(ledger, SITE, { affairPrefix: 'count-', from: new Date(from), until: new Date(until) });
  assert.deepEqual(
    (await countOf(at, at + 1)).map(({ result, count }) => `${result} ${count}`),
    ['ok 4', 'person-unknown 2'],
  );
  assert.deepEqual(await countOf(at - 1, at), []);
});
