/** What closed cases say, and files: there until their day, gone after it, and nobody takes them before. */
import assert from 'node:assert/strict';
import { after, before, beforeEach, test } from 'node:test';
import { inTransaction } from '@ishizue/db';
import { mustSucceed } from '@ishizue/outcome';
import { readAttachment } from '../attachments/read-attachment.ts';
import type { ActingBy } from '../desk/acting.ts';
import type { CaseDesk } from '../desk/case-desk.ts';
import { grant } from '../testing/grant.ts';
import { houseForTest, officer, person, request } from '../testing/index.ts';
import { type PermitContext, permit } from '../testing/permit.ts';

const [anna, carl] = [person('anna'), person('carl')];
const reviewer = officer('o-review', 'grant-reviewer');
const decider = officer('o-decide', 'grant-decider');
const clerk = officer('o-clerk', 'clerk');
const pdf = (said: string): Buffer => Buffer.from(`%PDF-1.7\n${said.repeat(90_000)}\n%%EOF`);

let house: Awaited<ReturnType<typeof houseForTest>>;
let grants: CaseDesk;
const closers: (() => unknown)[] = [];
before(async () => {
  house = await houseForTest({ after: (work) => void closers.push(work as () => unknown) });
  grants = await house.desk(grant, { ceilingOf: () => 1000 });
});
after(async () => {
  for (const close of closers.toReversed()) await close();
});
beforeEach(() => house.goTo('2022-05-02'));

const attach = async (by: ActingBy, bytes: Buffer): Promise<string> => {
  const stored = await grants.attach(
    by,
    'quotation',
    (async function* () {
      yield bytes;
    })(),
  );
  return mustSucceed(stored, 'a file').sha256;
};
const form = (quotation: string, item = 'x') => ({
  body: '131016',
  fiscalYear: 2026,
  kind: 'planning',
  costs: [{ item, amount: 1 }],
  quotation,
});
const opened = async (by: ActingBy, given: object): Promise<number> =>
  mustSucceed(await grants.start(by, { move: 'apply', request: request(), form: given }), 'opening').caseId;
const moved = async (desk: CaseDesk, by: ActingBy, caseId: number, move: string, own = {}): Promise<void> =>
  void mustSucceed(await desk.move(by, { caseId, move, request: request(), own }), move);

/** Everything in the tables that hold personal content, as text. */
async function everything(): Promise<string> {
  const tables = [
    'act',
    'case_file',
    'case_state',
    'history',
    'notice',
    'delegation',
    'upload',
    'named_file',
  ];
  const texts = await Promise.all(
    tables.map(
      (table) =>
        house.superuser<{ said: string }[]>`
        SELECT coalesce(string_agg(t::text, ' '), '') AS said FROM procedure.${house.superuser(table)} t`,
    ),
  );
  return texts.map(([row]) => row?.said ?? '').join(' ');
}

const filesKept = async (): Promise<readonly number[]> => {
  const [row] = await house.superuser`
    SELECT (SELECT count(*)::int FROM procedure.content) AS files, (SELECT count(*)::int FROM procedure.content_chunk) AS chunks`;
  return [row?.['files'], row?.['chunks']];
};

test('after its day a closed case is only that it was and how it went; a file goes when no case names it', async () => {
  const sha256 = await attach(anna, pdf('anna'));
  const caseId = await opened(anna, form(sha256, 'Annas Werkstatt'));
  const validTo = Date.parse('2022-06-01T00:00:00Z');
  const to = { kind: 'person', id: 'annas-son' } as const;
  mustSucceed(await grants.delegate(anna, { to, what: { caseId }, validTo }), 'a delegation');
  await moved(grants, decider, caseId, 'refuse', { reason: 'Annas Quittung fehlt' });
  const other = await opened(carl, form(await attach(carl, pdf('anna'))));
  assert.deepEqual(await filesKept(), [1, 2]);
  assert.match(await everything(), /anna.*Annas Werkstatt/s);

  house.goTo('2023-05-02');
  assert.equal((await grants.destroyOver()).cases, 0, 'the last day');
  assert.match(await everything(), /Annas Quittung/);
  house.goTo('2023-05-03');
  assert.equal((await grants.destroyOver()).cases, 1);
  assert.doesNotMatch(await everything(), /anna/i);
  assert.deepEqual(await filesKept(), [1, 2], 'another case names it');
  const left = mustSucceed(await grants.read(reviewer, caseId), 'reading');
  assert.deepEqual(
    [left.state, left.openedOn, left.form, left.record, left.applicant],
    ['refused', '2022-05-02', {}, {}, 'destroyed'],
  );
  const history = mustSucceed(await grants.history(reviewer, caseId), 'history');
  assert.deepEqual(
    history.map(({ move, state, actor }) => [move, state, actor]),
    [
      ['apply', 'review', 'person'],
      ['refuse', 'refused', 'operator:o-decide'],
    ],
  );
  assert.equal((await readAttachment(grants.place, reviewer, { caseId, sha256 })).ok, false);
  assert.equal((await grants.read(anna, caseId)).ok, false, 'it is nobody’s any more');

  await moved(grants, decider, other, 'refuse', { reason: 'x' });
  house.goTo('2024-05-04');
  assert.equal((await grants.destroyOver()).cases, 1);
  assert.deepEqual(await filesKept(), [0, 0]);
  assert.deepEqual(await grants.destroyOver(), { cases: 0, others: 0 }, 'once');
  const record = await grants.destructions();
  assert.deepEqual(
    record.map(({ what, count, lastDay }) => [what, count, lastDay]),
    [
      ['files', 1, '2024-05-03'],
      ['cases', 1, '2024-05-03'],
      ['cases', 1, '2023-05-02'],
      ['uploads', 2, '2023-05-01'],
    ],
  );
  assert.match(record[0]?.rule ?? '', /^grant 2022-04-01: invented$/);
  const entries = await house.entries();
  assert.equal(entries.filter((entry) => entry === 'grant-destroy ok').length, 3);
});

test('no program takes content before its day, or a file that is named or was just brought; nobody puts a day forward', async () => {
  const file = await attach(anna, pdf('kept'));
  const caseId = await opened(anna, form(file));
  await moved(grants, decider, caseId, 'refuse', { reason: 'kept' });
  await house.superuser`
    UPDATE procedure.upload SET at = now() WHERE sha256 = decode(${file}, 'hex')`;
  await house.superuser`UPDATE procedure.case_state SET kept_until = current_date WHERE case_id = ${caseId}`;
  const planted: Readonly<Record<string, string>> = {
    'what a move said': 'UPDATE procedure.history SET own = NULL',
    'what a request said': `UPDATE procedure.act SET own = NULL, actor = 'person' WHERE id IN (SELECT act FROM procedure.history WHERE case_id = ${caseId})`,
    'a notice': 'DELETE FROM procedure.notice',
    'which file a case names': 'DELETE FROM procedure.named_file',
    'an upload': 'DELETE FROM procedure.upload',
    'a file': 'DELETE FROM procedure.content',
    'its bytes': 'DELETE FROM procedure.content_chunk',
    'the day': "UPDATE procedure.case_state SET kept_until = '2020-01-01' WHERE kept_until IS NOT NULL",
    'no day any more': 'UPDATE procedure.case_state SET kept_until = NULL WHERE kept_until IS NOT NULL',
    'whose it is': "UPDATE procedure.case_file SET applicant = 'nobody'",
    'all at once':
      "UPDATE procedure.case_file SET form = '{}', record = NULL, subject = '', applicant = 'destroyed', destroyed_on = current_date",
    'an open case with a day': "UPDATE procedure.case_state SET kept_until = '2020-01-01', is_open = true",
  };
  const said = await everything();
  for (const [what, statement] of Object.entries(planted)) {
    const struck = await inTransaction(house.database.pool('fund'), { site: 'national' }, async (tx) => {
      const of = what === 'the day' || what === 'no day any more' ? ` AND case_id = ${caseId}` : '';
      return (await tx.unsafe(statement + of)).count;
    }).catch((error: Error) => error.message);
    if (typeof struck === 'number') assert.equal(struck, 0, what);
    else assert.match(struck, /is kept until|says what it says|kept_when_closed/, what);
  }
  assert.equal(await everything(), said);
  assert.deepEqual(await filesKept(), [1, 2]);
});

test('a hold, or what the system needs, puts it off; a run that dies goes on; a clock that is ahead destroys nothing', async () => {
  const context: { -readonly [K in keyof PermitContext]: PermitContext[K] } = {
    crash: false,
    refused: new Set(),
  };
  const permits = await house.desk(permit, context);
  const rows = Array.from({ length: 502 }, (_, nth) => ({ form: { note: `note ${nth}` } }));
  const started = mustSucceed(
    await permits.startMany(carl, { move: 'apply', request: request(), rows }),
    'many',
  );
  const ids = started.moved.map(({ caseId }) => caseId);
  const all = { move: 'withdraw', request: request(), rows: ids.map((caseId) => ({ caseId })) };
  mustSucceed(await permits.moveMany(carl, all), 'withdrawing');
  const [held = 0, needed = 0] = ids;
  const wish = { caseId: held, reason: 'dispute', request: request() } as const;
  const hold = mustSucceed(await permits.hold(clerk, wish), 'a hold');
  assert.equal(mustSucceed(await permits.hold(clerk, wish), 'the same hold'), hold);
  const refusals = [
    await permits.hold(carl, { ...wish, request: request() }),
    await permits.hold(clerk, { ...wish, reason: 'audit' }),
    await permits.hold(clerk, { ...wish, caseId: 999_999, request: request() }),
    await permits.endHold(clerk, needed, hold),
  ];
  assert.deepEqual(
    refusals.map((one) => (one.ok ? 'done' : one.failure.code)),
    ['not-permitted', 'request-id-reused', 'case-unknown', 'hold-unknown'],
  );

  house.goTo('2023-06-01');
  context.needed = new Map([[needed, '2023-07-01']]);
  let batches = 0;
  context.destroying = () => {
    if (++batches === 2) throw new Error('killed');
  };
  await assert.rejects(permits.destroyOver(), /killed/);
  assert.deepEqual(await permits.countKept(), { due: 2, oldest: '2023-05-02', kept: 1 });
  context.needed = new Map();
  assert.equal((await permits.destroyOver()).cases, 1);
  assert.deepEqual(await permits.countKept(), { due: 1, oldest: '2023-05-02', kept: 1 });
  house.goTo('2023-07-02');
  assert.equal((await permits.destroyOver()).cases, 1);
  mustSucceed(await permits.endHold(clerk, held, hold), 'the end of the hold');
  assert.equal((await permits.destroyOver()).cases, 1);
  const gone = await permits.hold(clerk, { ...wish, request: request() });
  assert.equal(gone.ok ? 'held' : gone.failure.code, 'case-destroyed');
  const replayed = await permits.moveMany(carl, all);
  assert.equal(replayed.ok ? 'again' : replayed.failure.code, 'request-id-reused');
  assert.doesNotMatch(await everything(), /carl.*note \d/s);

  house.goTo('2026-10-01');
  const late = await permits.start(carl, { move: 'apply', request: request(), form: { note: 'late' } });
  await moved(permits, carl, mustSucceed(late, 'late').caseId, 'withdraw');
  house.goTo('2090-01-01');
  assert.equal((await permits.destroyOver()).cases, 0, 'by the database’s date its day is not over');
});

test('whoever names or brings a file while it is being destroyed has it whole, or is refused', async () => {
  for (let round = 0; round < 12; round++) {
    house.goTo('2022-05-02');
    const sha256 = await attach(anna, pdf(`round ${round}`));
    house.goTo('2022-05-11');
    const [, , started] = await Promise.all([
      grants.destroyOver(),
      round % 2 === 0 ? attach(carl, pdf(`round ${round}`)) : undefined,
      grants.start(anna, { move: 'apply', request: request(), form: form(sha256) }),
    ]);
    if (!started.ok) assert.equal(started.failure.code, 'attachment-unknown');
  }
  const wrong = await house.superuser`
    SELECT n.sha256 FROM (SELECT kind, sha256 FROM procedure.named_file UNION SELECT kind, sha256 FROM procedure.upload) n
    WHERE NOT EXISTS (SELECT FROM procedure.content c WHERE c.kind = n.kind AND c.sha256 = n.sha256)
    UNION ALL
    SELECT c.sha256 FROM procedure.content c WHERE c.bytes <>
      (SELECT coalesce(sum(octet_length(chunk)), 0) FROM procedure.content_chunk k WHERE k.content_id = c.id)
    UNION ALL
    SELECT NULL FROM procedure.content_chunk k WHERE NOT EXISTS (SELECT FROM procedure.content c WHERE c.id = k.content_id)`;
  assert.deepEqual([...wrong], []);
});
