/**
 * Whatever is declared of some households and in whatever order: each has exactly one head, or waits for one since its
 * head left; nobody is in two; a refused act changes nothing. Half of the acts are deliberately wrong.
 */
import assert from 'node:assert/strict';
import { test } from 'node:test';
import type { Sql } from '@ishizue/db';
import * as fc from 'fast-check';
import type { CounterEvent } from '../municipal/decide-event.ts';
import { giveCodes, superuserOf } from '../testing/behind-the-scenes.ts';
import { KIYOSE, type TestCountry, testCountry } from '../testing/index.ts';
import { address, birthWith } from '../testing/samples.ts';
import type { HouseholdAct, HouseholdChange } from './household-act.ts';
import { actOf, moveInFamily, perform, record } from './households-for-tests.ts';

interface Member {
  readonly code: string;
  readonly household: string;
  readonly relationship: string;
  readonly status: string;
  readonly sequence: number;
}

const STEPS = [
  'split',
  'merge',
  'transfer',
  'head-change',
  'relationship-change',
  'undo-act',
  'death',
  'move-out',
  'removal',
  'move-away',
  'birth',
  'undo-event',
] as const;
const step = fc.record({
  kind: fc.constantFrom(...STEPS),
  who: fc.nat(99),
  other: fc.nat(99),
  isWrong: fc.boolean(),
});
type Step = typeof step extends fc.Arbitrary<infer T> ? T : never;

const membersOf = (sql: Sql): Promise<readonly Member[]> => sql<Member[]>`
  SELECT resident_code AS code, household_number AS household, relationship, status, sequence
  FROM registry.municipal_resident ORDER BY resident_code`;

const asMembers = (members: readonly Member[], head: string): readonly (readonly [string, string])[] =>
  members.map(({ code }) => [code, code === head ? '世帯主' : '同居人']);

/** An act as the step wishes it; a wrong one forgets somebody, or makes two heads, or none. */
function actFor(
  members: readonly Member[],
  { kind, who, other, isWrong }: Step,
): HouseholdChange | undefined {
  const living = members.filter(({ status }) => status === 'resident');
  const one = living[who % living.length];
  const two = living[other % living.length];
  if (!one || !two) return undefined;
  const home = living.filter(({ household }) => household === one.household);
  const away = living.filter(({ household }) => household === two.household);
  const rest = home.filter(({ code }) => code !== one.code);
  const heir = rest[other % Math.max(rest.length, 1)]?.code ?? '';
  const fault = isWrong ? other % 3 : -1;
  const say = (some: readonly Member[], head: string) => {
    const said = asMembers(some, head);
    if (fault === 0) return said.slice(1);
    return fault === 1 ? said.map(([code]) => [code, '世帯主'] as const) : said;
  };
  const none = fault === 2 ? '' : one.code;
  switch (kind) {
    case 'split':
      return actOf('split', [one.household, say(rest, heir)], [null, say([one], none)]);
    case 'merge':
      return actOf('merge', [two.household, say([...away, ...home], none)]);
    case 'transfer':
      return actOf('transfer', [one.household, say(rest, heir)], [two.household, say([...away, one], none)]);
    case 'head-change':
      return actOf('head-change', [one.household, say(home, none)]);
    case 'relationship-change':
      return actOf('relationship-change', [one.household, say(home, home.find(isHead)?.code ?? '')]);
    case 'undo-act':
    case 'death':
    case 'move-out':
    case 'removal':
    case 'move-away':
    case 'birth':
    case 'undo-event':
      return undefined;
  }
}

const isHead = ({ relationship }: Member): boolean => relationship === '世帯主';

function eventFor(members: readonly Member[], { kind, who, other }: Step): CounterEvent | undefined {
  const living = members.filter(({ status }) => status === 'resident');
  const one = (kind === 'undo-event' ? members : living)[who % Math.max(living.length, 1)];
  if (!one) return undefined;
  const common = { residentCode: one.code, eventDate: '2026-11-20' };
  switch (kind) {
    case 'death':
      return { reason: 'death', ...common };
    case 'move-out':
      return { reason: 'move-out', ...common, destination: '神奈川県鎌倉市' };
    case 'removal':
      return { reason: 'ex-officio-removal', ...common, basis: '実態調査' };
    case 'move-away':
      return {
        reason: 'move-within',
        ...common,
        newHousehold: true,
        address: { ...address, lot: `${other}番地` },
      };
    case 'birth':
      return birthWith({ parentResidentCode: one.code });
    case 'undo-event':
      return { reason: 'undo', ...common, undoes: one.sequence, basis: '誤り' };
    case 'split':
    case 'merge':
    case 'transfer':
    case 'head-change':
    case 'relationship-change':
    case 'undo-act':
      return undefined;
  }
}

/** Performs the step; answers whether anything was recorded. */
async function take(country: TestCountry, sql: Sql, taken: Step): Promise<boolean> {
  const members = await membersOf(sql);
  const event = eventFor(members, taken);
  if (event) return (await record(country, event)).ok;
  const act: HouseholdAct | undefined =
    taken.kind === 'undo-act' ? await lastAct(sql, taken.who) : actFor(members, taken);
  if (!act) return false;
  const performed = await perform(country, act);
  return performed.ok;
}

async function lastAct(sql: Sql, who: number): Promise<HouseholdAct | undefined> {
  const [row] = await sql<{ number: number }[]>`
    SELECT act_number AS number FROM registry.municipal_household_act ORDER BY act_number DESC OFFSET ${who % 3} LIMIT 1`;
  return row && { kind: 'undo', eventDate: '2026-11-20', undoes: row.number };
}

test('random sequences of acts and events keep every household whole', async (t) => {
  const country = await testCountry(t, { municipalities: [KIYOSE] });
  await giveCodes(country, KIYOSE, 200);
  const sql = superuserOf(t, country.database);
  const seen = { recorded: 0, refused: 0, waiting: 0 };
  const kept = async (taken: Step, waiting: Set<string>): Promise<void> => {
    const before = await membersOf(sql);
    const isRecorded = await take(country, sql, taken);
    const after = await membersOf(sql);
    seen[isRecorded ? 'recorded' : 'refused']++;
    if (!isRecorded) assert.deepEqual([...after], [...before], 'a refused act has changed something');
    const isAct = !['death', 'move-out', 'removal', 'move-away', 'birth', 'undo-event'].includes(taken.kind);
    if (isAct)
      assert.deepEqual(
        after.map(({ code, status, sequence }) => [code, status, sequence]),
        before.map(({ code, status, sequence }) => [code, status, sequence]),
        'a household act is no event of a person',
      );
    const households = Map.groupBy(
      after.filter(({ status }) => status === 'resident'),
      ({ household }) => household,
    );
    const headless = [...households].filter(([, some]) => !some.some(isHead));
    for (const [household, some] of households)
      assert.ok(some.filter(isHead).length <= 1, `${household} has several heads`);
    for (const [household, some] of headless) {
      assert.ok(some.length > 1, `${household} is of one, and waits for a head`);
      // only a head who leaves makes a household wait, or an undo that gives back what waited
      const mayWait = waiting.has(household) || !isAct || taken.kind === 'undo-act';
      assert.ok(mayWait, `${household} lost its head by ${taken.kind}`);
      waiting.add(household);
      seen.waiting++;
    }
  };
  await fc.assert(
    fc.asyncProperty(fc.array(step, { minLength: 8, maxLength: 14 }), async (steps) => {
      await sql`UPDATE registry.municipal_resident SET status = 'moved-out', relationship = '同居人' WHERE status = 'resident'`;
      await moveInFamily(country, ['妻', '子', '母']);
      await moveInFamily(country, ['子']);
      const waiting = new Set<string>();
      for (const taken of steps) await kept(taken, waiting);
    }),
    { numRuns: 14, endOnFailure: true },
  );
  assert.ok(seen.recorded > 30 && seen.refused > 30 && seen.waiting > 0, JSON.stringify(seen));
  t.diagnostic(JSON.stringify(seen));
});
