import assert from 'node:assert/strict';
import { test } from 'node:test';
import type { Sql } from '@ishizue/db';
import { mustSucceed } from '@ishizue/outcome';
import { IDENTITY_CHANGED, type IdentityChanged } from '../identity/identity-changed.ts';
import { importRegister } from '../import/import-register.ts';
import type { CounterEvent } from '../municipal/decide-event.ts';
import { recordEvent } from '../municipal/record-event.ts';
import {
  changesAbove,
  countWaiting,
  everything,
  giveCodes,
  heldAbove,
  heldBackAt,
  holdLink,
  keepLocked,
  ledgerEntries,
  sendRaw,
  superuserOf,
  ticketsOf,
  until,
  writeRaw,
} from '../testing/behind-the-scenes.ts';
import {
  KAMAKURA,
  KIYOSE,
  registerFile,
  type TestCountry,
  testAccess,
  testCountry,
} from '../testing/index.ts';
import { anotherCode, moveInWith, noticeWith } from '../testing/samples.ts';
import { sealed } from '../testing/test-number-cipher.ts';

const KIYOSE_LINK = 'municipal/132217>prefectural/13:registry';
const KAMAKURA_LINK = 'municipal/142042>prefectural/14:registry';
const TOKYO_LINK = 'prefectural/13>national:registry';
const KANAGAWA_LINK = 'prefectural/14>national:registry';

const message = (link: string, body: object, subject = 'somebody') => ({
  link,
  subject,
  topic: IDENTITY_CHANGED,
  body,
});

let requests = 0;
const record = async (country: TestCountry, municipality: string, event: CounterEvent) =>
  mustSucceed(
    await recordEvent(country.context, municipality, testAccess, `request-${++requests}`, event),
    event.reason,
  );

/** A move from Kiyose to Kamakura of which one link tells later; what all upper sites hold in the end. */
async function moveAcross(country: TestCountry, sql: Sql, slowLink: string): Promise<readonly object[]> {
  const { residentCode } = await record(country, KIYOSE, moveInWith({ eventDate: '2026-10-01' }));
  await country.settle();
  const release = await holdLink(sql, slowLink);
  const eventDate = '2026-11-15';
  await record(country, KIYOSE, { reason: 'move-out', residentCode, eventDate, destination: '鎌倉市' });
  await record(country, KAMAKURA, moveInWith({ residentCode, eventDate: '2026-11-16' }));
  await until(
    async () =>
      slowLink === KIYOSE_LINK
        ? (await heldBackAt(sql, 'national')).length > 0
        : (await changesAbove(sql, null, residentCode)).includes(`${KIYOSE} 2 move-out`),
    'the faster notice is at the national site',
  );
  await release();
  await country.settle();
  const rows = await sql`
    SELECT 'national' AS site, to_jsonb(n) - 'resident_code' AS person FROM registry.national_person n
    WHERE resident_code = ${residentCode}
    UNION ALL SELECT prefecture_code, to_jsonb(p) - 'resident_code' FROM registry.prefectural_person p
    WHERE resident_code = ${residentCode} ORDER BY 1`;
  assert.deepEqual(await changesAbove(sql, null, residentCode), [
    `${KIYOSE} 1 move-in`,
    `${KIYOSE} 2 move-out`,
    `${KAMAKURA} 1 move-in`,
  ]);
  return rows.map((row) => ({ ...row }));
}

test('a move between prefectures ends the same whether the move in or the move out is heard of first', async (t) => {
  const country = await testCountry(t);
  const sql = superuserOf(t, country.database);
  await giveCodes(country, KIYOSE, 60);
  await giveCodes(country, KAMAKURA, 60);
  const moveOutLate = await moveAcross(country, sql, KIYOSE_LINK);
  const moveInLate = await moveAcross(country, sql, KAMAKURA_LINK);
  assert.deepEqual(await heldBackAt(sql, 'national'), []);
  assert.deepEqual(moveOutLate, moveInLate);
  const person = (municipality_code: string, status: string) => ({ person: { municipality_code, status } });
  assert.partialDeepStrictEqual(moveOutLate, [
    { site: '13', ...person(KIYOSE, 'moved-out') },
    { site: '14', ...person(KAMAKURA, 'resident') },
    { site: 'national', ...person(KAMAKURA, 'resident') },
  ]);
  assert.deepEqual(await ticketsOf(country), []);
});

async function load(country: TestCountry, municipality: string, codes: readonly string[]): Promise<void> {
  const rows = codes.map((resident_code, index) => ({
    resident_number: String(index + 1),
    household_number: String(index + 1),
    resident_code,
  }));
  const session = country.database.session('registry');
  async function* text(): AsyncGenerator<string> {
    yield registerFile(rows);
  }
  const outcome = await importRegister(country.context, {
    municipality,
    text: text(),
    access: testAccess,
    session,
    reject: (row) => assert.fail(`row ${row.row} is rejected`),
  });
  await session.end();
  assert.equal(mustSucceed(outcome, 'import').loaded, codes.length);
  await country.settle();
}

test('a load of someone who is a resident elsewhere is held back; the others of the load go on', async (t) => {
  const country = await testCountry(t);
  const sql = superuserOf(t, country.database);
  const codes = [anotherCode(), anotherCode(), anotherCode(), anotherCode()] as const;
  await load(country, KIYOSE, [codes[0], codes[1]]);
  await load(country, KAMAKURA, [codes[2], codes[1], codes[3]]);
  assert.deepEqual(await ticketsOf(country), []);
  assert.deepEqual(await heldBackAt(sql, 'national'), [`${codes[1]} ${KAMAKURA} 1 resident-elsewhere`]);
  const held = await Promise.all(codes.map((code) => heldAbove(sql, null, code)));
  assert.deepEqual(
    held.map((person) => person?.municipality),
    [KIYOSE, KIYOSE, KAMAKURA, KAMAKURA],
  );
  assert.deepEqual(await changesAbove(sql, null, codes[1]), [`${KIYOSE} 1 initial-load`]);
});

test('a correction by a municipality that the person has left is parked, and what follows it waits', async (t) => {
  const country = await testCountry(t);
  const sql = superuserOf(t, country.database);
  const residentCode = anotherCode();
  const send = (...notices: readonly Partial<IdentityChanged>[]) =>
    sendRaw(
      country,
      notices.map((notice) =>
        message(
          notice.municipality === KAMAKURA ? KAMAKURA_LINK : KIYOSE_LINK,
          noticeWith({ residentCode, ...notice }),
          residentCode,
        ),
      ),
    );
  await send({ sequence: 1 }, { sequence: 2, reason: 'move-out', status: 'moved-out' });
  await send({ municipality: KAMAKURA, sequence: 1, eventDate: '2026-11-11' });
  const before = await heldAbove(sql, null, residentCode);
  assert.equal(before?.municipality, KAMAKURA);
  const late = { reason: 'minor-correction', eventDate: '2026-11-12' } as const;
  await send({ ...late, sequence: 3 }, { ...late, sequence: 4 });
  assert.deepEqual(await ticketsOf(country), [`${TOKYO_LINK} resident-elsewhere +1`]);
  assert.deepEqual(await heldAbove(sql, null, residentCode), before);
});

test('a site that speaks for a municipality that is not its own is refused, at both tiers', async (t) => {
  const country = await testCountry(t, { municipalities: [KIYOSE, KAMAKURA, '131016'] });
  const sql = superuserOf(t, country.database);
  const before = await everything(sql);
  const forged: readonly (readonly [link: string, municipality: string])[] = [
    [KIYOSE_LINK, KAMAKURA], // of another prefecture
    [KIYOSE_LINK, '131016'], // of the same prefecture
    [KIYOSE_LINK, '999999'], // no municipality
    [KIYOSE_LINK, '130001'], // a prefecture
    [TOKYO_LINK, KAMAKURA],
    [TOKYO_LINK, '999999'],
  ];
  await sendRaw(
    country,
    forged.map(([link, municipality], index) =>
      message(link, noticeWith({ municipality }), `subject ${index}`),
    ),
  );
  assert.deepEqual(
    await ticketsOf(country),
    forged.map(([link]) => `${link} municipality-not-of-site`).toSorted(),
  );
  const after = await everything(sql);
  for (const [table, rows] of Object.entries(before))
    if (table.startsWith('registry.')) assert.deepEqual(after[table], rows, table);
  assert.deepEqual(await ledgerEntries(sql), []);
});

test('a notice that is not in the agreed form is parked, and the sound ones in its envelope are applied', async (t) => {
  const country = await testCountry(t);
  const sql = superuserOf(t, country.database);
  const { name, ...nameless } = noticeWith();
  const malformed: readonly object[] = [
    {},
    [],
    nameless,
    { ...noticeWith(), name: '' },
    { ...noticeWith(), nickname: name },
    { ...noticeWith(), residentCode: '2472705960' },
    { ...noticeWith(), residentCode: 24_727_059_608 },
    { ...noticeWith(), sequence: 0 },
    { ...noticeWith(), sequence: 1.5 },
    { ...noticeWith(), reason: 'resurrection' },
    { ...noticeWith(), status: 'ghost' },
    { ...noticeWith(), eventDate: '2026-02-30' },
    { ...noticeWith(), birthDate: '1990-5-6' },
    { ...noticeWith(), sex: 4 },
    { ...noticeWith(), address: '' },
    { ...noticeWith(), address: '長'.repeat(401) },
    { ...noticeWith(), individualNumber: '12345678901' },
    { ...noticeWith(), municipality: '13221' },
  ];
  const sound = [anotherCode(), anotherCode()];
  const [first, second] = sound.map((residentCode) =>
    message(KIYOSE_LINK, noticeWith({ residentCode }), residentCode),
  );
  assert.ok(first && second);
  const bad = malformed.map((body, index) => message(KIYOSE_LINK, body, `subject ${index}`));
  await sendRaw(country, [first, ...bad, second]);
  assert.deepEqual(
    await ticketsOf(country),
    malformed.map(() => `${KIYOSE_LINK} identity-body-invalid`),
  );
  for (const code of sound) assert.ok(await heldAbove(sql, null, code));
  const [count] = await sql`SELECT count(*) AS count FROM registry.prefectural_person`;
  assert.equal(count?.['count'], 2);
});

test('many notices of one person in one envelope are applied one after another', async (t) => {
  const country = await testCountry(t);
  const sql = superuserOf(t, country.database);
  const persons = [anotherCode(), anotherCode(), anotherCode()];
  const release = await holdLink(sql, KIYOSE_LINK);
  await writeRaw(
    country,
    Array.from({ length: 30 }, (_, index) => {
      const residentCode = persons[index % 3] ?? '';
      const sequence = Math.floor(index / 3) + 1;
      const reason = sequence === 1 ? 'move-in' : 'minor-correction';
      const address = `東京都清瀬市${sequence}番地`;
      return message(KIYOSE_LINK, noticeWith({ residentCode, sequence, reason, address }), residentCode);
    }),
  );
  country.wake();
  await release();
  await country.settle();
  for (const residentCode of persons)
    for (const tier of ['13', null]) {
      assert.partialDeepStrictEqual(await heldAbove(sql, tier, residentCode), {
        sequence: 10,
        address: '東京都清瀬市10番地',
      });
      assert.equal((await changesAbove(sql, tier, residentCode)).length, 10);
    }
  assert.deepEqual(await ticketsOf(country), []);
});

test('two links that enter the same unknown person at once: one is tried again and decides on what the other left', async (t) => {
  const country = await testCountry(t);
  const sql = superuserOf(t, country.database);
  for (let round = 0; round < 2; round++) {
    const residentCode = anotherCode();
    const first: Partial<IdentityChanged> = { residentCode, municipality: KIYOSE, eventDate: '2026-11-01' };
    const second: Partial<IdentityChanged> = {
      residentCode,
      municipality: KAMAKURA,
      eventDate: '2026-11-10',
    };
    // both receipts look, find nobody, and only then may either finish
    const release = await keepLocked(sql, (tx) => tx`LOCK TABLE registry.national_change IN SHARE MODE`);
    await writeRaw(country, [
      message(TOKYO_LINK, noticeWith(first), residentCode),
      message(KANAGAWA_LINK, noticeWith(second), residentCode),
    ]);
    country.wake();
    await until(async () => (await countWaiting(sql)) >= 2, 'both receipts are under way');
    await release();
    await country.settle();
    const left = { ...first, sequence: 2, reason: 'move-out', status: 'moved-out' } as const;
    await sendRaw(country, [message(TOKYO_LINK, noticeWith(left), residentCode)]);
    assert.partialDeepStrictEqual(await heldAbove(sql, null, residentCode), { municipality: KAMAKURA });
    assert.deepEqual(await changesAbove(sql, null, residentCode), [
      `${KIYOSE} 1 move-in`,
      `${KIYOSE} 2 move-out`,
      `${KAMAKURA} 1 move-in`,
    ]);
  }
  assert.deepEqual(await ticketsOf(country), []);
});

test('an entry with a number that another code has is held back at the national site', async (t) => {
  const country = await testCountry(t);
  const sql = superuserOf(t, country.database);
  const [one, other] = [anotherCode(), anotherCode()];
  const individualNumber = sealed('123456789018');
  const link = TOKYO_LINK;
  await sendRaw(country, [message(link, noticeWith({ residentCode: one, individualNumber }), one)]);
  await sendRaw(country, [message(link, noticeWith({ residentCode: other, individualNumber }), other)]);
  assert.deepEqual(await heldBackAt(sql, 'national'), [`${other} ${KIYOSE} 1 number-elsewhere`]);
  assert.deepEqual(await ticketsOf(country), []);
  assert.equal((await heldAbove(sql, null, one))?.individualNumber, individualNumber);
  assert.equal(await heldAbove(sql, null, other), undefined);
});
