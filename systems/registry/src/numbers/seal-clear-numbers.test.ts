/** A database of the edition before numbers were sealed, brought up to date; and what the tables refuse from then on. */
import assert from 'node:assert/strict';
import { cpSync, mkdtempSync, readdirSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { type TestContext, test } from 'node:test';
import { fileURLToPath, pathToFileURL } from 'node:url';
import { ManualClock } from '@ishizue/clock';
import { inTransaction, type Sql } from '@ishizue/db';
import { testDatabase } from '@ishizue/db/testing';
import { ledgerSchema, Pseudonyms } from '@ishizue/ledger';
import { linkSchema } from '@ishizue/link';
import { bundledReference, MunicipalityDirectory } from '@ishizue/municipalities';
import { mustSucceed } from '@ishizue/outcome';
import { collectAnswer } from '../provision/batch-query.ts';
import { codeOf, numberOf, PENSION } from '../provision/provision-for-tests.ts';
import type { RegistryContext } from '../registry-context.ts';
import { registrySchema } from '../schema.ts';
import { everything, superuserOf } from '../testing/behind-the-scenes.ts';
import { KAMAKURA, KIYOSE, sealed, testCountry, testNumberCipher } from '../testing/index.ts';
import { noticeWith } from '../testing/samples.ts';
import { NumberCipher, type SealedNumber } from './number-cipher.ts';
import { sealClearNumbers } from './seal-clear-numbers.ts';

const FOLDER = fileURLToPath(registrySchema.migrations);
const SEALING = '0013-sealed-numbers.sql';
const PEOPLE = 2_300; // more than two batches
const NOWHERE = Buffer.alloc(32, 7);

interface Earlier {
  readonly sql: Sql;
  readonly context: RegistryContext;
}

/** A database as it was, with numbers in clear wherever there may be one. */
async function earlierEdition(t: TestContext): Promise<Earlier> {
  const folder = mkdtempSync(path.join(tmpdir(), 'ishizue-earlier-'));
  t.after(() => rmSync(folder, { recursive: true, force: true }));
  for (const name of readdirSync(FOLDER).filter((file) => file.endsWith('.sql') && file < SEALING))
    cpSync(path.join(FOLDER, name), path.join(folder, name));
  const earlier = { ...registrySchema, migrations: pathToFileURL(`${folder}/`) };
  const database = await testDatabase(t, [linkSchema, ledgerSchema, earlier]);
  const sql = superuserOf(t, database);
  await plantPeople(sql);
  await plantPapers(sql);
  await sql.begin(async (tx) => {
    await tx`SET LOCAL ROLE ishizue_registry_owner`;
    await tx`SET LOCAL search_path = registry`;
    await tx.unsafe(readFileSync(path.join(FOLDER, SEALING), 'utf8'));
  });
  const context: RegistryContext = {
    sql: database.pool('registry'),
    clock: new ManualClock('2026-11-20T01:00:00Z'),
    pseudonyms: new Pseudonyms(() => NOWHERE),
    municipalities: new MunicipalityDirectory(bundledReference()),
    numbers: testNumberCipher,
    newRecordLinks: () => [],
    recordChangeLinks: () => [],
    changeLinks: [],
    wake: () => undefined,
  };
  return { sql, context };
}

/** The same people at all three tiers, each with an event that says the number twice. */
async function plantPeople(sql: Sql): Promise<void> {
  const nths = Array.from({ length: PEOPLE }, (_, nth) => nth);
  await sql`
    INSERT INTO registry.municipal_resident (municipality_code, resident_number, resident_code, individual_number,
      status, household_number, relationship, name, name_kana, birth_date, sex, nationality, town, lot,
      became_resident_on, address_fixed_on, sequence)
    SELECT CASE nth WHEN 0 THEN ${KAMAKURA} ELSE ${KIYOSE} END, nth::text, code, number, 'resident', nth::text,
      '世帯主', '清瀬　花子', 'キヨセ　ハナコ', '1980-02-17', 2, 'JPN', '中里', '1番', '2020-04-01', '2020-04-01', 2
    FROM unnest(${nths}::int[], ${nths.map(codeOf)}::text[], ${nths.map(numberOf)}::text[]) AS p(nth, code, number)`;
  await sql`
    INSERT INTO registry.municipal_event (municipality_code, resident_number, sequence, reason, event_date,
      recorded_at, request_id, request_sha256, before, after)
    SELECT municipality_code, resident_number, s, CASE s WHEN 1 THEN 'move-in' ELSE 'death' END, '2020-04-01', now(),
      'r' || resident_number || s, sha256('r'),
      CASE s WHEN 2 THEN jsonb_build_object('individualNumber', individual_number, 'lot', '1番') END,
      jsonb_build_object('individualNumber', individual_number, 'lot', '1番')
    FROM registry.municipal_resident, generate_series(1, 2) s`;
  await sql`
    INSERT INTO registry.prefectural_person (prefecture_code, resident_code, municipality_code, status, name, birth_date,
      sex, address, individual_number, entered_on, sequence, reason, event_date, applied_at)
    SELECT '13', resident_code, municipality_code, status, name, birth_date, sex, '清瀬市', individual_number,
      '2020-04-01', 2, 'death', '2020-04-01', now() FROM registry.municipal_resident
      WHERE municipality_code = ${KIYOSE}`;
  await sql`
    INSERT INTO registry.national_person (resident_code, municipality_code, status, name, birth_date, sex, address,
      individual_number, entered_on, sequence, reason, event_date, applied_at)
    SELECT resident_code, municipality_code, status, name, birth_date, sex, '清瀬市', individual_number, '2020-04-01', 2,
      'death', '2020-04-01', now() FROM registry.municipal_resident`;
}

async function plantPapers(sql: Sql): Promise<void> {
  const body = { ...noticeWith({ residentCode: codeOf(1) }), individualNumber: numberOf(1) };
  await sql`
    INSERT INTO registry.held_notice (site, resident_code, municipality_code, sequence, code, body, from_site,
      correlation, held_since)
    SELECT site, ${codeOf(1)}, ${KIYOSE}, 1, 'second-residence', ${sql.json(body)}, 'x', 'x', now()
    FROM unnest(${['national', 'prefectural/13']}::text[]) AS s(site)`;
  await sql`
    INSERT INTO registry.municipal_incoming_move (municipality_code, from_municipality, move_id, resident_code,
      planned_on, state, information, changed_at)
    VALUES (${KIYOSE}, ${KAMAKURA}, 'move-0001', ${codeOf(0)}, '2026-11-20', 'here', ${sql.json(body)}, now())`;
  await sql`
    INSERT INTO registry.municipal_move_in VALUES (${KIYOSE}, 'request-1', sha256('x'), '{}', now())`;
  await sql`INSERT INTO registry.national_retired_number VALUES (${numberOf(5_000)}, now())`;
  await sql`
    INSERT INTO registry.national_provision_job (agency, job_id, annex_row, affair, person_key, items, opened_at,
      finished_at) VALUES (${PENSION}, 'job-1', '77', 'annex-1-77', 'individual-number',
      ${['name', 'individual-number']}, now(), now())`;
  await sql`
    INSERT INTO registry.national_provision_chunk VALUES (${PENSION}, 'job-1', 0, sha256('x'), 2, 2, ${ANSWER})`;
}

// a name that looks like a number's field is no number
const ANSWER = `"a",ok,"清瀬 ""花子"",123456789018,","","",${numberOf(1)}\r\n"b",ok,"x","","",${numberOf(2)}\r\n`;

async function dumpOf(sql: Sql): Promise<string> {
  return Object.values(await everything(sql))
    .flat()
    .join('\n');
}

async function unproved(sql: Sql): Promise<number> {
  const rows = await sql`
    SELECT FROM pg_constraint WHERE connamespace = 'registry'::regnamespace AND NOT convalidated`;
  return rows.length;
}

test('what an earlier edition wrote in clear is sealed, killed in between too, and the tables prove it from then on', async (t) => {
  const { sql, context } = await earlierEdition(t);
  assert.ok((await dumpOf(sql)).includes(numberOf(7)), 'the dump would show a number');
  assert.equal(await unproved(sql), 8);

  let batches = 0;
  const dying = Object.assign(Object.create(testNumberCipher) as typeof testNumberCipher, {
    sealAll: (numbers: readonly string[]) => {
      if (++batches > 4) throw new Error('killed');
      return testNumberCipher.sealAll(numbers);
    },
  });
  await assert.rejects(sealClearNumbers({ ...context, numbers: dying }, [KIYOSE]), /killed/);
  assert.ok((await sealClearNumbers(context, [KIYOSE])) > 0);
  // Kamakura was not among the municipalities that were opened
  assert.ok((await unproved(sql)) > 0);
  assert.equal(await sealClearNumbers(context, [KIYOSE, KAMAKURA]), 3, 'its record and the two events of it');
  assert.equal(await unproved(sql), 0);
  assert.equal(await sealClearNumbers(context, [KIYOSE, KAMAKURA]), 0);

  const dump = await dumpOf(sql);
  for (let nth = 0; nth < PEOPLE; nth++) assert.ok(!dump.includes(numberOf(nth)), numberOf(nth));
  assert.ok(!dump.includes(numberOf(5_000)));
  const numbers = await sql<{ code: string; token: SealedNumber }[]>`
    SELECT resident_code AS code, individual_number AS token FROM registry.municipal_resident
    UNION ALL SELECT resident_code, individual_number FROM registry.prefectural_person
    UNION ALL SELECT resident_code, individual_number FROM registry.national_person
    UNION ALL SELECT resident_code, after ->> 'individualNumber'
      FROM registry.municipal_event JOIN registry.municipal_resident USING (municipality_code, resident_number)
    UNION ALL SELECT resident_code, body ->> 'individualNumber' FROM registry.held_notice`;
  const expected = new Map(Array.from({ length: PEOPLE }, (_, nth) => [codeOf(nth), sealed(numberOf(nth))]));
  assert.equal(numbers.length, PEOPLE * 5 - 1 + 2);
  for (const { code, token } of numbers) assert.equal(token, expected.get(code));
  const [retired] = await sql`SELECT individual_number AS number FROM registry.national_retired_number`;
  assert.equal(retired?.['number'], sealed(numberOf(5_000)));
  const digests = await sql`
    SELECT reason, bool_and(request_sha256 IS NULL) AS gone FROM registry.municipal_event GROUP BY reason ORDER BY reason`;
  assert.deepEqual(
    digests.map((row) => ({ ...row })),
    [
      { reason: 'death', gone: false },
      { reason: 'move-in', gone: true },
    ],
    'the digest of what was typed in with a number could be tried out',
  );
  const collected = mustSucceed(await collectAnswer(context, PENSION, 'job-1'), 'the answer');
  let text = '';
  for await (const piece of collected) text += piece;
  assert.equal(text.slice(text.indexOf('\r\n') + 2), ANSWER, 'the agency gets what it was to get');
});

test('a database of another signer is not opened: nobody would be found by number', async (t) => {
  const { context } = await testCountry(t);
  const numbers = await NumberCipher.open(() => Promise.resolve(NOWHERE));
  assert.equal(await sealClearNumbers(context, [KIYOSE]), 0);
  await assert.rejects(sealClearNumbers({ ...context, numbers }, [KIYOSE]), /another signer/);
  assert.equal(await sealClearNumbers(context, [KIYOSE]), 0);
});

test('no table takes a clear number any more, whoever writes it', async (t) => {
  const { sql, context } = await earlierEdition(t);
  await sealClearNumbers(context, [KIYOSE, KAMAKURA]);
  const json = `jsonb_build_object('individualNumber', '123456789018')`;
  const writes: readonly [site: string, statement: string][] = [
    [`municipal/${KIYOSE}`, `UPDATE registry.municipal_resident SET individual_number = '123456789018'`],
    [`municipal/${KIYOSE}`, `UPDATE registry.municipal_event SET before = ${json}`],
    [`municipal/${KIYOSE}`, `UPDATE registry.municipal_event SET after = ${json}`],
    [`municipal/${KIYOSE}`, `UPDATE registry.municipal_incoming_move SET information = ${json}`],
    ['prefectural/13', `UPDATE registry.prefectural_person SET individual_number = '123456789018'`],
    ['national', `UPDATE registry.national_person SET individual_number = '123456789018'`],
    ['national', `INSERT INTO registry.national_retired_number VALUES ('123456789018', now())`],
    ['national', `UPDATE registry.held_notice SET body = ${json}`],
  ];
  for (const [site, statement] of writes) {
    await assert.rejects(
      inTransaction(context.sql, { site }, (tx) => tx.unsafe(statement)),
      /number_sealed/,
      statement,
    );
    await assert.rejects(sql.unsafe(statement), /number_sealed/, `the superuser: ${statement}`);
  }
  await assert.rejects(
    inTransaction(
      context.sql,
      { site: `municipal/${KIYOSE}` },
      (tx) => tx`
      SELECT registry.seal_retired_numbers('{200000000000}', '{x}')`,
    ),
    /the national site/,
  );
});
