import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { type TestContext, test } from 'node:test';
import { describeSchema, inTransaction, type Sql } from '@ishizue/db';
import { testDatabase } from '@ishizue/db/testing';
import { linkSchema } from '@ishizue/link';
import { importRegister, RESIDENT_RECORD_CHANGED, recordEvent } from '@ishizue/registry';
import { KAMAKURA, KIYOSE, registerFile, testAccess } from '@ishizue/registry/testing';
import { retireCodes } from './codes/retired-codes.ts';
import { bytesOf, loadFile } from './load/load-for-test.ts';
import { overseasSchema } from './schema.ts';
import { startTally } from './tally/start-tally.ts';
import { entryFile, type OverseasCountry, testOverseas } from './testing/index.ts';

function superuserOf(t: TestContext, { country }: OverseasCountry): Sql {
  const sql = country.database.superuser();
  t.after(() => sql.end());
  return sql;
}

test('the schema is the one that is kept beside its migrations', async (t) => {
  const database = await testDatabase(t, [linkSchema, overseasSchema]);
  const sql = database.superuser();
  t.after(() => sql.end());
  const kept = readFileSync(new URL('schema.txt', overseasSchema.migrations), 'utf8');
  assert.equal(await describeSchema(sql, overseasSchema.schema), kept);
});

/** Rows in every table: a loaded entry, and a person whose domicile is at a municipality without a link. */
async function filled(t: TestContext): Promise<OverseasCountry> {
  const house = await testOverseas(t);
  const session = house.country.database.session('registry');
  t.after(() => session.end({ timeout: 1 }));
  async function* text(): AsyncGenerator<string> {
    yield registerFile([{ resident_code: '24727059608', domicile: '大阪府大阪市北区梅田一丁目1番' }]);
  }
  const imported = await importRegister(house.country.context, {
    municipality: KIYOSE,
    text: text(),
    access: testAccess,
    session,
    reject: () => Promise.resolve(),
  });
  assert.ok(imported.ok);
  const moved = await recordEvent(house.country.context, KIYOSE, testAccess, 'request-1', {
    reason: 'move-within',
    residentCode: '24727059608',
    eventDate: '2026-11-10',
    address: { wardCode: null, postalCode: null, town: '中里五丁目', lot: '842番地', building: null },
  });
  assert.ok(moved.ok);
  const loaded = await loadFile(t, house, KAMAKURA, bytesOf(entryFile([{}])));
  assert.ok(loaded.outcome.ok);
  await startTally(house.context, KAMAKURA, testAccess, 'run-1');
  await inTransaction(house.context.sql, { site: `municipal/${KAMAKURA}` }, (tx) =>
    retireCodes(tx, `municipal/${KAMAKURA}`, [
      { formerCode: '00000000000', residentCode: '11111111111', eventDate: '2026-11-10' },
    ]),
  );
  await house.country.settle();
  return house;
}

test('every table is fenced: a site reads its own rows, no other site’s, and nothing without a site', async (t) => {
  const house = await filled(t);
  const superuser = superuserOf(t, house);
  const tables = (
    await superuser`SELECT tablename FROM pg_tables WHERE schemaname = 'overseas' ORDER BY 1`
  ).map((row) => String(row['tablename']));
  assert.equal(tables.length, 11);
  const ownerOf = (table: string): string => {
    if (table === 'municipal_paper_notice') return `municipal/${KIYOSE}`;
    if (table.startsWith('municipal_') || table === 'retired_code') return `municipal/${KAMAKURA}`;
    return table.startsWith('prefectural_') ? 'prefectural/14' : 'national';
  };
  const sites = [
    `municipal/${KIYOSE}`,
    `municipal/${KAMAKURA}`,
    'prefectural/13',
    'prefectural/14',
    'national',
  ];
  for (const table of tables) {
    const [all] = await superuser`SELECT count(*) AS count FROM overseas.${superuser(table)}`;
    assert.ok(all?.['count'] > 0, `${table} is empty: nothing is proved`);
    for (const site of [...sites, undefined]) {
      const [seen] = await inTransaction(
        house.context.sql,
        site === undefined ? {} : { site },
        (tx) => tx`SELECT count(*) AS count FROM overseas.${tx(table)}`,
      );
      assert.equal(seen?.['count'], site === ownerOf(table) ? all?.['count'] : 0, `${table} at ${site}`);
    }
  }
});

test('the database itself refuses another site’s rows, twelve digits in a text, and an overseas mover’s address', async (t) => {
  const house = await filled(t);
  const { sql } = house.context;
  const attempt = (site: string, statement: string): Promise<unknown> =>
    inTransaction(sql, { site }, (tx) => tx.unsafe(statement));
  const own = `municipal/${KAMAKURA}`;
  for (const statement of [
    `INSERT INTO overseas.municipal_load VALUES ('${KIYOSE}', sha256('x'), 'o', now(), NULL, 1, NULL, 0)`,
    `INSERT INTO overseas.municipal_paper_notice (municipality_code, domicile_code, resident_code, notice, recorded_at)
      VALUES ('${KIYOSE}', '${KAMAKURA}', '1', '{}', now())`,
    `INSERT INTO overseas.prefectural_change VALUES ('14', '1', '${KAMAKURA}', 9, 'entered', now(), now())`,
    `INSERT INTO overseas.national_change VALUES ('1', '${KAMAKURA}', 9, 'entered', now(), now())`,
    // a code that is used up names nobody again
    "UPDATE overseas.municipal_entry SET resident_code = '00000000000'",
    `INSERT INTO overseas.retired_code VALUES ('national', '22222222222', '33333333333', now())`,
  ])
    await assert.rejects(attempt(own, statement), /row-level security/, statement);
  await assert.rejects(attempt(own, 'DELETE FROM overseas.retired_code'), /permission denied/);
  for (const number of ['123456789018', '１２３４５６７８９０１８', '1234-5678-9018']) {
    for (const column of ['name', 'address', 'family_register', 'family_register_head'])
      await assert.rejects(
        attempt(own, `UPDATE overseas.municipal_entry SET ${column} = '住所　${number}'`),
        /no_individual_number/,
        column,
      );
    await assert.rejects(
      attempt('prefectural/14', `UPDATE overseas.prefectural_person SET name = '${number}'`),
    );
    await assert.rejects(attempt('national', `UPDATE overseas.national_person SET address = '${number}'`));
  }
  await assert.rejects(
    attempt(own, 'UPDATE overseas.municipal_entry SET is_overseas = true'),
    /address_or_overseas/,
  );
  const [untouched] = await inTransaction(
    sql,
    { site: own },
    (tx) => tx`SELECT count(*) AS count FROM overseas.municipal_entry WHERE name = '石川　遥'`,
  );
  assert.equal(untouched?.['count'], 1);
});

test('no column is meant for an individual number, and none above the municipality for the domicile', async (t) => {
  const house = await testOverseas(t);
  const columns = await superuserOf(t, house)<{ name: string }[]>`
    SELECT table_name || '.' || column_name AS name FROM information_schema.columns WHERE table_schema = 'overseas'`;
  const names = columns.map(({ name }) => name);
  assert.ok(names.includes('municipal_entry.family_register'));
  assert.deepEqual(
    names.filter((name) => /individual|my_?number/.test(name)),
    [],
  );
  assert.deepEqual(
    names.filter((name) => /^(?:prefectural|national)_.*\.(?:family|domicile|address_fixed)/.test(name)),
    [],
  );
});

test('the registry tells its own site’s overseas system; for another site it cannot speak', async (t) => {
  const house = await testOverseas(t);
  const send = (site: string): Promise<unknown> =>
    inTransaction(
      house.country.context.sql,
      { site },
      (
        tx,
      ) => tx`SELECT link.send(${[`municipal/${KIYOSE}>municipal/${KIYOSE}:overseas`]}::text[], ${[1]}::int[],
        ${['somebody']}::text[], ${[RESIDENT_RECORD_CHANGED]}::text[], ${['{}']}::text[])`,
    );
  await assert.rejects(send(`municipal/${KAMAKURA}`), /link-sender-not-scope/);
});
