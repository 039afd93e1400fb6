import assert from 'node:assert/strict';
import { test } from 'node:test';
import { inTransaction } from '@ishizue/db';
import { mustSucceed } from '@ishizue/outcome';
import * as fc from 'fast-check';
import { EVENT_REASONS } from '../identity/event-reason.ts';
import { residentCodeOf } from '../identity/resident-code.ts';
import type { CounterEvent } from '../municipal/decide-event.ts';
import { recordEvent } from '../municipal/record-event.ts';
import { transactionsEnded } from '../provision/provision-for-tests.ts';
import { startComparison } from '../reconcile/compare.ts';
import { repairDifferences } from '../reconcile/repair.ts';
import type { RegistryContext } from '../registry-context.ts';
import { giveCodes, ledgerEntries, superuserOf, wholeFile } from '../testing/behind-the-scenes.ts';
import { KAMAKURA, KIYOSE, testAccess, testCountry } from '../testing/index.ts';
import { birthWith, details, moveInWith } from '../testing/samples.ts';
import { ageByBirthdays, countPlainly, type PlantedChange, plantChanges } from './movement-for-tests.ts';
import { type MovementReport, movementReport } from './movement-report.ts';

async function report(
  context: RegistryContext,
  month: string,
): Promise<{ readonly told: MovementReport; readonly lines: ReadonlyMap<string, number> }> {
  const told = mustSucceed(await movementReport(context, testAccess, month), month);
  let text = '';
  for await (const piece of told.csv) text += piece;
  const [header, ...rows] = text.trimEnd().split('\r\n');
  assert.equal(header, 'month,municipality,reason,kind,event_month,sex,age,count');
  const lines = rows.map((row) => {
    assert.ok(row.startsWith(`${month},`), row);
    const at = row.lastIndexOf(',');
    return [row.slice(month.length + 1, at), Number(row.slice(at + 1))] as const;
  });
  assert.equal(new Map(lines).size, rows.length, 'a cell is in two lines');
  return { told, lines: new Map(lines) };
}

const sumOf = (lines: ReadonlyMap<string, number>): number =>
  [...lines.values()].reduce((sum, count) => sum + count, 0);

const months = ['2026-06', '2026-07', '2026-08', '2026-09'] as const;

/** Lives of some persons over four months: events of any reason on days before their recording, and undoings. */
const lives = fc
  .array(
    fc.record({
      birth: fc.oneof(
        fc.date({ min: new Date('1910-01-01'), max: new Date('2026-05-31'), noInvalidDate: true }),
        fc.constantFrom(new Date('2000-02-29'), new Date('2024-02-29')),
      ),
      known: fc.constantFrom('day', 'day', 'day', 'month', 'year', 'nothing'),
      sex: fc.constantFrom(1, 2, 3),
      municipality: fc.constantFrom(KIYOSE, KAMAKURA),
      events: fc.array(
        fc.record({
          reason: fc.constantFrom(...EVENT_REASONS),
          recorded: fc.integer({
            min: Date.parse('2026-05-31T15:00:00Z'),
            max: Date.parse('2026-09-30T14:59:59Z'),
          }),
          days_before: fc.oneof(fc.constant(0), fc.nat(100)),
          undoes: fc.nat(6),
        }),
        { minLength: 1, maxLength: 6 },
      ),
    }),
    { minLength: 5, maxLength: 40 },
  )
  .map((persons) =>
    persons.flatMap(({ birth, known, sex, municipality, events }, nth) =>
      events
        .toSorted((a, b) => a.recorded - b.recorded)
        .map(({ reason, recorded, days_before, undoes }, index): PlantedChange => {
          const day = birth.toISOString().slice(0, 10);
          const shown = {
            day,
            month: `${day.slice(0, 7)}-00`,
            year: `${day.slice(0, 4)}-00-00`,
            nothing: '0000-00-00',
          }[known];
          const eventDay = new Date(recorded + 9 * 3_600_000 - days_before * 86_400_000);
          return {
            residentCode: residentCodeOf(String(8_000_000_000 + nth)),
            municipality,
            sequence: index + 1,
            reason,
            eventDate: eventDay.toISOString().slice(0, 10),
            recordedAt: new Date(recorded),
            birthDate: shown ?? day,
            sex,
            undoes: reason === 'undo' ? undoes : null,
          };
        }),
    ),
  );

test('the lines of every month are the events recorded in it, counted one by one; all months together are all events', async (t) => {
  const { context, database } = await testCountry(wholeFile, { now: '2026-10-01T00:00:00Z' });
  const sql = superuserOf(t, database);
  await fc.assert(
    fc.asyncProperty(lives, async (changes) => {
      await sql`TRUNCATE registry.national_change, registry.national_movement, registry.national_movement_month`;
      await plantChanges(sql, changes);
      await transactionsEnded(sql);
      let total = 0;
      const first = changes.map(({ recordedAt }) => recordedAt.getTime()).sort((a, b) => a - b)[0] ?? 0;
      for (const month of months) {
        if (month < new Date(first + 9 * 3_600_000).toISOString().slice(0, 7)) continue;
        const { told, lines } = await report(context, month);
        assert.deepEqual(lines, countPlainly(changes, month));
        assert.equal(sumOf(lines), told.events);
        assert.equal(
          told.totals.reduce((sum, { count }) => sum + count, 0),
          told.events,
        );
        total += told.events;
      }
      const isCounted = ({ reason }: PlantedChange): boolean =>
        /^(move-in|move-out|birth|death|ex-officio-(entry|removal))$/.test(reason);
      const undone = changes.filter(
        (undo) =>
          undo.reason === 'undo' &&
          changes.some(
            (event) =>
              event.residentCode === undo.residentCode && event.sequence === undo.undoes && isCounted(event),
          ),
      );
      assert.equal(total, changes.filter(isCounted).length - undone.length);
    }),
    { numRuns: 40 },
  );
});

test('age is that of the day, and of a birth date that is not whole nobody is older than is sure', async (t) => {
  const { database } = await testCountry(t);
  const sql = superuserOf(t, database);
  const ageOn = async (birth: string, day: string): Promise<number | null> => {
    const [row] = await sql<{ age: number | null }[]>`SELECT registry.age_on(${birth}, ${day}::date) AS age`;
    return row?.age ?? null;
  };
  const told = [
    ['2000-02-29', '2026-02-28', 25],
    ['2000-02-29', '2026-03-01', 26],
    ['2000-02-29', '2028-02-29', 28],
    ['2026-11-20', '2026-11-20', 0],
    ['1926-11-21', '2026-11-20', 99],
    ['1980-02-00', '2026-02-27', 45],
    ['1980-02-00', '2026-02-28', 45],
    ['1980-02-00', '2026-03-01', 46],
    ['1980-00-00', '2026-12-30', 45],
    ['1980-00-00', '2026-12-31', 46],
    ['0000-00-00', '2026-12-31', null],
    ['0000-05-06', '2026-12-31', null],
  ] as const;
  for (const [birth, day, age] of told) {
    assert.equal(await ageOn(birth, day), age, `${birth} on ${day}`);
    assert.equal(ageByBirthdays(birth, day), age, `${birth} on ${day}, counted`);
  }
});

test('a closed month is never altered: what comes later of it is a correction, told as such, in the later month', async (t) => {
  const country = await testCountry(t, { now: '2026-10-20T01:00:00Z' });
  const { context, clock } = country;
  const sql = superuserOf(t, country.database);
  await giveCodes(country, KIYOSE, 30);
  let requests = 0;
  const record = async (event: CounterEvent): Promise<string> => {
    const done = await recordEvent(context, KIYOSE, testAccess, `movement-${++requests}`, event);
    await country.settle();
    return mustSucceed(done, event.reason).residentCode;
  };
  const parent = await record(moveInWith({ eventDate: '2026-10-05' }));
  const child = await record(birthWith({ parentResidentCode: parent, eventDate: '2026-10-19' }));
  await record({ reason: 'death', residentCode: parent, eventDate: '2026-10-20' });
  assert.equal(await codeOf(context, '2026-10'), 'month-not-over');
  clock.advance(15 * 86_400_000); // 4 November
  await transactionsEnded(sql);
  const october = await report(context, '2026-10');
  assert.deepEqual(
    [...october.lines],
    [
      [`${KIYOSE},birth,current,2026-10,male,0`, 1],
      [`${KIYOSE},death,current,2026-10,female,36`, 1],
      [`${KIYOSE},move-in,current,2026-10,female,36`, 1],
    ],
  );

  await record({ reason: 'undo', residentCode: parent, eventDate: '2026-11-04', undoes: 2, basis: '誤り' });
  await record(moveInWith({ eventDate: '2026-10-30', details: { ...details, name: '山田　次郎', sex: 1 } }));
  await record({ reason: 'move-out', residentCode: child, eventDate: '2026-11-02', destination: '鎌倉市' });
  await record({
    reason: 'ex-officio-correction',
    residentCode: parent,
    eventDate: '2026-11-04',
    details: { birthDate: '1950-05-06', sex: 1 },
    basis: '戸籍',
  });
  assert.deepEqual((await report(context, '2026-10')).lines, october.lines);
  clock.advance(30 * 86_400_000); // 4 December
  await transactionsEnded(sql);
  const november = await report(context, '2026-11');
  assert.deepEqual(
    [...november.lines],
    [
      [`${KIYOSE},death,undone,2026-10,female,36`, -1],
      [`${KIYOSE},move-in,late,2026-10,male,36`, 1],
      [`${KIYOSE},move-out,current,2026-11,male,0`, 1],
    ],
  );
  assert.deepEqual([november.told.events, november.told.unassigned], [1, 0]);

  // nobody is in it, and taking it is on the ledger as what it is
  const kept = await sql<{ row: string }[]>`SELECT m::text AS row FROM registry.national_movement m`;
  assert.ok(!kept.some(({ row }) => row.includes(parent) || /\d{10}|高橋|髙橋|1990/.test(row)));
  const entries = (await ledgerEntries(sql)).filter(({ fields }) => fields.includes('population-movement'));
  assert.deepEqual(
    entries.map(({ subject, result }) => [subject, result]),
    [[null, 'month-not-over'], ...Array.from({ length: 3 }, () => [null, 'ok'])],
  );
});

test('an undoing that the national site missed, and a repair brought, is taken from the line of its event', async (t) => {
  const country = await testCountry(t, { now: '2026-10-20T01:00:00Z' });
  const { context, clock } = country;
  const sql = superuserOf(t, country.database);
  await giveCodes(country, KIYOSE, 30);
  const { residentCode } = mustSucceed(
    await recordEvent(context, KIYOSE, testAccess, 'in', moveInWith({ eventDate: '2026-10-05' })),
    'in',
  );
  for (const event of [
    { reason: 'death', residentCode, eventDate: '2026-10-19' },
    { reason: 'undo', residentCode, eventDate: '2026-10-20', undoes: 2, basis: '誤り' },
  ] as const)
    mustSucceed(await recordEvent(context, KIYOSE, testAccess, event.reason, event), event.reason);
  await country.settle();
  await sql`DELETE FROM registry.national_change WHERE sequence > 1`;
  await sql`UPDATE registry.national_person SET sequence = 1, status = 'resident'`;
  const atTokyo = { site: 'prefectural/13', municipality: KIYOSE };
  mustSucceed(await startComparison(context, testAccess, atTokyo), 'comparison');
  await country.settle();
  assert.equal(await repairDifferences(context, testAccess, atTokyo), 1);
  await country.settle();
  clock.advance(15 * 86_400_000);
  await transactionsEnded(sql);
  const { told, lines } = await report(context, '2026-10');
  assert.deepEqual(
    [...lines],
    [
      [`${KIYOSE},death,current,2026-10,female,36`, 1],
      [`${KIYOSE},death,undone,2026-10,female,36`, -1],
      [`${KIYOSE},move-in,current,2026-10,female,36`, 1],
    ],
  );
  assert.equal(told.unassigned, 0);
});

async function codeOf(context: RegistryContext, month: string): Promise<string> {
  const answered = await movementReport(context, testAccess, month);
  return answered.ok ? 'ok' : answered.failure.code;
}

test('a transaction of the month that has not ended delays its closing or is in the next month, never lost and never twice', async (t) => {
  const country = await testCountry(t, { now: '2026-10-01T00:00:00Z' });
  const { context, clock } = country;
  const sql = superuserOf(t, country.database);
  const change = (sequence: number, recordedAt: string): PlantedChange => ({
    residentCode: residentCodeOf('8500000000'),
    municipality: KIYOSE,
    sequence,
    reason: 'move-in',
    eventDate: '2026-09-01',
    recordedAt: new Date(recordedAt),
    birthDate: '1990-05-06',
    sex: 2,
    undoes: null,
  });
  await plantChanges(sql, [change(1, '2026-09-10T00:00:00Z')]);
  await transactionsEnded(sql);
  const late = country.database.superuser();
  t.after(() => late.end());
  let during = '';
  await inTransaction(late, {}, async (tx) => {
    await plantChanges(tx, [change(2, '2026-09-30T14:59:59Z')]);
    // seen before an older transaction has ended: is it of September? nobody can say yet
    await plantChanges(sql, [change(3, '2026-09-30T14:59:58Z')]);
    during = await codeOf(context, '2026-09');
    await sql`DELETE FROM registry.national_change WHERE sequence = 3`;
    assert.equal((await report(context, '2026-09')).told.events, 1);
  });
  assert.equal(during, 'month-not-settled');
  clock.advance(40 * 86_400_000);
  await transactionsEnded(sql);
  assert.deepEqual(
    [...(await report(context, '2026-10')).lines],
    [[`${KIYOSE},move-in,late,2026-09,female,36`, 1]],
  );
  for (const [month, code] of [
    ['2026-13', 'month-invalid'],
    ['2026-1', 'month-invalid'],
    ["2026-10' OR 1", 'month-invalid'],
    ['2026-11', 'month-not-over'],
    ['2026-08', 'month-before-feed'],
  ] as const)
    assert.equal(await codeOf(context, month), code, month);
});
