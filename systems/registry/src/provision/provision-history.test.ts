import assert from 'node:assert/strict';
import { test } from 'node:test';
import { mustSucceed } from '@ishizue/outcome';
import { testAccess } from '../testing/index.ts';
import { runBatch } from './batch-query.ts';
import { ProvisionDesk } from './provision-desk.ts';
import { BANKS, codeOf, PENSION, provisioning, queryWith, transactionsEnded } from './provision-for-tests.ts';
import { provisionHistory, provisionReport } from './provision-history.ts';
import { addToStandingList, fetchChanges, openStandingList } from './standing-list.ts';

test('the history names every provision by every way, and no refusal; pages fit together', async (t) => {
  const { country, sql } = await provisioning(t, 3);
  const { context, clock } = country;
  const desk = new ProvisionDesk(context);
  const list = {
    agency: PENSION,
    listId: 'list-1',
    row: '74',
    affair: 'annex-1-74',
    items: ['address'],
  } as const;
  mustSucceed(await openStandingList(context, list), 'the list');
  mustSucceed(await addToStandingList(context, PENSION, 'list-1', [codeOf(0)]), 'added');
  for (let nth = 0; nth < 5; nth++) {
    clock.advance(1_000);
    mustSucceed(await desk.ask({ agency: PENSION, request: queryWith({ caseNumber: `c-${nth}` }) }), 'asked');
  }
  await desk.ask({ agency: BANKS, request: queryWith() });
  await desk.ask({ agency: PENSION, request: queryWith({ person: { residentCode: codeOf(1) } }) });
  clock.advance(1_000);
  async function* file(): AsyncGenerator<string> {
    yield `case_key,person_key\r\na,${codeOf(0)}\r\nb,${codeOf(2)}\r\n`;
  }
  const order = { agency: PENSION, jobId: 'job-1', row: '77', affair: 'annex-1-77', items: ['sex'] } as const;
  mustSucceed(await runBatch(context, { ...order, key: 'resident-code' }, file()), 'the job');
  await sql`
    INSERT INTO registry.national_change (resident_code, municipality_code, sequence, reason, event_date, applied_at)
    VALUES (${codeOf(0)}, '132217', 2, 'move-within', '2026-11-01', now())`;
  await transactionsEnded(sql);
  clock.advance(1_000);
  mustSucceed(await fetchChanges(context, PENSION, 'list-1'), 'the changes');

  const ledger = country.database.pool('ledger');
  const access = { ...testAccess, article: '住民基本台帳法 第30条の32', affair: 'provision-history' };
  const seen: string[] = [];
  let before;
  do {
    const page = await provisionHistory(context, ledger, access, codeOf(0), { before, limit: 3 });
    for (const { at, agency, affair, items, caseNumber } of page.provided)
      seen.push(`${at - clock.now()} ${agency} ${affair} ${items.join()} ${caseNumber}`);
    before = page.next;
  } while (before);
  assert.deepEqual(seen, [
    `0 ${PENSION} annex-1-74 address list-1`,
    `-1000 ${PENSION} annex-1-77 sex job-1`,
    ...[4, 3, 2, 1, 0].map((nth) => `${nth * 1_000 - 6_000} ${PENSION} annex-1-77 name c-${nth}`),
  ]);
  const [looks] = await sql<{ count: number }[]>`
    SELECT count(*) AS count FROM ledger.entry WHERE affair = 'provision-history'`;
  assert.equal(looks?.count, 3);
});

test('who was one of many in a batch finds it in the history like one who was asked for alone', async (t) => {
  const { country, sql } = await provisioning(t, 600);
  const { context } = country;
  async function* file(): AsyncGenerator<string> {
    yield 'case_key,person_key\r\n';
    for (let nth = 0; nth < 599; nth++) yield `${nth},${codeOf(nth)}\r\n`;
    yield `again,${codeOf(7)}\r\nnobody,${codeOf(1_000)}\r\n`;
  }
  const order = { agency: PENSION, jobId: 'job-1', row: '77', affair: 'annex-1-77', items: ['sex'] } as const;
  const done = await runBatch(context, { ...order, key: 'resident-code' }, file());
  assert.equal(mustSucceed(done, 'the job').given, 600);
  const [rows] = await sql<{ count: number }[]>`
    SELECT count(*) AS count FROM ledger.entry WHERE affair = 'annex-1-77'`;
  assert.equal(rows?.count, 5, 'three for 599, one for who is there twice, one for nobody');
  const ledger = country.database.pool('ledger');
  const access = { ...testAccess, article: '住民基本台帳法 第30条の32', affair: 'provision-history' };
  for (const [nth, count] of [
    [0, 1],
    [7, 2],
    [255, 1],
    [256, 1],
    [598, 1],
    [599, 0],
    [1_000, 0],
  ] as const) {
    const { provided } = await provisionHistory(context, ledger, access, codeOf(nth), { limit: 10 });
    assert.deepEqual(
      provided.map(({ agency, items, caseNumber }) => `${agency} ${items.join()} ${caseNumber}`),
      Array.from({ length: count }, () => `${PENSION} sex job-1`),
      `person ${nth}`,
    );
  }
  const fiscalYear = new Date(country.clock.now() - 90 * 86_400_000).getFullYear();
  assert.deepEqual(
    (await provisionReport(ledger, fiscalYear)).map(
      ({ affair, result, count }) => `${affair} ${result} ${count}`,
    ),
    ['annex-1-77 ok 600', 'annex-1-77 person-unknown 1'],
  );
});

test('the yearly report counts what was provided and refused in its year, by agency and affair', async (t) => {
  const { country, sql } = await provisioning(t, 3);
  const { context, clock } = country;
  const desk = new ProvisionDesk(context);
  const ask = (agency: string, changes = {}) => desk.ask({ agency, request: queryWith(changes) });
  clock.advance(Date.parse('2027-03-31T14:59:59.999Z') - clock.now()); // the last moment of the fiscal year in Tokyo
  await ask(PENSION);
  await ask(PENSION, { row: '74', affair: 'annex-1-74' });
  await ask(PENSION, { person: { residentCode: codeOf(9) } });
  await ask(BANKS);
  clock.advance(Date.parse('2027-03-31T15:00:00Z') - clock.now());
  await ask(PENSION);
  const ledger = country.database.pool('ledger');
  const linesOf = async (year: number) =>
    (await provisionReport(ledger, year)).map(
      ({ actor, affair, result, count }) => `${actor} ${affair} ${result} ${count}`,
    );
  assert.deepEqual(await linesOf(2026), [
    `${BANKS} annex-1-77 provision-not-permitted 1`,
    `${PENSION} annex-1-74 ok 1`,
    `${PENSION} annex-1-77 ok 1`,
    `${PENSION} annex-1-77 person-unknown 1`,
  ]);
  assert.deepEqual(await linesOf(2027), [`${PENSION} annex-1-77 ok 1`]);
  assert.deepEqual(await linesOf(2025), []);
  const all = [...(await provisionReport(ledger, 2026)), ...(await provisionReport(ledger, 2027))];
  const [row] = await sql<{ count: number }[]>`
    SELECT count(*) AS count FROM ledger.entry WHERE article LIKE '%別表第一%'`;
  assert.equal(
    all.reduce((sum, { count }) => sum + count, 0),
    row?.count,
  );
});

test('a person’s history is found by the index, whatever else is on the ledger', async (t) => {
  const { country, sql } = await provisioning(t, 1);
  await sql`SELECT set_config('ishizue.site', 'national', false)`;
  await sql`
    INSERT INTO ledger.entry (site, at, actor_kind, actor, terminal, article, affair, subject, fields, result, correlation)
    SELECT 'national', now(), 'site', 'agency/pension', '', 'x', 'annex-1-77', sha256(n::text::bytea), '{name}', 'ok', 'b'
    FROM generate_series(1, 20000) n`;
  await sql`ANALYZE ledger.entry`;
  const subject = country.pseudonyms.of('national', codeOf(0));
  const plan = await sql<{ 'QUERY PLAN': string }[]>`
    EXPLAIN SELECT * FROM ledger.entry e
    WHERE e.site = 'national' AND e.subject = ${subject} AND starts_with(e.affair, 'annex-1-') AND e.result = 'ok'
    ORDER BY e.era DESC, e.tx DESC, e.id DESC LIMIT 50`;
  assert.match(plan.map((row) => row['QUERY PLAN']).join('\n'), /Index Scan.*entry_of_subject/);
});
