import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { test } from 'node:test';
import { describeSchema, inTransaction } from '@ishizue/db';
import { testDatabase } from '@ishizue/db/testing';
import { mustSucceed } from '@ishizue/outcome';
import { movesRows } from './moves/moves-for-tests.ts';
import { recordEvent } from './municipal/record-event.ts';
import { registrySchema } from './schema.ts';
import { giveCodes, superuserOf } from './testing/behind-the-scenes.ts';
import { KAMAKURA, KIYOSE, sealed, testAccess, testCountry } from './testing/index.ts';
import { moveInWith } from './testing/samples.ts';

test('the schema is the one that is kept beside its migrations', async (t) => {
  const database = await testDatabase(t, [registrySchema]);
  const kept = readFileSync(new URL('schema.txt', registrySchema.migrations), 'utf8');
  assert.equal(await describeSchema(superuserOf(t, database), registrySchema.schema), kept);
});

test('every table is fenced: a site reads its own rows, no other site’s, and nothing without a site', async (t) => {
  const country = await testCountry(t);
  const { sql } = country.context;
  const superuser = superuserOf(t, country.database);
  await giveCodes(country, KIYOSE, 60);
  mustSucceed(await recordEvent(country.context, KIYOSE, testAccess, 'request-1', moveInWith()), 'move-in');
  await country.settle();
  await superuser`
    INSERT INTO registry.held_notice (site, resident_code, municipality_code, sequence, code, body, from_site,
      correlation, held_since)
    VALUES ('national', '24727059608', ${KIYOSE}, 1, 'identity-differs', '{}', 'prefectural/13', 'link/1', now())`;
  await superuser`
    INSERT INTO registry.municipal_conflict (municipality_code, at_site, resident_code, entering, sequence, holding,
      code, event_date, opened_at)
    VALUES (${KIYOSE}, 'national', '24727059608', ${KAMAKURA}, 1, ${KIYOSE}, 'identity-differs', now(), now())`;
  await superuser.unsafe(`
    INSERT INTO registry.national_retired_number SELECT '${sealed('123456789018')}', now();
    INSERT INTO registry.national_sealing_probe SELECT true, '${sealed('000000000000')}';
    INSERT INTO registry.prefectural_displaced SELECT '13', '24727059608', '132217', 1, '{}';
    INSERT INTO registry.retired_code SELECT 'national', '24727059608', '00012345674', '132217', now();
    INSERT INTO registry.municipal_code_notice (municipality_code, resident_number, sequence, state_on)
      SELECT '132217', '1', 1, now();
    INSERT INTO registry.municipal_code_notice_batch SELECT '132217', 'batch-0001', now();
    INSERT INTO registry.municipal_code_notice_file SELECT '132217', 'batch-0001', 'a', 1, 1, '\\x${'00'.repeat(32)}';
    INSERT INTO registry.national_spent_code SELECT '24727059608';
    INSERT INTO registry.national_agency SELECT 'agency/a', 'a', '{1}', 'k', '\\x${'00'.repeat(32)}', 'active', now();
    INSERT INTO registry.national_provision_job SELECT 'agency/a', 'j', '1', 'x', 'resident-code', '{}', now();
    INSERT INTO registry.national_provision_chunk SELECT 'agency/a', 'j', 0, '\\x00', 1, 1;
    INSERT INTO registry.national_standing_list SELECT 'agency/a', 'l', '1', 'x', '{}', '';
    INSERT INTO registry.national_standing_member SELECT '24727059608', 'agency/a', 'l';
    INSERT INTO registry.national_alarm (code, about, value, raised_at) SELECT 'link-lag', 'a', 1, now();
    INSERT INTO registry.national_comparison_plan SELECT 'municipal/132217', '132217', now();
    INSERT INTO registry.national_movement_month SELECT '2026-10', now(), '1', 1, 0, now();
    INSERT INTO registry.national_movement SELECT '2026-10', '132217', 'birth', 'current', '2026-10', 1, 0, 1`);
  await superuser.unsafe(`
    INSERT INTO registry.municipal_household_act (municipality_code, kind, event_date, recorded_at, request_id)
      VALUES ('${KIYOSE}', 'head-change', now(), now(), 'r');
    INSERT INTO registry.municipal_household_act_member SELECT '${KIYOSE}', 1, '1', '1', '妻', '1', '世帯主';
    INSERT INTO registry.municipal_support_measure (municipality_code, measure_id, resident_code, persons, kind, state,
        abusers, applied_on, version, tell, steps)
      VALUES ('${KIYOSE}', 'm', '24727059608', '{24727059608}', 'stalking', 'applied', '[]', now(), 0, '{}', 1);
    INSERT INTO registry.municipal_support_step SELECT '${KIYOSE}', 'm', 1, 'apply', now(), now(), 'o', 'r', '';
    INSERT INTO registry.municipal_support_flag
      SELECT '${KIYOSE}', '24727059608', '${KIYOSE}', 'm', 1, now(), now(), '[]', now();
    INSERT INTO registry.national_support_flag SELECT '24727059608', '${KIYOSE}', 'm', 1, now(), now();`);
  await superuser.unsafe(movesRows(KIYOSE));
  const tables = (
    await superuser`SELECT tablename FROM pg_tables WHERE schemaname = 'registry' AND tablename NOT LIKE 'reconcile%' ORDER BY 1`
  ).map((row) => String(row['tablename']));
  const ownerOf = (table: string): string => {
    if (table.startsWith('municipal_')) return 'municipal/132217';
    return table.startsWith('prefectural_') ? 'prefectural/13' : 'national';
  };
  const sites = [
    'municipal/132217',
    'municipal/142042',
    'prefectural/13',
    'prefectural/14',
    'national',
    undefined,
  ];
  for (const table of tables) {
    const [all] = await superuser`SELECT count(*) AS count FROM registry.${superuser(table)}`;
    if (table !== 'municipal_load') assert.ok(all?.['count'] > 0, `${table} is empty: nothing is proved`);
    for (const site of sites) {
      const [seen] = await inTransaction(
        sql,
        site === undefined ? {} : { site },
        (tx) => tx`SELECT count(*) AS count FROM registry.${tx(table)}`,
      );
      assert.equal(seen?.['count'], site === ownerOf(table) ? all?.['count'] : 0, `${table} at ${site}`);
    }
  }
});

test('the database itself refuses a municipality that writes another’s rows', async (t) => {
  const country = await testCountry(t);
  const { sql } = country.context;
  const superuser = superuserOf(t, country.database);
  await giveCodes(country, KIYOSE, 60);
  const { residentCode } = mustSucceed(
    await recordEvent(country.context, KIYOSE, testAccess, 'request-1', moveInWith()),
    'move-in',
  );
  const site = `municipal/${KAMAKURA}`;
  const inserts = [
    `INSERT INTO registry.municipal_free_code (municipality_code, resident_code) VALUES ('${KIYOSE}', '24727059608')`,
    `INSERT INTO registry.municipal_counter (municipality_code) VALUES ('${KIYOSE}')`,
    `INSERT INTO registry.municipal_event SELECT '${KIYOSE}', '1', 1, 'death', now(), now(), 'x', NULL, '{}'`,
    `INSERT INTO registry.prefectural_change SELECT '14', '1', '${KAMAKURA}', 1, 'death', now(), now()`,
    `INSERT INTO registry.national_change SELECT '1', '${KAMAKURA}', 1, 'death', now(), now()`,
  ];
  for (const insert of inserts)
    await assert.rejects(
      inTransaction(sql, { site }, (tx) => tx.unsafe(insert)),
      /row-level security/,
      insert,
    );
  const changed = await inTransaction(sql, { site }, async (tx) => [
    (await tx`UPDATE registry.municipal_resident SET status = 'deceased'`).count,
    (await tx`DELETE FROM registry.municipal_free_code`).count,
    (await tx`DELETE FROM registry.national_person`).count,
  ]);
  assert.deepEqual(changed, [0, 0, 0]);
  const [resident] = await superuser`
    SELECT status FROM registry.municipal_resident WHERE resident_code = ${residentCode}`;
  assert.equal(resident?.['status'], 'resident');
});
