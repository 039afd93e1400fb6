/** Households on a real register: acts, what events bring with them, undo, the ledger, and that no tier hears of it. */
import assert from 'node:assert/strict';
import { test } from 'node:test';
import type { Sql } from '@ishizue/db';
import { mustSucceed } from '@ishizue/outcome';
import { everything, giveCodes, ledgerEntries, superuserOf } from '../testing/behind-the-scenes.ts';
import { KIYOSE, type TestCountry, testAccess, testCountry } from '../testing/index.ts';
import { address, birthWith } from '../testing/samples.ts';
import {
  actCode,
  actOf,
  anotherRequest,
  codeOf,
  moveInFamily,
  perform,
  record,
} from './households-for-tests.ts';
import { householdsWithoutHead } from './households-without-head.ts';

const eventDate = '2026-11-20';
const destination = '神奈川県鎌倉市';

async function opened(t: Parameters<typeof testCountry>[0]): Promise<{ country: TestCountry; sql: Sql }> {
  const country = await testCountry(t, { municipalities: [KIYOSE] });
  await giveCodes(country, KIYOSE, 60);
  return { country, sql: superuserOf(t, country.database) };
}

/** Where current residents stand: `household relationship` by the place of the code in the list. */
async function placesOf(sql: Sql, codes: readonly string[]): Promise<readonly string[]> {
  const rows = await sql<{ code: string; place: string }[]>`
    SELECT resident_code AS code, household_number || ' ' || relationship AS place
    FROM registry.municipal_resident WHERE resident_code = ANY(${codes}) AND status = 'resident'`;
  const places = new Map(rows.map(({ code, place }) => [code, place]));
  return codes.map((code) => places.get(code) ?? 'gone');
}

test('a family splits, its parts merge, and both acts are undone from the last; every member has an entry', async (t) => {
  const { country, sql } = await opened(t);
  const { householdNumber: home, codes } = await moveInFamily(country, ['妻', '子']);
  const [father = '', mother = '', child = ''] = codes;
  const before = await placesOf(sql, codes);
  const skip = (await ledgerEntries(sql)).length;
  const split = actOf(
    'split',
    [home, [[father, '世帯主']]],
    [
      null,
      [
        [mother, '世帯主'],
        [child, '子'],
      ],
    ],
  );
  const { members, actNumber } = mustSucceed(await perform(country, split, 'split-request'), 'split');
  const fresh = members.map((one) => one.householdNumber).find((number) => number !== home) ?? '';
  assert.deepEqual(await placesOf(sql, codes), [`${home} 世帯主`, `${fresh} 世帯主`, `${fresh} 子`]);
  const entries = await ledgerEntries(sql, skip);
  assert.ok(entries.every(({ fields, result }) => fields.join() === 'household,split' && result === 'ok'));
  const pseudonym = (code: string) => country.pseudonyms.of(`municipal/${KIYOSE}`, code).toString('hex');
  assert.deepEqual(new Set(entries.map(({ subject }) => subject)), new Set(codes.map(pseudonym)));
  assert.equal(entries.length, codes.length);
  assert.equal(mustSucceed(await perform(country, split, 'split-request'), 'again').actNumber, actNumber);
  assert.equal(
    await actCode(country, actOf('split', [home, [[father, '世帯主']]]), 'split-request'),
    'request-id-reused',
  );

  const merge = actOf('merge', [
    fresh,
    [
      [mother, '世帯主'],
      [child, '子'],
      [father, '夫'],
    ],
  ]);
  const merged = mustSucceed(await perform(country, merge), 'merge');
  assert.deepEqual(await placesOf(sql, codes), [`${fresh} 夫`, `${fresh} 世帯主`, `${fresh} 子`]);
  const undo = (undoes: number) => ({ kind: 'undo', eventDate, undoes }) as const;
  assert.equal(await actCode(country, undo(actNumber)), 'households-changed-since', 'not the last one');
  assert.equal(await actCode(country, undo(merged.actNumber)), 'ok');
  assert.equal(await actCode(country, undo(merged.actNumber)), 'act-not-found', 'undone twice');
  assert.equal(await actCode(country, undo(actNumber)), 'ok');
  assert.deepEqual(await placesOf(sql, codes), before);
});

test('a refused act changes nothing and is on the ledger for everybody named', async (t) => {
  const { country, sql } = await opened(t);
  const { householdNumber: home, codes } = await moveInFamily(country, ['妻', '子']);
  const [father = '', mother = '', child = ''] = codes;
  const before = await everything(sql);
  const skip = (await ledgerEntries(sql)).length;
  const forgotten = actOf('split', [home, [[father, '世帯主']]], [null, [[mother, '世帯主']]]);
  assert.equal(await actCode(country, forgotten), 'member-not-named');
  const hostile = actOf('head-change', [
    home,
    [
      [father, `夫'; DROP TABLE x`],
      [mother, '世帯主'],
      [child, '子'],
    ],
  ]);
  assert.equal(await actCode(country, hostile), 'relationship-unknown');
  assert.deepEqual(await everything(sql), before);
  assert.deepEqual(
    (await ledgerEntries(sql, skip)).map(({ result }) => result),
    ['member-not-named', 'member-not-named', ...Array(3).fill('relationship-unknown')],
  );
});

test('no tier hears of a household: nothing is sent, and no notice has a word for it', async (t) => {
  const { country, sql } = await opened(t);
  const { householdNumber: home, codes } = await moveInFamily(country, ['妻']);
  const above = async () => {
    const all = await everything(sql);
    return Object.entries(all).filter(([table]) => !table.startsWith('registry.municipal_'));
  };
  const before = await above();
  const [father = '', mother = ''] = codes;
  assert.equal(
    await actCode(
      country,
      actOf('head-change', [
        home,
        [
          [father, '夫'],
          [mother, '世帯主'],
        ],
      ]),
    ),
    'ok',
  );
  await country.settle();
  assert.deepEqual(await above(), before, 'a counter of a link or a row of a tier has changed');
  const columns = await sql<{ name: string }[]>`
    SELECT table_name || '.' || column_name AS name FROM information_schema.columns
    WHERE table_schema = 'registry' AND column_name ~ 'household|relationship'
      AND table_name !~ '^municipal_'`;
  assert.deepEqual([...columns], []);
});

test('one who remains alone is head at once; several wait for the officer, the suggested head first', async (t) => {
  const { country, sql } = await opened(t);
  const couple = await moveInFamily(country, ['妻']);
  const [husband = '', wife = ''] = couple.codes;
  assert.equal(
    await codeOf(country, { reason: 'move-out', residentCode: husband, eventDate, destination }),
    'ok',
  );
  assert.deepEqual(await placesOf(sql, [wife]), [`${couple.householdNumber} 世帯主`]);
  const follower = { kind: 'undo', eventDate, undoes: 1 } as const;
  assert.equal(await actCode(country, follower), 'act-follows-event');

  const family = await moveInFamily(country, ['子', '妻', '母']);
  const [head = '', child = '', spouse = '', mother = ''] = family.codes;
  assert.deepEqual(await householdsWithoutHead(country.context, KIYOSE, testAccess), []);
  assert.equal(await codeOf(country, { reason: 'death', residentCode: head, eventDate }), 'ok');
  const skip = (await ledgerEntries(sql)).length;
  const waiting = await householdsWithoutHead(country.context, KIYOSE, testAccess);
  assert.deepEqual(
    waiting.map(({ householdNumber, since, members }) => [
      householdNumber,
      since,
      members[0]?.residentCode,
      members.length,
    ]),
    [[family.householdNumber, eventDate, spouse, 3]],
  );
  assert.equal((await ledgerEntries(sql, skip)).length, 3, 'each of those shown');
  // another than the suggested one: the officer decides
  const decided = actOf('head-change', [
    family.householdNumber,
    [
      [mother, '世帯主'],
      [spouse, '子の妻'],
      [child, '孫'],
    ],
  ]);
  const { actNumber } = mustSucceed(await perform(country, decided), 'head');
  assert.deepEqual(await householdsWithoutHead(country.context, KIYOSE, testAccess), []);

  // the death is undone only when the decision that followed it is
  const undoDeath = { reason: 'undo', residentCode: head, eventDate, undoes: 2, basis: '誤り' } as const;
  assert.equal(await codeOf(country, undoDeath), 'household-has-head');
  assert.equal(await actCode(country, { kind: 'undo', eventDate, undoes: actNumber }), 'ok');
  assert.equal(await codeOf(country, undoDeath), 'ok');
  const at = family.householdNumber;
  assert.deepEqual(await placesOf(sql, family.codes), [`${at} 世帯主`, `${at} 子`, `${at} 妻`, `${at} 母`]);
});

test('an undo takes back the headship that followed from the event, unless somebody has decided since', async (t) => {
  const { country, sql } = await opened(t);
  const { householdNumber: home, codes } = await moveInFamily(country, ['妻']);
  const [husband = '', wife = ''] = codes;
  const undo = (undoes: number) =>
    ({ reason: 'undo', residentCode: husband, eventDate, undoes, basis: '誤り' }) as const;
  await record(country, { reason: 'move-out', residentCode: husband, eventDate, destination });
  assert.deepEqual(await placesOf(sql, codes), ['gone', `${home} 世帯主`]);
  assert.equal(await codeOf(country, undo(2)), 'ok');
  assert.deepEqual(await placesOf(sql, codes), [`${home} 世帯主`, `${home} 妻`]);

  await record(country, { reason: 'move-out', residentCode: husband, eventDate, destination });
  const born = mustSucceed(await record(country, birthWith({ parentResidentCode: wife })), 'birth');
  assert.equal(await codeOf(country, undo(4)), 'household-changed-since');
  assert.deepEqual(await placesOf(sql, [...codes, born.residentCode]), [
    'gone',
    `${home} 世帯主`,
    `${home} 子`,
  ]);
});

test('a correction that is undone leaves the household that was declared meanwhile', async (t) => {
  const { country, sql } = await opened(t);
  const { householdNumber: home, codes } = await moveInFamily(country, ['妻']);
  const [husband = '', wife = ''] = codes;
  await record(country, { reason: 'minor-correction', residentCode: wife, eventDate, lot: '9番地' });
  await record(country, { reason: 'minor-correction', residentCode: husband, eventDate, lot: '9番地' });
  assert.equal(
    await actCode(
      country,
      actOf('head-change', [
        home,
        [
          [husband, '夫'],
          [wife, '世帯主'],
        ],
      ]),
    ),
    'ok',
  );
  assert.equal(
    await codeOf(country, { reason: 'undo', residentCode: wife, eventDate, undoes: 2, basis: '誤り' }),
    'ok',
  );
  assert.deepEqual(await placesOf(sql, codes), [`${home} 夫`, `${home} 世帯主`]);
});

test('who moves inside the municipality keeps the household, joins another, or has one of their own', async (t) => {
  const { country, sql } = await opened(t);
  const { householdNumber: home, codes } = await moveInFamily(country, ['子', '子']);
  const [, first = '', second = ''] = codes;
  const place = { ...address, lot: '1番地' };
  const move = { reason: 'move-within', eventDate, address: place } as const;
  assert.equal(
    await codeOf(country, { ...move, residentCode: first, newHousehold: true, relationship: '子' }),
    'household-ambiguous',
  );
  assert.equal(await codeOf(country, { ...move, residentCode: first, newHousehold: true }), 'ok');
  const [, at = ''] = await placesOf(sql, codes);
  const fresh = at.split(' ')[0] ?? '';
  assert.notEqual(fresh, home);
  assert.equal(at, `${fresh} 世帯主`);
  const join = { ...move, residentCode: second, householdNumber: fresh };
  assert.equal(await codeOf(country, { ...join, relationship: '世帯主' }), 'household-has-head');
  assert.equal(await codeOf(country, { ...join, relationship: '仲間' }), 'relationship-unknown');
  assert.equal(await codeOf(country, { ...join, relationship: '妹' }), 'ok');
  assert.deepEqual(await placesOf(sql, codes), [`${home} 世帯主`, `${fresh} 世帯主`, `${fresh} 妹`]);
});

test('the database itself refuses a second head, also of two transactions at once', async (t) => {
  const { country, sql } = await opened(t);
  const { codes } = await moveInFamily(country, ['妻']);
  const [, wife = ''] = codes;
  await assert.rejects(
    sql`UPDATE registry.municipal_resident SET relationship = '世帯主' WHERE resident_code = ${wife}`,
    /household-with-several-heads/,
  );
  const family = await moveInFamily(country, ['妻', '子']);
  const [head = '', ...others] = family.codes;
  await record(country, { reason: 'death', residentCode: head, eventDate });
  const outcomes = await Promise.allSettled(
    others.map(
      (code) =>
        sql`UPDATE registry.municipal_resident SET relationship = '世帯主' WHERE resident_code = ${code}`,
    ),
  );
  assert.deepEqual(outcomes.map(({ status }) => status).sort(), ['fulfilled', 'rejected']);
});

test('two officers who split one household at the same moment do not both', async (t) => {
  const { country, sql } = await opened(t);
  const { householdNumber: home, codes } = await moveInFamily(country, ['妻', '子']);
  const [father = '', mother = '', child = ''] = codes;
  const split = (requestId: string) =>
    perform(
      country,
      actOf(
        'split',
        [
          home,
          [
            [father, '世帯主'],
            [mother, '妻'],
          ],
        ],
        [null, [[child, '世帯主']]],
      ),
      requestId,
    );
  const results = await Promise.all([split(anotherRequest()), split(anotherRequest())]);
  const codesOf = results.map((result) => (result.ok ? 'ok' : result.failure.code));
  assert.equal(codesOf.filter((code) => code === 'ok').length, 1, codesOf.join());
  const places = await placesOf(sql, codes);
  assert.deepEqual(places.slice(0, 2), [`${home} 世帯主`, `${home} 妻`]);
  assert.match(places[2] ?? '', / 世帯主$/);
});
