import assert from 'node:assert/strict';
import { test } from 'node:test';
import type { Sql } from '@ishizue/db';
import { mustSucceed } from '@ishizue/outcome';
import {
  atOnce,
  changesAbove,
  giveCodes,
  heldAbove,
  superuserOf,
  ticketsOf,
  wholeFile,
} from '../testing/behind-the-scenes.ts';
import { KAMAKURA, KIYOSE, testAccess, testCountry } from '../testing/index.ts';
import { address, anotherCode, birthWith, moveInWith } from '../testing/samples.ts';
import type { CounterEvent } from './decide-event.ts';
import { recordEvent } from './record-event.ts';

const country = await testCountry(wholeFile);
const sql = superuserOf(wholeFile, country.database);
await giveCodes(country, KIYOSE, 200);

const send = (requestId: string, event: CounterEvent, municipality = KIYOSE) =>
  recordEvent(country.context, municipality, testAccess, requestId, event);

const rowOf = (residentCode: string) => (tx: Sql) =>
  tx`SELECT 1 FROM registry.municipal_resident WHERE resident_code = ${residentCode} FOR UPDATE`;

test('ten copies of one request at once are recorded once and all get the same answer', async () => {
  const parent = mustSucceed(await send('parent of one', moveInWith()), 'parent');
  const [before] = await sql`SELECT count(*) AS codes FROM registry.municipal_free_code`;
  const birth = birthWith({ parentResidentCode: parent.residentCode });
  const answers = await atOnce(sql, rowOf(parent.residentCode), 10, () => send('same-request', birth));
  const [first] = answers;
  for (const answer of answers) assert.deepEqual(answer, first);
  assert.ok(first?.ok);
  await country.settle();
  const [count] = await sql`
    SELECT (SELECT count(*) FROM registry.municipal_event WHERE request_id = 'same-request') AS events,
      (SELECT count(*) FROM registry.municipal_resident WHERE name = ${birth.name}) AS children,
      (SELECT count(*) FROM registry.municipal_free_code) AS codes`;
  assert.deepEqual({ ...count }, { events: 1, children: 1, codes: before?.['codes'] - 1 });
  assert.deepEqual(await changesAbove(sql, null, first.value.residentCode), [`${KIYOSE} 1 birth`]);
});

test('the same request id at two municipalities is two requests', async () => {
  await giveCodes(country, KAMAKURA, 60);
  const answers = await Promise.all([send('one', moveInWith()), send('one', moveInWith(), KAMAKURA)]);
  const codes = answers.map((answer) => mustSucceed(answer, 'move-in').residentCode);
  assert.equal(new Set(codes).size, 2);
});

test('officers who change one person at once take turns, and all sites end with the last change', async () => {
  const { residentCode } = mustSucceed(await send('move-in', moveInWith()), 'move-in');
  const answers = await atOnce(sql, rowOf(residentCode), 8, (index) =>
    send(`move-${index}`, {
      reason: 'move-within',
      residentCode,
      eventDate: '2026-11-20',
      address: { ...address, lot: `${index + 1}番地` },
    }),
  );
  const sequences = answers.map((answer) => mustSucceed(answer, 'move-within').sequence);
  assert.deepEqual(
    sequences.toSorted((a, b) => a - b),
    [2, 3, 4, 5, 6, 7, 8, 9],
  );
  await country.settle();
  const last = sequences.indexOf(9) + 1;
  const expected = { sequence: 9, address: `東京都清瀬市中里五丁目${last}番地　中里荘203` };
  assert.partialDeepStrictEqual(await heldAbove(sql, '13', residentCode), expected);
  assert.partialDeepStrictEqual(await heldAbove(sql, null, residentCode), expected);
  const steps = await sql`
    SELECT after->>'lot' AS lot, lag(after->>'lot') OVER (ORDER BY sequence) AS previous, before->>'lot' AS before
    FROM registry.municipal_event WHERE after->>'residentCode' = ${residentCode} ORDER BY sequence`;
  assert.equal(steps.length, 9);
  for (const step of steps)
    assert.equal(step['before'], step['previous'], 'a change was decided on an old record');
});

test('a death and a move out at once: one is recorded, the other finds the record ended', async () => {
  for (let round = 0; round < 3; round++) {
    const { residentCode } = mustSucceed(await send(`in-${round}`, moveInWith()), 'move-in');
    const eventDate = '2026-11-20';
    const events: readonly CounterEvent[] = [
      { reason: 'death', residentCode, eventDate },
      { reason: 'move-out', residentCode, eventDate, destination: '海外' },
    ];
    const answers = await atOnce(sql, rowOf(residentCode), 2, (index) =>
      send(`request-${round}-${index}`, events[index] ?? assert.fail()),
    );
    const codes = answers.map((answer) => (answer.ok ? 'ok' : answer.failure.code));
    assert.deepEqual(codes.toSorted(), ['ok', 'resident-not-current']);
    await country.settle();
    const status = codes[0] === 'ok' ? 'deceased' : 'moved-out';
    assert.partialDeepStrictEqual(await heldAbove(sql, null, residentCode), { status, sequence: 2 });
  }
  assert.deepEqual(await ticketsOf(country), []);
});

test('one person declared at two counters at once moves in once', async () => {
  const residentCode = anotherCode();
  await send('before', moveInWith());
  const sending = (tx: Sql) => tx`SELECT 1 FROM link.counter FOR UPDATE`;
  const answers = await atOnce(sql, sending, 4, (index) =>
    send(`counter-${index}`, moveInWith({ residentCode })),
  );
  const codes = answers.map((answer) => (answer.ok ? 'ok' : answer.failure.code));
  assert.deepEqual(codes.toSorted(), ['ok', ...Array.from({ length: 3 }, () => 'resident-already-current')]);
  await country.settle();
  assert.deepEqual(await changesAbove(sql, null, residentCode), [`${KIYOSE} 1 move-in`]);
});

test('births at once get codes and numbers of their own', async () => {
  const parent = mustSucceed(await send('parent of twelve', moveInWith()), 'parent');
  const answers = await atOnce(sql, rowOf(parent.residentCode), 12, (index) =>
    send(`birth-${index}`, birthWith({ parentResidentCode: parent.residentCode, name: `髙橋　${index}` })),
  );
  const children = answers.map((answer) => mustSucceed(answer, 'birth'));
  assert.equal(new Set(children.map((child) => child.residentCode)).size, 12);
  assert.equal(new Set(children.map((child) => child.residentNumber)).size, 12);
  await country.settle();
  const [held] = await sql`SELECT count(*) AS count FROM registry.national_person
    WHERE resident_code = ANY(${children.map((child) => child.residentCode)})`;
  assert.equal(held?.['count'], 12);
});
