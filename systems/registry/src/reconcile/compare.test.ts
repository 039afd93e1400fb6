import assert from 'node:assert/strict';
import { type TestContext, test } from 'node:test';
import { setTimeout as sleep } from 'node:timers/promises';
import { inTransaction, type Sql } from '@ishizue/db';
import { mustSucceed } from '@ishizue/outcome';
import { importRegister } from '../import/import-register.ts';
import { recordEvent } from '../municipal/record-event.ts';
import { municipalSite, NATIONAL_SITE, prefecturalSite } from '../registry-context.ts';
import {
  everything,
  giveCodes,
  holdLink,
  ledgerEntries,
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
import { anotherCode, moveInWith } from '../testing/samples.ts';
import { type ComparisonState, comparisonState, startComparison } from './compare.ts';
import { listDifferences } from './differences.ts';
import { identityDigest } from './digest-tree.ts';
import { openHolding, readPersons } from './holding.ts';
import { RECONCILE_QUESTION } from './messages.ts';
import { repairDifferences } from './repair.ts';

const CITY = municipalSite(KIYOSE);
const TOKYO = prefecturalSite('13');
const atCity = { site: CITY, municipality: KIYOSE };
const atTokyo = { site: TOKYO, municipality: KIYOSE };

interface Planted {
  readonly country: TestCountry;
  readonly sql: Sql;
  readonly codes: readonly string[];
}

/** Kiyose with loaded residents at all three tiers; Kamakura with a few of its own. */
async function enrolled(t: TestContext, residents: number): Promise<Planted> {
  const country = await testCountry(t);
  const codes = Array.from({ length: residents }, anotherCode);
  await load(country, KIYOSE, codes);
  await load(country, KAMAKURA, Array.from({ length: 5 }, anotherCode));
  return { country, sql: superuserOf(t, country.database), codes };
}

async function load(country: TestCountry, municipality: string, codes: readonly string[]): Promise<void> {
  const rows = codes.map((resident_code, index) => ({
    resident_number: String(index + 1),
    household_number: String(index + 1),
    resident_code,
    building: index % 3 === 0 ? '中里荘203' : '',
    alias: index % 5 === 0 ? '別名' : '',
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
    reject: (row) => assert.fail(`row ${row.row} is rejected: ${row.code}`),
  });
  await session.end();
  assert.equal(mustSucceed(outcome, 'import').loaded, codes.length);
  await country.settle();
}

/** Runs a comparison to its end. */
async function compared(country: TestCountry, place: typeof atCity): Promise<ComparisonState> {
  const runId = mustSucceed(await startComparison(country.context, testAccess, place), 'start');
  await country.settle();
  const [state] = await comparisonState(country.context, place, runId);
  return state ?? assert.fail('the run is gone');
}

async function differences(country: TestCountry, place: typeof atCity): Promise<readonly string[]> {
  const found = await listDifferences(country.context, testAccess, place);
  return found.map(({ residentCode, kind, state }) => `${residentCode} ${state} ${kind}`).sort();
}

/** All rows of persons, changes and events, without the tables of comparisons and links. */
async function registers(sql: Sql): Promise<Readonly<Record<string, readonly string[]>>> {
  const all = Object.entries(await everything(sql));
  // when a change was written (its transaction and position, the seventh and eighth column) is not what the register says
  const withoutPlace = (row: string): string => row.replace(/^((?:[^,]*,){6})\d+,\d+,/, '$1');
  return Object.fromEntries(
    all
      .filter(([name]) => /_(resident|event|person|change)$/.test(name))
      .map(([name, rows]) => [name, name === 'registry.national_change' ? rows.map(withoutPlace) : rows]),
  );
}

test('the digest in SQL is the digest of the notice, at every tier', async (t) => {
  const { country, codes } = await enrolled(t, 20);
  const { residentCode } = await moveIn(country, 'one');
  await country.settle();
  const notices = await noticesHeld(superuserOf(t, country.database));
  for (const site of [CITY, TOKYO, NATIONAL_SITE]) {
    const persons = await inTransaction(country.context.sql, { site }, async (tx) =>
      readPersons(tx, await openHolding(tx, country.context, site, KIYOSE), ['']),
    );
    assert.deepEqual(persons.map((person) => person.residentCode).sort(), [...codes, residentCode].sort());
    for (const person of persons) assert.equal(person.digest, notices.get(person.residentCode), site);
  }
});

async function moveIn(country: TestCountry, request: string) {
  await giveCodes(country, KIYOSE, 60);
  return mustSucceed(
    await recordEvent(country.context, KIYOSE, testAccess, request, moveInWith()),
    'move-in',
  );
}

async function noticesHeld(sql: Sql): Promise<ReadonlyMap<string, string>> {
  const rows = await sql<Parameters<typeof identityDigest>[0][]>`
    SELECT resident_code AS "residentCode", municipality_code AS municipality, sequence, status, name,
      former_surname AS "formerSurname", alias, birth_date AS "birthDate", sex, address,
      individual_number AS "individualNumber"
    FROM registry.national_person`;
  return new Map(rows.map((row) => [row.residentCode, identityDigest(row)]));
}

test('equal tiers agree on one digest, and nobody is looked at', async (t) => {
  const { country, sql, codes } = await enrolled(t, 300);
  const before = (await ledgerEntries(sql)).length;
  for (const place of [atCity, atTokyo]) {
    const state = await compared(country, place);
    assert.partialDeepStrictEqual(state, {
      phase: 'done',
      persons: codes.length,
      digestsMoved: 1,
      suspects: 0,
      differences: 0,
    });
  }
  const entries = (await ledgerEntries(sql)).slice(before);
  assert.deepEqual(
    entries.map(({ site, subject }) => `${site} ${subject}`),
    [`${CITY} null`, `${TOKYO} null`, `${TOKYO} null`, 'national null'],
  );
  const [left] = await sql`SELECT count(*) AS count FROM registry.reconcile_node`;
  assert.equal(left?.['count'], 0, 'both ends forget their trees');
});

test('what was altered, deleted, aged or moved behind the prefecture’s back is found, repaired, and nothing else touched', async (t) => {
  const { country, sql, codes } = await enrolled(t, 400);
  const whole = await registers(sql);
  const [altered = '', deleted = '', stale = '', moved = '', ended = ''] = codes;
  await sql`UPDATE registry.prefectural_person SET name = '別人　某' WHERE resident_code = ${altered}`;
  await sql`DELETE FROM registry.prefectural_person WHERE resident_code = ${deleted}`;
  await sql`UPDATE registry.prefectural_person SET sequence = 0, alias = '古' WHERE resident_code = ${stale}`;
  await sql`UPDATE registry.prefectural_person SET municipality_code = '131016' WHERE resident_code = ${moved}`;
  await sql`UPDATE registry.prefectural_person SET status = 'moved-out', retained_until = '2176-01-01' WHERE resident_code = ${ended}`;
  const state = await compared(country, atCity);
  assert.partialDeepStrictEqual(state, { phase: 'done', suspects: 5, differences: 5 });
  assert.deepEqual(
    await differences(country, atCity),
    [
      `${altered} open content-differs`,
      `${deleted} open missing-above`,
      `${ended} open content-differs`,
      `${moved} open held-elsewhere`,
      `${stale} open stale-above`,
    ].sort(),
  );
  assert.equal(await repairDifferences(country.context, testAccess, atCity), 5);
  await country.settle();
  assert.deepEqual(await differences(country, atCity), [`${moved} standing held-elsewhere`]);
  await sql`UPDATE registry.prefectural_person SET municipality_code = ${KIYOSE} WHERE resident_code = ${moved}`;
  assert.equal(await repairDifferences(country.context, testAccess, { ...atCity, state: 'standing' }), 1);
  await country.settle();
  assert.deepEqual(await differences(country, atCity), []);
  assert.deepEqual(await registers(sql), whole);
  assert.deepEqual(await ticketsOf(country), []);
  assert.partialDeepStrictEqual(await compared(country, atCity), { digestsMoved: 1, differences: 0 });
});

test('a difference between prefecture and nation is repaired by the municipality, whichever of the two is wrong', async (t) => {
  const { country, sql, codes } = await enrolled(t, 100);
  const whole = await registers(sql);
  const [wrongAbove = '', wrongBelow = '', goneBelow = ''] = codes;
  await sql`UPDATE registry.national_person SET birth_date = '1999-12-31' WHERE resident_code = ${wrongAbove}`;
  await sql`UPDATE registry.prefectural_person SET sex = 3 WHERE resident_code = ${wrongBelow}`;
  await sql`DELETE FROM registry.prefectural_person WHERE resident_code = ${goneBelow}`;
  assert.equal((await compared(country, atTokyo)).differences, 3);
  assert.deepEqual(
    await differences(country, atTokyo),
    [
      `${wrongAbove} open content-differs`,
      `${wrongBelow} open content-differs`,
      `${goneBelow} open missing-below`,
    ].sort(),
  );
  await repairDifferences(country.context, testAccess, atTokyo);
  await country.settle();
  assert.deepEqual(await differences(country, atTokyo), []);
  assert.deepEqual(await registers(sql), whole);
});

test('a person of whom the municipality has no record stands until an officer strikes them, and is struck at every tier', async (t) => {
  const { country, sql, codes } = await enrolled(t, 50);
  const stranger = anotherCode();
  for (const table of ['prefectural_person', 'national_person'])
    await sql`
      INSERT INTO registry.${sql(table)}
      SELECT (jsonb_populate_record(p, jsonb_build_object('resident_code', ${stranger}::text))).*
      FROM registry.${sql(table)} p WHERE resident_code = ${codes[0] ?? ''}`;
  await compared(country, atCity);
  assert.deepEqual(await differences(country, atCity), [`${stranger} open missing-below`]);
  await repairDifferences(country.context, testAccess, atCity);
  await country.settle();
  assert.deepEqual(await differences(country, atCity), [`${stranger} standing missing-below`]);
  const [kept] = await sql`SELECT status FROM registry.prefectural_person WHERE resident_code = ${stranger}`;
  assert.equal(kept?.['status'], 'resident', 'a resend strikes nobody');
  const strike = { ...atCity, state: 'standing', isWithdrawal: true } as const;
  assert.equal(await repairDifferences(country.context, testAccess, strike), 1);
  await country.settle();
  assert.deepEqual(await differences(country, atCity), []);
  const struck = await sql`
    SELECT status FROM registry.prefectural_person WHERE resident_code = ${stranger}
    UNION ALL SELECT status FROM registry.national_person WHERE resident_code = ${stranger}`;
  assert.deepEqual(
    struck.map((row) => row['status']),
    ['removed', 'removed'],
  );
  assert.equal((await compared(country, atTokyo)).differences, 0);
});

test('the municipality that lost a record and one whose record is older than the prefecture’s are told, and nothing is mended downwards', async (t) => {
  const { country, sql, codes } = await enrolled(t, 40);
  const [lost = '', older = ''] = codes;
  await sql`DELETE FROM registry.municipal_resident WHERE resident_code = ${lost}`;
  await sql`UPDATE registry.prefectural_person SET sequence = 7 WHERE resident_code = ${older}`;
  const whole = await registers(sql);
  await compared(country, atCity);
  await repairDifferences(country.context, testAccess, atCity);
  await country.settle();
  assert.deepEqual(
    await differences(country, atCity),
    [`${lost} standing missing-below`, `${older} standing ahead-above`].sort(),
  );
  assert.deepEqual(await registers(sql), whole);
});

test('a notice that never came is told on by the repair, and one that had come is not told again', async (t) => {
  // whoever listens at the national site: here nobody can read what comes, so that each message leaves its trace
  const listener = 'national>national:registry';
  const country = await testCountry(t, { links: [listener], changeLinks: [listener] });
  const sql = superuserOf(t, country.database);
  const { residentCode } = await moveIn(country, 'one');
  await country.settle();
  const told = `${listener} municipality-not-of-site`;
  assert.deepEqual(await ticketsOf(country), [told]);
  const whole = await registers(sql);
  const repair = async () => {
    await sql`DELETE FROM registry.national_person WHERE resident_code = ${residentCode}`;
    await compared(country, atTokyo);
    await repairDifferences(country.context, testAccess, atTokyo);
    await country.settle();
    assert.deepEqual(await differences(country, atTokyo), []);
    assert.deepEqual(await registers(sql), whole);
  };
  await repair();
  assert.deepEqual(await ticketsOf(country), [told]);
  await sql`DELETE FROM registry.national_change WHERE resident_code = ${residentCode}`;
  await repair();
  assert.deepEqual(await ticketsOf(country), [`${told} +1`]);
});

test('persons in flight are no difference: comparisons one after another while events go on', async (t) => {
  const { country, sql, codes } = await enrolled(t, 500);
  const [planted = '', ...others] = codes;
  await sql`UPDATE registry.prefectural_person SET name = '別人　某' WHERE resident_code = ${planted}`;
  const bury = async (residentCode: string) =>
    mustSucceed(
      await recordEvent(country.context, KIYOSE, testAccess, `death ${residentCode}`, {
        reason: 'death',
        residentCode,
        eventDate: '2026-11-19',
      }),
      'death',
    );
  const release = await holdLink(sql, `${CITY}>${TOKYO}:registry`);
  for (const code of others.slice(0, 20)) await bury(code);
  const traffic = { isOver: false };
  const buried = (async () => {
    for (const code of others.slice(20)) await bury(code);
    traffic.isOver = true;
  })();
  const runs: ComparisonState[] = [];
  while (!traffic.isOver) {
    const runId = mustSucceed(await startComparison(country.context, testAccess, atCity), 'start');
    if (runs.length === 0) await release();
    const run = async () => (await comparisonState(country.context, atCity, runId))[0];
    await until(async () => (await run())?.phase === 'done', 'the run is done');
    runs.push((await run()) ?? assert.fail('the run is gone'));
    const found = await differences(country, atCity);
    assert.deepEqual(found, [`${planted} open content-differs`]);
  }
  await buried;
  const suspects = runs.reduce((sum, run) => sum + run.suspects, 0);
  assert.ok(suspects > runs.length, 'nobody but the planted person was ever suspected: nothing is proved');
});

test('who waits behind a parked notice stays suspected, and the run waits for the ticket', async (t) => {
  const { country, sql, codes } = await enrolled(t, 30);
  const [code = ''] = codes;
  await sql`DELETE FROM registry.prefectural_person WHERE resident_code = ${code}`;
  await recordEvent(country.context, KIYOSE, testAccess, 'death', {
    reason: 'death',
    residentCode: code,
    eventDate: '2026-11-19',
  });
  await country.settle();
  assert.deepEqual(await ticketsOf(country), [`${CITY}>${TOKYO}:registry person-unknown`]);
  assert.partialDeepStrictEqual(await compared(country, atCity), { phase: 'checking', awaited: 1 });
  assert.deepEqual(await differences(country, atCity), [`${code} suspected null`]);
  const again = await startComparison(country.context, testAccess, atCity);
  assert.equal(again.ok ? 'started' : again.failure.code, 'comparison-running');
});

test('killed in the middle of its transactions, a run goes on where it was and finds the same', async (t) => {
  const { country, sql, codes } = await enrolled(t, 2_000);
  const planted = codes.filter((_, index) => index % 100 === 0);
  await sql`DELETE FROM registry.prefectural_person WHERE resident_code = ANY(${planted})`;
  const started = startComparison(country.context, testAccess, atCity).catch(() => 'killed');
  let kills = 0;
  const phase = async () => (await sql`SELECT phase FROM registry.reconcile_run`)[0]?.['phase'];
  while ((await phase()) === undefined) await sleep(1);
  while (kills < 4 && (await phase()) === 'comparing') {
    const gone = await sql`
      SELECT pg_terminate_backend(pid) FROM pg_stat_activity
      WHERE datname = current_database() AND usename = 'ishizue_registry' AND xact_start IS NOT NULL`;
    if (gone.count > 0) kills++;
    await sleep(2);
  }
  assert.ok(kills >= 2, `only ${kills} kills: nothing is proved`);
  await started;
  await country.settle();
  assert.equal(await phase(), 'done');
  assert.deepEqual(
    await differences(country, atCity),
    planted.map((code) => `${code} open missing-above`).sort(),
  );
});

test('a site that does not send the municipality’s notices is refused, and nothing of it is told', async (t) => {
  const { country, sql } = await enrolled(t, 10);
  for (const site of [NATIONAL_SITE, municipalSite(KAMAKURA), prefecturalSite('14')]) {
    const started = await startComparison(country.context, testAccess, { site, municipality: KIYOSE });
    assert.equal(started.ok ? 'started' : started.failure.code, 'site-not-of-municipality');
  }
  const runId = '00000000-0000-4000-8000-000000000000';
  const question = { runId, municipality: KIYOSE, round: 1, storedLength: 0 };
  const ask = (from: string, to: string, body: object) =>
    writeRaw(country, [{ link: `${from}>${to}:registry`, subject: from, topic: RECONCILE_QUESTION, body }]);
  const whole = { ...question, root: true, split: [], list: [''], isLast: false };
  await ask(municipalSite(KAMAKURA), prefecturalSite('14'), whole);
  await ask(prefecturalSite('14'), NATIONAL_SITE, whole);
  await ask(CITY, TOKYO, { ...whole, list: ['x'] });
  country.context.wake();
  await country.settle();
  assert.deepEqual(await ticketsOf(country), [
    `${CITY}>${TOKYO}:registry reconcile-body-invalid`,
    `${municipalSite(KAMAKURA)}>${prefecturalSite('14')}:registry municipality-not-of-site`,
    `${prefecturalSite('14')}>${NATIONAL_SITE}:registry municipality-not-of-site`,
  ]);
  const [kept] = await sql`SELECT count(*) AS count FROM registry.reconcile_node`;
  assert.equal(kept?.['count'], 0);
});

test('rows of comparisons are fenced by their site', async (t) => {
  const { country, sql, codes } = await enrolled(t, 30);
  await sql`DELETE FROM registry.prefectural_person WHERE resident_code = ${codes[0] ?? ''}`;
  await compared(country, atCity);
  await sql`INSERT INTO registry.reconcile_node VALUES (${CITY}, ${TOKYO}, ${KIYOSE}, 'run', '1', 1, 1, 1)`;
  await sql`INSERT INTO registry.reconcile_frontier VALUES (${CITY}, 'run', 'split', '1')`;
  const tables = await sql<{ name: string }[]>`
    SELECT tablename AS name FROM pg_tables WHERE schemaname = 'registry' AND tablename LIKE 'reconcile%'`;
  assert.equal(tables.length, 4);
  for (const { name } of tables)
    for (const site of [CITY, municipalSite(KAMAKURA), TOKYO, NATIONAL_SITE]) {
      const rows = await inTransaction(
        country.context.sql,
        { site },
        (tx) => tx`SELECT FROM registry.${tx(name)}`,
      );
      assert.equal(rows.length > 0, site === CITY, `${name} at ${site}`);
    }
});
