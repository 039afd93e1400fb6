import assert from 'node:assert/strict';
import { createHash } from 'node:crypto';
import { test } from 'node:test';
import { mustSucceed } from '@ishizue/outcome';
import { sealed, testAccess } from '../testing/index.ts';
import { setAgencyStatus } from './agencies.ts';
import { CHUNK_LINES } from './batch-file.ts';
import type { BatchOrder } from './batch-job.ts';
import { acknowledgeAnswer, batchProgress, collectAnswer, runBatch } from './batch-query.ts';
import {
  BANKS,
  codeOf,
  numberOf,
  PENSION,
  type Provisioning,
  provisionEntries,
  provisioning,
} from './provision-for-tests.ts';

const HEADER = 'case_key,person_key\r\n';

const orderWith = (changes: Partial<BatchOrder> = {}): BatchOrder => ({
  agency: PENSION,
  jobId: 'job-1',
  row: '77',
  affair: 'annex-1-77',
  key: 'resident-code',
  items: ['name', 'birth-date'],
  ...changes,
});

/** A file in pieces that do not end where lines end. */
async function* pieces(text: string, size = 1_000): AsyncGenerator<string> {
  for (let at = 0; at < text.length; at += size) yield text.slice(at, at + size);
}

const fileOf = (count: number): string =>
  HEADER + Array.from({ length: count }, (_, nth) => `c${nth},${codeOf(nth)}\r\n`).join('');

async function answerOf({ country }: Provisioning, jobId = 'job-1'): Promise<string> {
  const answer = mustSucceed(await collectAnswer(country.context, PENSION, jobId), 'the answer');
  let text = '';
  for await (const piece of answer) text += piece;
  return text;
}

test('good lines are answered beside bad ones, in the order of the file', async (t) => {
  const place = await provisioning(t, 3);
  const file = `${HEADER}"a,""1""",${codeOf(2)}\r\nb,123\r\nc,${codeOf(9)}\r\nbroken\r\nx\u001fy,${codeOf(2)}\r\nd,${codeOf(2)}\r\n`;
  const result = await runBatch(place.country.context, orderWith(), pieces(file, 7));
  assert.deepEqual(mustSucceed(result, 'the job'), { lines: 6, given: 2, isFinished: true });
  const name = `"清瀬 ""${numberOf(2)}""","",""`;
  assert.equal(
    await answerOf(place),
    [
      'case_key,result,name,formerSurname,alias,birthDate',
      `"a,""1""",ok,${name},1980-01-02`,
      '"b",person-key-invalid,"","","",',
      '"c",person-unknown,"","","",',
      '"",row-malformed,"","","",',
      '"",row-malformed,"","","",',
      `"d",ok,${name},1980-01-02`,
      '',
    ].join('\r\n'),
  );
  const entries = await provisionEntries(place.sql);
  assert.deepEqual(
    entries.map(({ result: code, correlation }) => `${code} ${correlation}`),
    ['ok job-1', 'person-unknown job-1', 'ok job-1'],
  );
});

test('a query by number finds by it, and under a row without numbers nothing is looked up', async (t) => {
  const { country, sql } = await provisioning(t, 2);
  const file = `${HEADER}a,${numberOf(1)}\r\nb,${numberOf(7)}\r\n`;
  const order = orderWith({ key: 'individual-number', items: ['individual-number'] });
  const result = await runBatch(country.context, order, pieces(file));
  assert.equal(mustSucceed(result, 'the job').given, 1);
  const entries = await provisionEntries(sql);
  assert.deepEqual(
    entries.map(({ subject }) => subject),
    [country.pseudonyms.of('national', codeOf(1)).toString('hex'), null],
  );
  const banks = orderWith({ agency: BANKS, row: '1-2', affair: 'annex-1-1-2', key: 'individual-number' });
  const refused = await runBatch(country.context, banks, pieces(file));
  assert.equal(refused.ok || refused.failure.code, 'provision-not-permitted');
  assert.equal((await provisionEntries(sql)).at(-1)?.result, 'provision-not-permitted');
  assert.equal(await batchProgress(country.context, BANKS, 'job-1'), undefined);
});

test('killed at any moment and begun again, nobody is provided twice and nobody is left out', async (t) => {
  const count = 3 * CHUNK_LINES + 10;
  const place = await provisioning(t, count);
  const { country, sql } = place;
  // sessions die while chunks are under way, as with a server or a process that is killed
  let killing: Promise<unknown> = Promise.resolve();
  const killer = setInterval(() => {
    killing = sql`
      SELECT pg_terminate_backend(pid) FROM pg_stat_activity
      WHERE usename = 'ishizue_registry' AND datname = current_database() AND state <> 'idle'`.catch(
      () => undefined,
    );
  }, 60);
  let deaths = 0;
  try {
    for (; deaths < 5; deaths++)
      try {
        await runBatch(country.context, orderWith(), pieces(fileOf(count), 50_000));
        break;
      } catch {
        // as the agency would: the same file again
      }
  } finally {
    clearInterval(killer);
  }
  await killing;
  const runAgain = () => runBatch(country.context, orderWith(), pieces(fileOf(count), 50_000));
  // the pool may hear only now of sessions that died last
  const result = await runAgain().catch(runAgain);
  assert.ok(deaths > 0, 'nothing was killed');
  assert.deepEqual(mustSucceed(result, 'the job'), { lines: count, given: count, isFinished: true });
  const entries = await provisionEntries(sql);
  assert.equal(entries.length, count);
  assert.equal(new Set(entries.map(({ subject }) => subject)).size, count);
  const lines = (await answerOf(place)).trimEnd().split('\r\n').slice(1);
  assert.deepEqual(
    lines.map((line) => line.split(',', 1)[0]),
    Array.from({ length: count }, (_, nth) => `"c${nth}"`),
  );
});

test('a file that ends in the middle leaves whole chunks, and two runs of a job at once give one answer', async (t) => {
  const count = 2 * CHUNK_LINES + 1;
  const { country, sql } = await provisioning(t, count);
  async function* cut(): AsyncGenerator<string> {
    yield* pieces(fileOf(CHUNK_LINES + 5), 100_000);
    throw new Error('the client is gone');
  }
  await assert.rejects(runBatch(country.context, orderWith(), cut()), /the client is gone/);
  const runs = await Promise.all(
    [1, 2, 3].map(() => runBatch(country.context, orderWith(), pieces(fileOf(count), 100_000))),
  );
  for (const run of runs) assert.equal(mustSucceed(run, 'a run').given, count);
  assert.equal((await provisionEntries(sql)).length, count);
});

test('a job id stands for one order and one file', async (t) => {
  const { country, sql } = await provisioning(t, 5);
  const run = async (changes: Partial<BatchOrder>, file: string) => {
    const result = await runBatch(country.context, orderWith(changes), pieces(file));
    return result.ok ? 'ok' : result.failure.code;
  };
  assert.equal(await run({}, fileOf(5)), 'ok');
  assert.equal(await run({}, fileOf(5)), 'ok');
  assert.equal(await run({ items: ['name'] }, fileOf(5)), 'job-id-reused');
  assert.equal(await run({ row: '74', affair: 'annex-1-74' }, fileOf(5)), 'job-id-reused');
  assert.equal(await run({}, fileOf(4)), 'job-id-reused');
  assert.equal(await run({}, HEADER), 'job-id-reused');
  assert.equal(await run({ jobId: 'job-2' }, 'code\r\n1\r\n'), 'file-columns');
  assert.equal(await run({ jobId: 'job-2' }, ''), 'file-columns');
  assert.equal((await provisionEntries(sql)).length, 5);
});

test('a suspension stops a job between two chunks, and the job goes on when it ends', async (t) => {
  const count = 4 * CHUNK_LINES;
  const { country, sql } = await provisioning(t, 10);
  const set = async (status: 'active' | 'suspended') =>
    mustSucceed(await setAgencyStatus(country.context, testAccess, PENSION, status), status);
  async function* suspending(): AsyncGenerator<string> {
    yield* pieces(fileOf(2 * CHUNK_LINES + 10), 100_000);
    await set('suspended');
    yield* pieces(fileOf(count).slice(fileOf(2 * CHUNK_LINES + 10).length), 100_000);
  }
  const stopped = await runBatch(country.context, orderWith(), suspending());
  assert.equal(stopped.ok || stopped.failure.code, 'agency-suspended');
  assert.equal((await batchProgress(country.context, PENSION, 'job-1'))?.isFinished, false);
  const early = await collectAnswer(country.context, PENSION, 'job-1');
  assert.equal(early.ok || early.failure.code, 'job-not-finished');
  await set('active');
  const result = await runBatch(country.context, orderWith(), pieces(fileOf(count), 100_000));
  assert.deepEqual(mustSucceed(result, 'the job'), { lines: count, given: 10, isFinished: true });
  const given = (await provisionEntries(sql)).filter(({ result: code }) => code === 'ok');
  assert.equal(given.length, 10);
});

test('an answer is deleted when the agency has it, and no other agency has it at all', async (t) => {
  const place = await provisioning(t, 2);
  const { country, sql } = place;
  mustSucceed(await runBatch(country.context, orderWith(), pieces(fileOf(2))), 'the job');
  const foreign = await collectAnswer(country.context, BANKS, 'job-1');
  assert.equal(foreign.ok || foreign.failure.code, 'job-unknown');
  assert.equal((await acknowledgeAnswer(country.context, BANKS, 'job-1')).ok, false);
  const first = await answerOf(place);
  assert.equal(await answerOf(place), first);
  mustSucceed(await acknowledgeAnswer(country.context, PENSION, 'job-1'), 'acknowledged');
  const [row] = await sql<{ kept: number }[]>`
    SELECT count(answer) AS kept FROM registry.national_provision_chunk`;
  assert.equal(row?.kept, 0);
  const late = await collectAnswer(country.context, PENSION, 'job-1');
  assert.equal(late.ok || late.failure.code, 'answer-collected');
  assert.deepEqual(await batchProgress(country.context, PENSION, 'job-1'), {
    lines: 2,
    given: 2,
    isFinished: true,
  });
});

test('a retired number in a file is answered as retired, with nothing of the person, and so is its ledger entry', async (t) => {
  const place = await provisioning(t, 2);
  await place.sql`INSERT INTO registry.national_retired_number VALUES (${sealed(numberOf(0))}, now())`;
  const file = `${HEADER}a,${numberOf(0)}\r\nb,${numberOf(1)}\r\nc,${numberOf(5)}\r\n`;
  const order = orderWith({ key: 'individual-number', items: ['birth-date'] });
  const result = await runBatch(place.country.context, order, pieces(file));
  assert.deepEqual(mustSucceed(result, 'the job'), { lines: 3, given: 1, isFinished: true });
  assert.equal(
    await answerOf(place),
    'case_key,result,birthDate\r\n"a",number-retired,\r\n"b",ok,1980-01-02\r\n"c",person-unknown,\r\n',
  );
  const entries = await provisionEntries(place.sql);
  assert.deepEqual(
    entries.map(({ result: told, subject }) => `${told} ${subject === null}`),
    ['number-retired true', 'ok false', 'person-unknown true'],
  );
});

test('numbers lie sealed in a stored answer, and are opened in their own fields and nowhere else', async (t) => {
  const place = await provisioning(t, 3);
  const looksSealed = sealed('123456789018');
  await place.sql`
    UPDATE registry.national_person SET name = ${`a,${looksSealed},"b`}, individual_number = NULL
    WHERE resident_code = ${codeOf(1)}`;
  const file = `${HEADER}"x,${looksSealed}",${codeOf(0)}\r\nb,${codeOf(1)}\r\nc,${codeOf(2)}\r\n`;
  const order = orderWith({ items: ['individual-number', 'name'] });
  mustSucceed(await runBatch(place.country.context, order, pieces(file)), 'the job');
  const [stored] = await place.sql<{ answer: string }[]>`
    SELECT answer FROM registry.national_provision_chunk WHERE job_id = 'job-1'`;
  assert.ok(!stored?.answer.includes(`ok,${numberOf(0)}`) && stored?.answer.includes(sealed(numberOf(0))));
  assert.equal(
    await answerOf(place),
    [
      'case_key,result,individualNumber,name,formerSurname,alias',
      `"x,${looksSealed}",ok,${numberOf(0)},"清瀬 ""${numberOf(0)}""","",""`,
      `"b",ok,,"a,${looksSealed},""b","",""`,
      `"c",ok,${numberOf(2)},"清瀬 ""${numberOf(2)}""","",""`,
      '',
    ].join('\r\n'),
  );
});

test('the hash of a chunk that was asked by number cannot be tried out', async (t) => {
  const place = await provisioning(t, 1);
  const order = orderWith({ key: 'individual-number', items: ['birth-date'] });
  const run = (nth: number) =>
    runBatch(place.country.context, order, pieces(`${HEADER}a,${numberOf(nth)}\r\n`));
  mustSucceed(await run(0), 'the job');
  const [stored] = await place.sql<{ sha256: Buffer }[]>`
    SELECT asked_sha256 AS sha256 FROM registry.national_provision_chunk`;
  const tried = createHash('sha256')
    .update(`a\0${numberOf(0)}\0`)
    .digest();
  assert.ok(stored && !stored.sha256.equals(tried));
  assert.deepEqual(mustSucceed(await run(0), 'the same file'), { lines: 1, given: 1, isFinished: true });
  const other = await run(1);
  assert.equal(!other.ok && other.failure.code, 'job-id-reused');
});
