import assert from 'node:assert/strict';
import { test } from 'node:test';
import { addDays } from '@ishizue/clock';
import { inTransaction } from '@ishizue/db';
import * as fc from 'fast-check';
import { residentCodeOf } from '../identity/resident-code.ts';
import type { CounterEvent } from '../municipal/decide-event.ts';
import { recordEvent } from '../municipal/record-event.ts';
import { municipalSite } from '../registry-context.ts';
import { giveCodes, ledgerEntries, superuserOf } from '../testing/behind-the-scenes.ts';
import { KAMAKURA, KIYOSE, scramble, type TestCountry, testAccess, testCountry } from '../testing/index.ts';
import { anotherCode, moveInWith } from '../testing/samples.ts';
import { countDue, deleteDue } from './delete-due.ts';
import { keptRecords } from './kept-records.ts';
import { retainedAbove } from './retained-above.ts';

let requests = 0;
const record = (country: TestCountry, municipality: string, event: CounterEvent) =>
  recordEvent(country.context, municipality, testAccess, `retention-${++requests}`, event);

const PERSONS = `
  SELECT 'municipal' AS tier, status, retained_until FROM registry.municipal_resident
  UNION ALL SELECT 'prefectural', status, retained_until FROM registry.prefectural_person
  UNION ALL SELECT 'national', status, retained_until FROM registry.national_person`;

test('whatever is recorded: no current resident has a last day, and every deleted record has one, at each tier', async (t) => {
  const country = await testCountry(t);
  const sql = superuserOf(t, country.database);
  await giveCodes(country, KIYOSE, 60);
  await giveCodes(country, KAMAKURA, 60);
  const act = fc.record({
    municipality: fc.constantFrom(KIYOSE, KAMAKURA),
    kind: fc.constantFrom('move-in', 'move-out', 'death', 'ex-officio-removal', 'undo'),
  });
  const done = new Set<string>();
  const here = (kind: string) => ({ municipality: KIYOSE, kind });
  const everyKind = ['death', 'undo', 'move-out', 'move-in', 'ex-officio-removal', 'undo'].map(here);
  await fc.assert(
    fc.asyncProperty(fc.array(act, { minLength: 3, maxLength: 7 }), async (acts) => {
      const residentCode = anotherCode();
      let eventDate = '2026-10-01';
      await record(country, KIYOSE, moveInWith({ residentCode, eventDate }));
      // what stands at each municipality, the last event last
      const standing = new Map<string, number[]>([[KIYOSE, [1]]]);
      for (const { municipality, kind } of acts) {
        eventDate = addDays(eventDate, 1);
        const events = standing.get(municipality) ?? [];
        standing.set(municipality, events);
        const event = eventOf(kind, { residentCode, eventDate, undoes: events.at(-1) ?? 1 });
        const recorded = await record(country, municipality, event);
        if (recorded.ok) done.add(kind);
        if (recorded.ok && kind === 'undo') events.pop();
        else if (recorded.ok) events.push(recorded.value.sequence);
        await country.settle();
        const wrong = await sql.unsafe(
          `SELECT tier, status FROM (${PERSONS}) p WHERE (status = 'resident') <> (retained_until IS NULL)`,
        );
        assert.deepEqual([...wrong], []);
      }
    }),
    { numRuns: 10, examples: [[everyKind]] },
  );
  assert.equal(done.size, 5, 'acts of every kind were recorded');
  const [seen] = await sql.unsafe(
    `SELECT count(DISTINCT tier) AS tiers FROM (${PERSONS}) p WHERE retained_until = '2176-11-20'`,
  );
  assert.equal(seen?.['tiers'], 3);
});

interface About {
  readonly residentCode: string;
  readonly eventDate: string;
  readonly undoes: number;
}

function eventOf(kind: string, { residentCode, eventDate, undoes }: About): CounterEvent {
  const basis = '職権';
  if (kind === 'move-in') return moveInWith({ residentCode, eventDate });
  if (kind === 'undo') return { reason: 'undo', residentCode, eventDate, undoes, basis };
  if (kind === 'death') return { reason: 'death', residentCode, eventDate };
  if (kind === 'move-out') return { reason: 'move-out', residentCode, eventDate, destination: '不明' };
  return { reason: 'ex-officio-removal', residentCode, eventDate, basis };
}

test('the day is by the rule of the day of the notice', () => {
  const on = (day: string): Date => new Date(`${day}T03:00:00Z`);
  assert.equal(retainedAbove('resident', on('2026-11-20')), null);
  assert.equal(retainedAbove('deceased', on('2019-06-19')), '2024-06-19');
  assert.equal(retainedAbove('moved-out', on('2019-06-19')), '2099-06-19');
  assert.equal(retainedAbove('deceased', on('2019-06-20')), '2169-06-20');
  assert.equal(retainedAbove('removed', on('2024-02-29')), '2174-02-28');
  assert.equal(retainedAbove('removed', new Date('2026-11-20T15:30:00Z')), '2176-11-21', 'the day in Tokyo');
});

test('the database keeps a person and the history until the day, and takes no deleted person without one', async (t) => {
  const country = await testCountry(t);
  const sql = superuserOf(t, country.database);
  await giveCodes(country, KIYOSE, 60);
  const residentCode = anotherCode();
  await record(country, KIYOSE, moveInWith({ residentCode }));
  await country.settle();
  const strike = (site: string, tier: string): Promise<readonly number[]> =>
    inTransaction(country.context.sql, { site }, async (tx) => [
      (await tx`DELETE FROM registry.${tx(`${tier}_change`)}`).count,
      (await tx`DELETE FROM registry.${tx(`${tier}_person`)}`).count,
    ]);
  for (const [site, tier] of [
    ['national', 'national'],
    ['prefectural/13', 'prefectural'],
  ] as const) {
    assert.deepEqual(await strike(site, tier), [0, 0], 'a current resident');
    const table = `registry.${tier}_person`;
    await assert.rejects(sql`UPDATE ${sql(table)} SET status = 'deceased'`, /deleted_is_retained/);
    await assert.rejects(sql`UPDATE ${sql(table)} SET retained_until = '2020-01-01'`, /deleted_is_retained/);
    await sql`UPDATE ${sql(table)} SET status = 'deceased', retained_until = '2176-11-20'`;
    assert.deepEqual(await strike(site, tier), [0, 0], 'before the day');
    await sql`UPDATE ${sql(table)} SET retained_until = '2020-01-01'`;
    assert.deepEqual(await strike(site, tier), [1, 1], 'after the day');
  }
});

const GONE = 600;

/** A national site of persons whose time is over, but for one, and of a current resident. */
async function siteOfTheDead(country: TestCountry): Promise<readonly string[]> {
  const codes = Array.from({ length: GONE + 2 }, (_, nth) => residentCodeOf(String(6_000_000_000 + nth)));
  const sql = country.database.superuser();
  await sql`
    INSERT INTO registry.national_person (resident_code, municipality_code, status, name, birth_date, sex, address,
      entered_on, sequence, reason, event_date, applied_at, retained_until)
    SELECT c.code, ${KIYOSE}, CASE WHEN nth = 1 THEN 'resident' ELSE 'deceased' END, '清瀬　花', '1850-01-02', 2, '東京都',
      '1870-01-01', 2, 'death', '1871-01-01', now(), CASE nth WHEN 1 THEN NULL WHEN 2 THEN '2176-01-01'::date ELSE '2021-01-01' END
    FROM unnest(${codes}::text[]) WITH ORDINALITY AS c(code, nth)`;
  await sql`
    INSERT INTO registry.national_change (resident_code, municipality_code, sequence, reason, event_date, applied_at)
    SELECT resident_code, ${KIYOSE}, s, 'death', '1871-01-01', now() FROM registry.national_person, generate_series(1, 2) s`;
  await sql`
    INSERT INTO registry.national_search_key SELECT resident_code, 'x', birth_date FROM registry.national_person`;
  await sql.end();
  return codes;
}

test('what is due is deleted with a ledger entry of each person; a run that dies goes on; nobody else is touched', async (t) => {
  const country = await testCountry(t);
  const sql = superuserOf(t, country.database);
  const { context } = country;
  const [resident = '', kept = '', ...gone] = await siteOfTheDead(country);
  const national = keptRecords('national');
  const counted = {
    site: 'national',
    table: 'registry.national_person',
    due: GONE,
    oldest: '2021-01-01',
    kept: 1,
  };
  assert.deepEqual(await countDue(context, national), counted);
  const left = async (): Promise<readonly number[]> => {
    const [row] = await sql`
      SELECT (SELECT count(*) FROM registry.national_person) AS persons, (SELECT count(*) FROM registry.national_change)
        AS changes, (SELECT count(*) FROM registry.national_search_key) AS keys,
        (SELECT count(*) FROM ledger.entry WHERE affair = 'retention') AS entries,
        (SELECT count(*) FROM registry.national_spent_code) AS spent`;
    return Object.values(row ?? {}).map(Number);
  };

  // dies in the second batch, when its rows are deleted and nothing is on the ledger yet
  let looks = 0;
  const dying = {
    now: () => {
      if (++looks > 3) throw new Error('killed');
      return context.clock.now();
    },
  };
  await assert.rejects(deleteDue({ ...context, clock: dying }, testAccess, national), /killed/);
  assert.deepEqual(await left(), [GONE + 2 - 500, 2 * (GONE + 2 - 500), GONE + 2 - 500, 500, 500]);
  assert.equal(await deleteDue(context, testAccess, national), GONE - 500);
  assert.deepEqual(await left(), [2, 4, 2, GONE, GONE]);
  assert.equal(await deleteDue(context, testAccess, national), 0);

  const entries = await ledgerEntries(sql);
  assert.equal(new Set(entries.map(({ subject }) => subject)).size, GONE);
  const pseudonyms = [gone[0], gone.at(-1)].map((code = '') =>
    context.pseudonyms.of('national', code).toString('hex'),
  );
  for (const pseudonym of pseudonyms) assert.ok(entries.some(({ subject }) => subject === pseudonym));
  const there = await sql`SELECT resident_code AS code FROM registry.national_person ORDER BY 1`;
  assert.deepEqual(
    there.map((row) => row['code']),
    [resident, kept].sort(),
  );
});

test('a municipality’s record goes with its events; a clock that is ahead of the database deletes nothing', async (t) => {
  const country = await testCountry(t);
  const sql = superuserOf(t, country.database);
  await giveCodes(country, KIYOSE, 60);
  const residentCode = anotherCode();
  await record(country, KIYOSE, moveInWith({ residentCode }));
  await record(country, KIYOSE, { reason: 'death', residentCode, eventDate: '2026-11-12' });
  await country.settle();
  const sites = [municipalSite(KIYOSE), 'prefectural/13', 'national'].map(keptRecords);
  const deleteAll = async (context = country.context): Promise<readonly number[]> => {
    const deleted: number[] = [];
    for (const records of sites) deleted.push(await deleteDue(context, testAccess, records));
    return deleted;
  };
  const ahead = { now: () => Date.parse('2190-01-01T00:00:00Z') };
  assert.deepEqual(await deleteAll({ ...country.context, clock: ahead }), [0, 0, 0]);
  for (const table of ['municipal_resident', 'prefectural_person', 'national_person'])
    await sql`UPDATE registry.${sql(table)} SET retained_until = '2020-01-01'`;
  assert.deepEqual(await deleteAll(), [1, 1, 1]);
  for (const table of ['municipal_resident', 'municipal_event', 'prefectural_person', 'prefectural_change'])
    assert.equal((await sql`SELECT FROM registry.${sql(table)}`).length, 0, table);
});

test('the code of a person whose data are gone is allocated to nobody', async (t) => {
  const country = await testCountry(t);
  const sql = superuserOf(t, country.database);
  const positions = Array.from({ length: 60 }, (_, nth) => String(nth).padStart(10, '0'));
  const coming = (await scramble(positions)).map(residentCodeOf);
  const spent = coming[7] ?? '';
  await sql`INSERT INTO registry.national_spent_code VALUES (${spent})`;
  await giveCodes(country, KIYOSE, 60);
  const store = await sql`SELECT resident_code AS code FROM registry.municipal_free_code`;
  const given = store.map((row) => row['code']);
  assert.equal(given.length, 59);
  assert.ok(given.includes(coming[8]) && !given.includes(spent));
});
