/** Codes in a store that a register brings which is loaded later, on real links and PostgreSQL. Flow: docs/flows/code-change.md. */
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
  ledgerEntries,
  sendRaw,
  superuserOf,
  ticketsOf,
  until,
} from '../testing/behind-the-scenes.ts';
import { KAMAKURA, KIYOSE, type TestCountry, testAccess, testCountry } from '../testing/index.ts';
import { loadRegister } from '../testing/load-register.ts';
import { birthWith, moveInWith } from '../testing/samples.ts';
import { RESIDENT_CODE_RECALL, RESIDENT_CODE_RECALLED } from './recall-codes.ts';

const CHIYODA = '131016';
const LOADED = '石川　遥';

interface Stage {
  readonly country: TestCountry;
  readonly sql: Sql;
  readonly parent: string;
}

async function stage(t: TestContext): Promise<Stage> {
  const country = await testCountry(t, { municipalities: [KIYOSE, CHIYODA, KAMAKURA] });
  for (const municipality of [KIYOSE, KAMAKURA, CHIYODA]) await giveCodes(country, municipality, 60);
  const parent = await recordEvent(country.context, KIYOSE, testAccess, 'parent', moveInWith());
  await country.settle();
  const { residentCode } = mustSucceed(parent, 'the parent');
  return { country, sql: superuserOf(t, country.database), parent: residentCode };
}

/** The codes that Kiyose's store gives next. */
async function nextCodes(sql: Sql, count: number): Promise<readonly string[]> {
  const rows = await sql<{ code: string }[]>`
    SELECT resident_code AS code FROM registry.municipal_free_code WHERE municipality_code = ${KIYOSE}
    ORDER BY position LIMIT ${count}`;
  return rows.map(({ code }) => code);
}

const allotted = async (sql: Sql, code: string): Promise<number> =>
  (await sql`SELECT FROM registry.national_allotted_code WHERE resident_code = ${code}`).count;

const rowsWith = (codes: readonly string[]) =>
  codes.map((resident_code, nth) => ({
    resident_code,
    resident_number: String(nth + 1),
    household_number: String(nth + 1),
    name: LOADED,
  }));

test('codes that a later register brings leave the store that had them free, once, and are never given there', async (t) => {
  const { country, sql, parent } = await stage(t);
  const codes = await nextCodes(sql, 3);
  const [untouched = ''] = (await nextCodes(sql, 4)).slice(3);
  const skip = (await ledgerEntries(sql)).length;
  await loadRegister(country, KAMAKURA, rowsWith(codes));
  await country.settle();
  assert.deepEqual(await nextCodes(sql, 1), [untouched]);
  for (const code of codes) assert.equal(await allotted(sql, code), 0);
  assert.equal(await allotted(sql, untouched), 1);
  const entries = (await ledgerEntries(sql, skip)).filter(({ row }) => row.includes('resident-code-recall'));
  const subjects = (site: string) =>
    codes.map((code) => country.pseudonyms.of(site, code).toString('hex')).sort();
  for (const [site, result] of [
    [`municipal/${KIYOSE}`, 'withdrawn'],
    ['national', 'ok'],
    ['national', 'withdrawn'],
  ] as const) {
    const some = entries.filter((entry) => entry.site === site && entry.result === result);
    assert.deepEqual(some.map(({ subject }) => subject ?? '').sort(), subjects(site), `${site} ${result}`);
  }
  const birth = await recordEvent(
    country.context,
    KIYOSE,
    testAccess,
    'b',
    birthWith({ parentResidentCode: parent }),
  );
  assert.equal(mustSucceed(birth, 'the birth').residentCode, untouched);
  await country.settle();
  assert.equal(await allotted(sql, untouched), 0, 'its municipality has spoken of it');
  // the same file again, and an allotment that comes twice
  await loadRegister(country, KAMAKURA, rowsWith(codes));
  await country.settle();
  assert.deepEqual(await heldBackAt(sql, 'national'), []);
  assert.deepEqual(await ticketsOf(country), []);
});

for (const [elsewhere, birthIsHeardFirst] of [
  [KAMAKURA, true],
  [KAMAKURA, false],
  [CHIYODA, true],
  [CHIYODA, false],
] as const)
  test(`a newborn with a code that ${elsewhere} loads (${birthIsHeardFirst ? 'heard of before' : 'heard of after'}) gets another by undo and entry again`, async (t) => {
    const { country, sql, parent } = await stage(t);
    const [code = ''] = await nextCodes(sql, 1);
    let requests = 0;
    const record = async (event: CounterEvent) => {
      const result = await recordEvent(country.context, KIYOSE, testAccess, `r-${++requests}`, event);
      return mustSucceed(result, event.reason);
    };
    const release = birthIsHeardFirst
      ? undefined
      : await holdLink(sql, `municipal/${KIYOSE}>prefectural/13:registry`);
    const birth = birthWith({ parentResidentCode: parent });
    assert.equal((await record(birth)).residentCode, code);
    if (birthIsHeardFirst) await country.settle();
    await loadRegister(country, elsewhere, rowsWith([code]));
    if (release)
      await until(async () => (await heldAbove(sql, null, code)) !== undefined, 'the load is heard of');
    await release?.();
    await country.settle();
    const site = elsewhere === CHIYODA ? 'prefectural/13' : 'national';
    const [entering, holding] = birthIsHeardFirst ? [elsewhere, KIYOSE] : [KIYOSE, elsewhere];
    const reason = birthIsHeardFirst ? 'identity-differs' : 'resident-code-taken';
    for (const municipality of [KIYOSE, elsewhere]) {
      const told = await openConflicts(country.context, municipality, testAccess);
      assert.deepEqual(
        told.map((one) => [one.at, one.code, one.entering, one.holding]),
        [[site, reason, entering, holding]],
      );
    }
    const basis = '住民票コードの重複';
    await record({ reason: 'undo', residentCode: code, eventDate: '2026-11-20', undoes: 1, basis });
    const again = await record(birth);
    await country.settle();
    assert.notEqual(again.residentCode, code);
    const tierOf = elsewhere === CHIYODA ? '13' : '14';
    for (const [tier, residentCode, name, municipality] of [
      [tierOf, code, LOADED, elsewhere],
      [null, code, LOADED, elsewhere],
      ['13', again.residentCode, birth.name, KIYOSE],
      [null, again.residentCode, birth.name, KIYOSE],
    ] as const)
      assert.partialDeepStrictEqual(await heldAbove(sql, tier, residentCode), {
        name,
        municipality,
        status: 'resident',
      });
    for (const municipality of [KIYOSE, elsewhere])
      assert.equal((await openConflicts(country.context, municipality, testAccess)).length, 0);
    for (const one of ['national', 'prefectural/13', 'prefectural/14'])
      assert.deepEqual(await heldBackAt(sql, one), []);
    assert.deepEqual(await ticketsOf(country), []);
  });

test('a recall that is not the national site’s, and an answer for another’s codes, change nothing', async (t) => {
  const { country, sql } = await stage(t);
  const [residentCode = ''] = await nextCodes(sql, 1);
  const recall = { subject: KIYOSE, topic: RESIDENT_CODE_RECALL };
  const recalled = { subject: residentCode, topic: RESIDENT_CODE_RECALLED };
  const ours = { municipality: KIYOSE, residentCode };
  await sendRaw(country, [
    { ...recall, link: `prefectural/13>municipal/${KIYOSE}:registry`, body: ours },
    { ...recall, link: `national>municipal/${KAMAKURA}:registry`, body: ours },
    { ...recall, link: `national>municipal/${KIYOSE}:registry`, body: { ...ours, residentCode: 'x' } },
    { ...recalled, link: `municipal/${KAMAKURA}>national:registry`, body: { ...ours, state: 'withdrawn' } },
    { ...recalled, link: `municipal/${KIYOSE}>national:registry`, body: { ...ours, state: 'gone' } },
  ]);
  assert.deepEqual(
    (await ticketsOf(country)).map((ticket) => ticket.split(' ')[1]),
    Array.from({ length: 5 }, () => 'recall-invalid'),
  );
  assert.deepEqual(await nextCodes(sql, 1), [residentCode]);
  assert.equal(await allotted(sql, residentCode), 1);
});
