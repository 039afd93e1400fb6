import assert from 'node:assert/strict';
import { existsSync, readFileSync } from 'node:fs';
import path from 'node:path';
import { test } from 'node:test';
import { dataForTest, openedDataForTest, processesOf, startVerb } from './started-for-test.ts';

/** Into a first start; the last is of the directory that the others left. */
const MOMENTS: readonly (readonly [said: string, signal: NodeJS.Signals, code: number])[] = [
  ['Starting PostgreSQL', 'SIGINT', 130],
  ['Loading municipalities', 'SIGTERM', 143],
  ['Starting the signer', 'SIGINT', 130],
  ['Opening the systems', 'SIGHUP', 129],
  ['is up', 'SIGINT', 0],
  ['is up', 'SIGTERM', 0],
];

test('a signal to the whole group, sent twice, ends everything at any moment of a start', async (t) => {
  const data = dataForTest(t);
  for (const [said, signal, code] of MOMENTS) {
    const started = startVerb(t, data, ['start']);
    await started.says(said);
    started.signalGroup(signal);
    started.signalGroup(signal);
    const ended = await started.ended;
    assert.deepEqual(processesOf(data), [], `after “${said}”, ${signal}`);
    // what the signal met in the group besides us (the maker of the cluster) may end first, and is then the reason
    assert.equal(ended.code, code, `after “${said}”, ${signal}:\n${ended.stderr}`);
  }
});

test('a verb that is interrupted while it starts what it needs ends it again', async (t) => {
  const data = await openedDataForTest(t);
  const started = startVerb(t, data, ['links', '--json']);
  await started.says('Opening the systems');
  started.signalGroup('SIGTERM');
  assert.equal((await started.ended).code, 143);
  assert.deepEqual(processesOf(data), []);
});

test('settings that are refused end it with 2 and their code before anything is made', async (t) => {
  const data = dataForTest(t);
  const refused = startVerb(t, data, ['links', '--json'], {
    DATABASE_URL: 'postgres://a:s3cret@db/x?sslmod=require',
  });
  const { code, stdout, stderr } = await refused.ended;
  assert.equal(code, 2);
  assert.equal(JSON.parse(stdout).failure.code, 'database-url-parameter-unknown');
  assert.doesNotMatch(stdout + stderr, /s3cret/);
  const start = await startVerb(t, data, ['start'], { ISHIZUE_ORIGIN: 'ishizue.example' }).ended;
  assert.equal(start.code, 2);
  assert.match(start.stderr, /✗ setting-invalid: ISHIZUE_ORIGIN/);
  assert.equal(existsSync(path.join(data, 'database-secret')), false);
  assert.match(readFileSync(path.join(data, 'country.json'), 'utf8'), /132217/);
});
