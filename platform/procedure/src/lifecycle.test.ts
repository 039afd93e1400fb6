/**
 * What holds whatever happens: requests that are repeated, reused, made at once, cut off in the middle, by the wrong person or
 * with an old sequence number, against a model, on PostgreSQL. And the fences: another system sees nothing, nobody rewrites history.
 */
import assert from 'node:assert/strict';
import { after, before, test } from 'node:test';
import { inTransaction } from '@ishizue/db';
import { mustSucceed } from '@ishizue/outcome';
import * as fc from 'fast-check';
import type { Mover } from './define/definition.ts';
import { authorityFor } from './desk/acting.ts';
import type { CaseDesk } from './index.ts';
import { houseForTest, officer, person, program, request, SITE } from './testing/desk-for-test.ts';
import { permit } from './testing/permit.ts';

const clerk = officer('o-clerk', 'clerk');
const chief = officer('o-chief', 'clerk', 'chief');
const anna = person('anna');
const ben = person('ben');

let house: Awaited<ReturnType<typeof houseForTest>>;
let desk: CaseDesk;
const closers: (() => void | Promise<void>)[] = [];
const context = { crash: false, refused: new Set<number>() };

before(async () => {
  house = await houseForTest({ after: (work) => void closers.push(work as () => Promise<void>) });
  desk = await house.desk(permit, context);
});
after(async () => {
  for (const close of closers.toReversed()) await close();
});

const open = async (by = anna, note = 'n') =>
  mustSucceed(await desk.start(by, { move: 'apply', request: request(), form: { note } }), 'opening').caseId;

/** What the database has of a case, and whether all of it agrees. */
async function stored(caseId: number) {
  const [row] = await house.superuser<
    { state: string; sequence: number; lines: number; effects: number; last: string }[]
  >`
    SELECT s.state, s.sequence, (SELECT count(*) FROM procedure.history h WHERE h.case_id = s.case_id) AS lines,
      (SELECT count(*) FROM fund.payment p WHERE p.case_id = s.case_id) AS effects,
      (SELECT h.state FROM procedure.history h WHERE h.case_id = s.case_id ORDER BY h.sequence DESC LIMIT 1) AS last
    FROM procedure.case_state s WHERE s.case_id = ${caseId}`;
  assert.ok(row);
  assert.equal(row.lines, row.sequence, 'a line of history for each move');
  assert.equal(row.last, row.state);
  return row;
}

const NEXT: Readonly<Record<string, Readonly<Record<string, string>>>> = {
  filed: { take: 'taken', withdraw: 'withdrawn' },
  taken: { return: 'returned', grant: 'granted', withdraw: 'withdrawn' },
  returned: { answer: 'taken', withdraw: 'withdrawn' },
};
const MOVERS: Readonly<Record<string, readonly string[]>> = {
  take: ['clerk', 'chief'],
  return: ['clerk', 'chief'],
  grant: ['chief'],
  answer: ['anna'],
  withdraw: ['anna'],
};
const ACTORS = { anna, ben, clerk, chief } as const;

test('whatever is asked in whatever order, a case is where its model is, and every move is there once', async () => {
  const step = fc.record({
    move: fc.constantFrom('take', 'return', 'grant', 'answer', 'withdraw'),
    by: fc.constantFrom('anna', 'ben', 'clerk', 'chief'),
    kind: fc.constantFrom('new', 'new', 'new', 'again', 'reuse', 'stale', 'crash', 'twice-at-once'),
  } as const);
  await fc.assert(
    fc.asyncProperty(fc.array(step, { minLength: 1, maxLength: 14 }), async (steps) => {
      const caseId = await open();
      let [state, sequence, effects] = ['filed', 1, 0];
      let earlier: { id: string; by: keyof typeof ACTORS; move: string; sequence: number } | undefined;
      for (const { move, by, kind } of steps) {
        const ask = (id: string, who: keyof typeof ACTORS, what: string, expected: number, reason = 'r') =>
          desk.move(ACTORS[who], {
            caseId,
            move: what,
            request: id,
            expected,
            ...(what === 'return' && { own: { reason } }),
            ...(what === 'answer' && { form: { note: 'again' } }),
          });
        if (kind === 'again' || kind === 'reuse') {
          if (!earlier) continue;
          const { id } = earlier;
          const told =
            kind === 'again'
              ? await ask(id, earlier.by, earlier.move, earlier.sequence)
              : await ask(id, earlier.by, earlier.move, 99);
          assert.equal(
            told.ok ? told.value.sequence : told.failure.code,
            kind === 'again' ? earlier.sequence + 1 : 'request-id-reused',
          );
          continue;
        }
        const id = request();
        const next = NEXT[state]?.[move];
        const right = MOVERS[move]?.includes(by) === true && next !== undefined;
        if (kind === 'stale') {
          const told = await ask(id, by, move, sequence + 1);
          assert.ok(!told.ok);
          assert.equal(told.failure.code, by === 'ben' ? 'case-unknown' : 'case-moved-meanwhile');
        } else if (kind === 'crash') {
          context.crash = true;
          const told = await ask(id, by, move, sequence).catch((error: Error) => error.message);
          context.crash = false;
          assert.equal(told === 'cut off' || typeof told === 'object', true);
          if (typeof told === 'object' && told.ok)
            [state, sequence] = [told.value.state, told.value.sequence];
        } else {
          const asked =
            kind === 'new'
              ? [ask(id, by, move, sequence)]
              : [ask(id, by, move, sequence), ask(request(), by, move, sequence)];
          const told = await Promise.all(asked);
          const won = told.filter((one) => one.ok);
          assert.equal(won.length, right ? 1 : 0, `${by} ${move} in ${state}: ${JSON.stringify(told)}`);
          const lost = told.flatMap((one) => (one.ok ? [] : [one.failure.code]));
          if (right && kind !== 'new') assert.deepEqual(lost, ['case-moved-meanwhile']);
          if (right && next !== undefined) {
            if (move === 'grant') effects++;
            earlier = won[0] === told[0] ? { id, by, move, sequence } : undefined;
            [state, sequence] = [next, sequence + 1];
          }
        }
        const now = await stored(caseId);
        assert.deepEqual([now.state, now.sequence, now.effects], [state, sequence, effects]);
      }
    }),
    { numRuns: 40 },
  );
});

test('an effect that is cut off leaves neither case, history, notice nor ledger entry', async () => {
  const caseId = await open();
  await desk.move(clerk, { caseId, move: 'take', request: request() });
  const standing = [await stored(caseId), (await house.entries()).length];
  context.crash = true;
  await assert.rejects(desk.move(chief, { caseId, move: 'grant', request: 'cut-off' }), /cut off/);
  context.crash = false;
  assert.deepEqual([await stored(caseId), (await house.entries()).length], standing);
  assert.ok(
    (await desk.move(chief, { caseId, move: 'grant', request: 'cut-off' })).ok,
    'the same id may be tried again',
  );
});

test('a backend that is killed inside the transaction leaves nothing', async () => {
  const caseId = await open();
  await desk.move(clerk, { caseId, move: 'take', request: request() });
  const sequence = (await stored(caseId)).sequence;
  const killed = { ...context, kill: true };
  const other = await house.desk(permit, killed);
  await assert.rejects(other.move(chief, { caseId, move: 'grant', request: 'killed' }));
  const now = await stored(caseId);
  assert.deepEqual([now.state, now.sequence, now.effects], ['taken', sequence, 0]);
  assert.ok((await desk.move(chief, { caseId, move: 'grant', request: 'killed' })).ok);
});

test('of many, the good ones move and each bad one is told; the same request is answered the same', async () => {
  const ids: number[] = [];
  const opened = await desk.startMany(clerk, {
    move: 'apply',
    request: 'many-open',
    rows: Array.from({ length: 40 }, (_, index) => ({
      form: { note: index === 7 ? 'x'.repeat(101) : `n${index}` },
      applicant: 'person:anna',
    })),
  });
  const carried = mustSucceed(opened, 'opening many');
  assert.deepEqual(
    carried.refused.map(({ row, failure }) => [row, failure.code]),
    [[7, 'form-invalid']],
  );
  ids.push(...carried.moved.map(({ caseId }) => caseId));
  const takes = mustSucceed(
    await desk.moveMany(clerk, {
      move: 'take',
      request: 'many-take',
      rows: ids.map((caseId) => ({ caseId })),
    }),
    'taking',
  );
  assert.equal(takes.moved.length, 39);
  const [refusedByEffect, stale, unknown, ...good] = [ids[0] ?? 0, ids[1] ?? 0, 999_999_999, ...ids.slice(2)];
  context.refused.add(refusedByEffect);
  const rows = [
    { caseId: refusedByEffect },
    { caseId: stale, expected: 1 },
    { caseId: unknown },
    ...good.map((caseId) => ({ caseId })),
    { caseId: good[0] ?? 0 },
  ];
  const entriesBefore = (await house.entries()).length;
  const granted = mustSucceed(
    await desk.moveMany(chief, { move: 'grant', request: 'many-grant', rows }),
    'granting',
  );
  context.refused.clear();
  assert.deepEqual(
    granted.refused.map(({ row, failure }) => [row, failure.code]),
    [
      [0, 'over-budget'],
      [1, 'case-moved-meanwhile'],
      [2, 'case-unknown'],
      [rows.length - 1, 'case-unknown'],
    ],
  );
  assert.equal(granted.moved.length, good.length);
  const entries = (await house.entries()).slice(entriesBefore);
  assert.equal(entries.length, rows.length);
  assert.equal(entries.filter((entry) => entry === 'permit-grant ok').length, good.length);
  const again = await desk.moveMany(chief, { move: 'grant', request: 'many-grant', rows });
  assert.deepEqual(mustSucceed(again, 'again'), granted);
  for (const caseId of good.slice(0, 3)) assert.equal((await stored(caseId)).effects, 1);
  assert.equal((await stored(refusedByEffect)).state, 'taken');
  assert.deepEqual([(await desk.moveMany(chief, { move: 'grant', request: 'none', rows: [] })).ok], [false]);
});

test('another system, another site and a raw statement of the system itself reach no case and no history', async () => {
  const caseId = await open();
  const fund = house.database.pool('fund');
  const stranger = house.database.pool('stranger');
  const look = (sql: typeof fund, site: string) =>
    inTransaction(
      sql,
      { site },
      async (tx) => (await tx`SELECT 1 FROM procedure.case_file WHERE id = ${caseId}`).length,
    );
  assert.deepEqual(
    [await look(fund, SITE), await look(stranger, SITE), await look(fund, 'prefectural/13')],
    [1, 0, 0],
  );
  await assert.rejects(house.desk(permit, context, 'stranger'), /another system/);
  for (const statement of [
    'UPDATE procedure.history SET state = $$granted$$',
    'DELETE FROM procedure.history',
    'DELETE FROM procedure.case_state',
    'UPDATE procedure.act SET move = $$x$$',
    'UPDATE procedure.case_file SET opened_on = current_date',
    'DELETE FROM procedure.case_file',
    'UPDATE procedure.kind SET system = $$ishizue_stranger$$',
  ])
    await assert.rejects(
      inTransaction(fund, { site: SITE }, (tx) => tx.unsafe(statement)),
      /permission denied/,
      statement,
    );
});

test('a stranger to a case is told that there is none, and the ledger has the try', async () => {
  const caseId = await open();
  const entries = (await house.entries()).length;
  for (const told of [
    await desk.read(ben, caseId),
    await desk.history(ben, caseId),
    await desk.read(ben, 999_999_999),
  ])
    assert.equal(told.ok ? 'shown' : told.failure.code, 'case-unknown');
  assert.deepEqual((await house.entries()).slice(entries), [
    'permit-read case-unknown',
    'permit-read-history case-unknown',
    'permit-read case-unknown',
  ]);
  assert.deepEqual(mustSucceed(await desk.inbox(ben), 'inbox').cases, []);
  assert.ok(
    mustSucceed(await desk.inbox(anna, { limit: 100 }), 'inbox').cases.some((one) => one.caseId === caseId),
  );
});

test('an inbox is paged without gaps by number and by day', async () => {
  const all = async (filter: Parameters<CaseDesk['inbox']>[1]) => {
    const ids: number[] = [];
    for (let from: string | undefined; ; ) {
      const page = mustSucceed(await desk.inbox(clerk, { ...filter, after: from, limit: 7 }), 'a page');
      ids.push(...page.cases.map(({ caseId }) => caseId));
      from = page.next;
      if (from === undefined) return ids;
    }
  };
  const waiting = await house.superuser<{ id: number }[]>`
    SELECT case_id AS id FROM procedure.case_state WHERE is_open ORDER BY case_id`;
  assert.deepEqual(
    await all({}),
    waiting.map(({ id }) => id),
  );
  const due = await house.superuser<{ id: number }[]>`
    SELECT case_id AS id FROM procedure.case_state WHERE due_on < '2026-12-31' ORDER BY due_on, case_id`;
  assert.ok(due.length > 7);
  assert.deepEqual(
    await all({ dueBefore: '2026-12-31' }),
    due.map(({ id }) => id),
  );
  assert.equal((await desk.inbox(clerk, { after: "1'; --" })).ok, false);
});

test('a delegate acts for the applicant and in a lent role, for its time, and passes nothing on', async () => {
  const caseId = await open();
  const days = (count: number): number => house.clock.now() + count * 86_400_000;
  const ask = async (by: typeof anna, wish: Parameters<CaseDesk['delegate']>[1]) => {
    const made = await desk.delegate(by, wish);
    return made.ok ? made.value : made.failure.code;
  };
  const toBen = { to: { kind: 'person', id: 'ben' }, what: { caseId }, validTo: days(10) } as const;
  assert.equal(await ask(anna, { ...toBen, to: { kind: 'person', id: 'anna' } }), 'delegation-to-oneself');
  assert.equal(await ask(ben, { ...toBen, to: { kind: 'person', id: 'cleo' } }), 'delegation-not-yours');
  assert.equal(await ask(anna, { ...toBen, validTo: days(-1) }), 'delegation-too-long');
  const id = await ask(anna, toBen);
  assert.ok(typeof id === 'number');
  assert.ok((await desk.read(ben, caseId)).ok);
  assert.equal(
    await ask(ben, { ...toBen, to: { kind: 'person', id: 'cleo' } }),
    'delegation-not-yours',
    'no chain',
  );
  assert.ok((await desk.move(ben, { caseId, move: 'withdraw', request: request() })).ok);
  const lines = mustSucceed(await desk.history(anna, caseId), 'history');
  assert.deepEqual([lines.at(-1)?.actor, lines.at(-1)?.onBehalf], ['person:ben', 'person:anna']);
  assert.equal((await desk.revokeDelegation(clerk, id)).ok, false);
  assert.ok((await desk.revokeDelegation(anna, id)).ok);
  assert.equal((await desk.read(ben, caseId)).ok, false);

  const newcomer = officer('o-new');
  const lend = { to: { kind: 'operator', id: 'o-new' }, what: { role: 'chief' }, validTo: days(5) } as const;
  assert.equal(await ask(clerk, lend), 'delegation-not-yours');
  assert.equal(await ask(chief, { ...lend, validTo: days(40) }), 'delegation-too-long');
  assert.ok(typeof (await ask(chief, lend)) === 'number');
  assert.equal(
    await ask(newcomer, { ...lend, to: { kind: 'operator', id: 'o-third' } }),
    'delegation-not-yours',
    'no chain',
  );
  const second = await open();
  await desk.move(clerk, { caseId: second, move: 'take', request: request() });
  assert.ok((await desk.move(newcomer, { caseId: second, move: 'grant', request: request() })).ok);
  house.clock.advance(6 * 86_400_000);
  assert.equal((await desk.read(newcomer, second)).ok, false, 'its time is over');
});

test('a program makes the moves of the system, and nobody else does', async () => {
  const caseId = await open();
  assert.equal((await desk.move(chief, { caseId, move: 'note', request: request() })).ok, false);
  assert.ok((await desk.move(program(), { caseId, move: 'note', request: request() })).ok);
});

test('a bearer makes the moves of bearers in the one case of their paper, whatever is lent to them or named like them', () => {
  const kinds = fc.constantFrom('person', 'operator', 'site', 'bearer' as const);
  const who = fc.tuple(kinds, fc.constantFrom('a', 'b'));
  const mover = fc.constantFrom<Mover>('applicant', 'bearer', 'clock', 'system', 'role:clerk');
  const lent = fc.record({
    from: who,
    caseId: fc.constantFrom(1, null),
    role: fc.constantFrom('clerk', null),
  });
  fc.assert(
    fc.property(
      who,
      who,
      fc.uniqueArray(mover),
      fc.array(lent, { maxLength: 3 }),
      ([kind, id], applicant, by, loans) => {
        const actor = { kind, id, roles: ['clerk'] };
        const move = { title: { ja: '-', en: '-' }, from: 'new', to: 'x', by } as const;
        const lentToThem = loans.map((one) => ({ ...one, from: one.from.join(':') }));
        const whose = { caseId: 1, applicant: applicant.join(':') };
        const found = authorityFor(actor, lentToThem, move, whose);
        const isTheirs = by.includes('bearer') && whose.applicant === `bearer:${id}`;
        if (kind === 'bearer') assert.equal(found !== undefined, isTheirs);
        // and nobody else is let in by the word
        else
          assert.deepEqual(
            found,
            authorityFor(actor, lentToThem, { ...move, by: by.filter((one) => one !== 'bearer') }, whose),
          );
      },
    ),
    { numRuns: 3_000 },
  );
});
