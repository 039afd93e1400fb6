/**
 * A changed code and a move that overtake each other on different links: nobody has to act, and everybody ends where they
 * live, under the new code. Flow: docs/flows/code-change.md.
 */
import assert from 'node:assert/strict';
import { type TestContext, test } from 'node:test';
import type { Sql } from '@ishizue/db';
import { mustSucceed } from '@ishizue/outcome';
import type { CounterEvent } from '../municipal/decide-event.ts';
import { recordEvent } from '../municipal/record-event.ts';
import { openConflicts } from '../municipal/residence-conflicts.ts';
import {
  giveCodes,
  heldAbove,
  heldBackAt,
  holdLink,
  superuserOf,
  ticketsOf,
  until,
} from '../testing/behind-the-scenes.ts';
import { KAMAKURA, KIYOSE, sealed, type TestCountry, testAccess, testCountry } from '../testing/index.ts';
import { details, moveInWith } from '../testing/samples.ts';
import { WAITING_TICKET_CODES } from './waiting-codes.ts';

const CHIYODA = '131016';
const NUMBER = sealed('123456789018');

interface Stage {
  readonly country: TestCountry;
  readonly sql: Sql;
  /** Of a resident of Kiyose with a number. */
  readonly old: string;
  readonly record: (municipality: string, event: CounterEvent) => Promise<string>;
  /** What the server does every half minute. */
  readonly retry: () => Promise<number>;
}

async function stage(t: TestContext): Promise<Stage> {
  const country = await testCountry(t, { municipalities: [KIYOSE, CHIYODA, KAMAKURA] });
  for (const municipality of [KIYOSE, CHIYODA, KAMAKURA]) await giveCodes(country, municipality, 60);
  let requests = 0;
  const record = async (municipality: string, event: CounterEvent): Promise<string> => {
    const requestId = `order-${++requests}`;
    const recorded = await recordEvent(country.context, municipality, testAccess, requestId, event);
    return mustSucceed(recorded, event.reason).residentCode;
  };
  const retry = async (): Promise<number> =>
    (await country.receivers.retryWaiting(WAITING_TICKET_CODES)).applied;
  const old = await record(KIYOSE, moveInWith({ individualNumber: NUMBER, eventDate: '2026-10-01' }));
  await country.settle();
  return { country, sql: superuserOf(t, country.database), old, record, retry };
}

const change = (residentCode: string): CounterEvent => ({
  reason: 'resident-code-change',
  residentCode,
  eventDate: '2026-11-10',
});

const leave = (residentCode: string): CounterEvent => ({
  reason: 'move-out',
  residentCode,
  eventDate: '2026-11-12',
  destination: '引っ越し先',
});

for (const to of [KAMAKURA, CHIYODA])
  test(`who is entered in ${to} by the new code with the number before the change is heard of waits for it, and is let in`, async (t) => {
    const { country, sql, old, record } = await stage(t);
    const release = await holdLink(sql, `municipal/${KIYOSE}>prefectural/13:registry`);
    const residentCode = await record(KIYOSE, change(old));
    await record(KIYOSE, leave(residentCode));
    const entry = { residentCode, individualNumber: NUMBER, eventDate: '2026-11-12' };
    await record(to, moveInWith(entry));
    const building = '新館';
    await record(to, { reason: 'minor-correction', residentCode, eventDate: '2026-11-13', building });
    const from = to === KAMAKURA ? 'prefectural/14' : 'prefectural/13';
    const told = `national number-elsewhere ${to}>${KIYOSE}`;
    const conflicts = async (municipality: string): Promise<readonly string[]> =>
      (await openConflicts(country.context, municipality, testAccess)).map(
        ({ at, code, entering, holding }) => `${at} ${code} ${entering}>${holding}`,
      );
    await until(async () => (await conflicts(KIYOSE)).includes(told), 'the entry is held back at the nation');
    assert.deepEqual(await heldBackAt(sql, 'national'), [
      `${residentCode} ${to} 1 number-elsewhere`,
      `${residentCode} ${to} 2 behind-held`,
    ]);
    assert.equal((await heldAbove(sql, null, old))?.municipality, KIYOSE);
    await release();
    await country.settle();
    assert.deepEqual(await ticketsOf(country), []);
    assert.equal(await heldAbove(sql, null, old), undefined);
    for (const tier of [null, from.slice(-2)])
      assert.partialDeepStrictEqual(await heldAbove(sql, tier, residentCode), {
        municipality: to,
        status: 'resident',
        individualNumber: NUMBER,
        sequence: 2,
      });
    for (const site of ['national', 'prefectural/13', 'prefectural/14'])
      assert.deepEqual(await heldBackAt(sql, site), []);
    for (const municipality of [KIYOSE, to])
      assert.equal((await conflicts(municipality)).length, 0, 'a settled conflict is still shown');
  });

test('an entry with the number of somebody else is held back, told of, and undone without a trace', async (t) => {
  const { country, sql, old, record } = await stage(t);
  const before = await heldAbove(sql, null, old);
  const stranger = { ...details, name: '山田　太郎', birthDate: '1970-01-01' };
  const residentCode = await record(KAMAKURA, moveInWith({ individualNumber: NUMBER, details: stranger }));
  await country.settle();
  const open = async (municipality: string): Promise<number> =>
    (await openConflicts(country.context, municipality, testAccess)).length;
  assert.deepEqual([await open(KIYOSE), await open(KAMAKURA)], [1, 1]);
  assert.equal(await heldAbove(sql, null, residentCode), undefined);
  const basis = '個人番号の誤り';
  await record(KAMAKURA, { reason: 'undo', residentCode, eventDate: '2026-11-12', undoes: 1, basis });
  await country.settle();
  assert.deepEqual([await open(KIYOSE), await open(KAMAKURA)], [0, 0]);
  assert.deepEqual(await heldAbove(sql, null, old), before);
  assert.deepEqual(await heldBackAt(sql, 'national'), []);
  assert.deepEqual(await ticketsOf(country), []);
});

test('a change whose entry is held back follows it when it is let in', async (t) => {
  const { country, sql, old, record, retry } = await stage(t);
  for (const [to, site] of [
    [KAMAKURA, 'national'],
    [CHIYODA, 'prefectural/13'],
  ] as const) {
    const code = await record(KIYOSE, moveInWith({ details: { ...details, name: `人　${to}` } }));
    await country.settle();
    await record(to, moveInWith({ residentCode: code, details: { ...details, name: `人　${to}` } }));
    await country.settle();
    assert.deepEqual(await heldBackAt(sql, site), [`${code} ${to} 1 resident-elsewhere`]);
    const changed = await record(to, change(code));
    const building = '新館';
    await record(to, {
      reason: 'minor-correction',
      residentCode: changed,
      eventDate: '2026-11-13',
      building,
    });
    await country.settle();
    assert.equal((await ticketsOf(country)).filter((one) => one.endsWith('entry-held-back +1')).length, 1);
    assert.equal(await retry(), 0);
    await record(KIYOSE, leave(code));
    await country.settle();
    assert.ok((await retry()) > 0);
    await country.settle();
    assert.deepEqual(await ticketsOf(country), []);
    for (const tier of [null, to === KAMAKURA ? '14' : '13'])
      assert.partialDeepStrictEqual(await heldAbove(sql, tier, changed), { municipality: to, sequence: 3 });
    assert.equal(await heldAbove(sql, null, code), undefined);
    assert.deepEqual(await heldBackAt(sql, site), []);
  }
  assert.equal((await heldAbove(sql, null, old))?.municipality, KIYOSE, 'others are as they were');
});

test('another person’s code is not changed away while the conflict about it is open: it is undone and entered again', async (t) => {
  const { country, sql, old, record } = await stage(t);
  const stranger = { ...details, name: '山田　太郎', birthDate: '1970-01-01' };
  await record(KAMAKURA, moveInWith({ residentCode: old, details: stranger }));
  await country.settle();
  const stored = async (): Promise<number> =>
    (await sql`SELECT FROM registry.municipal_free_code WHERE municipality_code = ${KAMAKURA}`).count;
  const before = await stored();
  const refused = await recordEvent(country.context, KAMAKURA, testAccess, 'away', change(old));
  assert.equal(refused.ok ? 'recorded' : refused.failure.code, 'residence-conflict-open');
  assert.equal(await stored(), before);
  // whose code it is may change it
  const changed = await record(KIYOSE, change(old));
  await country.settle();
  assert.equal((await heldAbove(sql, null, changed))?.name, details.name);
});
