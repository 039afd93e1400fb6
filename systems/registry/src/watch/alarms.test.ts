import assert from 'node:assert/strict';
import { test } from 'node:test';
import { ledgerEntries, superuserOf } from '../testing/behind-the-scenes.ts';
import { testAccess, testCountry } from '../testing/index.ts';
import type { Reading } from './alarm-rules.ts';
import { acknowledgeAlarm, countAlarms, listAlarms, updateAlarms } from './alarms.ts';

const LINK = 'municipal/132217>prefectural/13:registry';
const lag: Reading = { code: 'link-lag', about: LINK, value: 1_000 };
const parked: Reading = { code: 'messages-parked', about: LINK, value: 2 };

test('an alarm is raised once, by whoever measures, stands until it is cleared, and is another one afterwards', async (t) => {
  const { context, clock } = await testCountry(t);
  const rounds = await Promise.all(Array.from({ length: 5 }, () => updateAlarms(context, [lag, parked])));
  assert.equal(rounds.flatMap(({ raised }) => raised).length, 2);
  clock.advance(60_000);
  assert.deepEqual(await updateAlarms(context, [lag, { ...parked, value: 9 }]), { raised: [], cleared: [] });
  const standing = await listAlarms(context, { limit: 10 });
  assert.deepEqual(
    standing.map(({ code, about, value, unit }) => [code, about, value, unit]),
    [
      ['messages-parked', LINK, 2, 'messages'],
      ['link-lag', LINK, 1_000, 'seconds'],
    ],
  );
  assert.deepEqual(
    (await updateAlarms(context, [lag])).cleared.map(({ code }) => code),
    ['messages-parked'],
  );
  assert.deepEqual(
    (await updateAlarms(context, [lag, parked])).raised.map(({ code }) => code),
    ['messages-parked'],
  );
  const all = await listAlarms(context, { limit: 10, withCleared: true });
  assert.deepEqual(all.map(({ code, clearedAt }) => `${code} ${clearedAt ? 'cleared' : 'stands'}`).sort(), [
    'link-lag stands',
    'messages-parked cleared',
    'messages-parked stands',
  ]);
});

test('an alarm is acknowledged once, by name and for a purpose; what is refused changes nothing, and all is on the ledger', async (t) => {
  const country = await testCountry(t);
  const { context } = country;
  const sql = superuserOf(t, country.database);
  await updateAlarms(context, [lag, parked]);
  const [first, second] = await listAlarms(context, { limit: 10 });
  assert.ok(first && second);
  const acknowledge = async (id: number, purpose: string): Promise<string> => {
    const done = await acknowledgeAlarm(context, testAccess, id, purpose);
    return done.ok ? 'ok' : done.failure.code;
  };
  for (const purpose of ['', '  ', 'x'.repeat(201), 'asked 24727059608', '番号１２３４５６７８９０の方'])
    assert.equal(await acknowledge(first.id, purpose), 'purpose-invalid', purpose);
  assert.equal(await acknowledge(9_999, 'line is being repaired'), 'alarm-unknown');
  assert.deepEqual(await listAlarms(context, { limit: 10 }), [first, second]);
  assert.equal(await acknowledge(first.id, 'line is being repaired'), 'ok');
  assert.equal(await acknowledge(first.id, 'again'), 'alarm-acknowledged');
  const counts = await countAlarms(context);
  assert.deepEqual(
    counts.find(({ code }) => code === 'messages-parked'),
    { code: 'messages-parked', standing: 1, unacknowledged: 0 },
  );
  // who has seen it keeps nobody from the next: those not acknowledged come first
  assert.deepEqual(
    (await listAlarms(context, { limit: 10 })).map(({ id, acknowledgedBy, purpose }) => [
      id,
      acknowledgedBy,
      purpose,
    ]),
    [
      [second.id, null, null],
      [first.id, 'o-test', 'line is being repaired'],
    ],
  );
  await updateAlarms(context, []);
  assert.equal(await acknowledge(second.id, 'late'), 'alarm-cleared');
  assert.deepEqual(
    (await ledgerEntries(sql)).filter(({ fields }) => fields.includes('alarm')).map(({ result }) => result),
    [
      ...Array.from({ length: 5 }, () => 'purpose-invalid'),
      'alarm-unknown',
      'ok',
      'alarm-acknowledged',
      'alarm-cleared',
    ],
  );
});
