/** The runner of the tests, over planted files: one that passes, and one for each way of not doing so. */
import assert from 'node:assert/strict';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { type TestContext, test } from 'node:test';
import { type FileOutcome, runTestFiles } from './run-test-files.ts';
import { closing, progressOf, skipsOf } from './tell-tests.ts';

const FILES = {
  'passes.test.mjs': `test('fine', () => {}); test('fine too', () => {});`,
  'skips.test.mjs': `test('fine', () => {}); test('by hand', { skip: 'no abacus' }, () => {});
    test('inside', (t) => t.skip('no abacus'));`,
  'fails.test.mjs': `test('outer', async (t) => {
    await t.test('inner', () => { console.log('seed 7'); throw new Error('wrong', { cause: new Error('why') }); });
  });`,
  'crashes.test.mjs': `throw new Error('at the door');`,
  'blocks.test.mjs': `test('blocks', () => { for (;;); });`,
  'stays-open.test.mjs': `test('fine', () => { setInterval(() => {}, 1000); });`,
  'never-ends.test.mjs': `test('never ends', () => new Promise((resolve) => setTimeout(resolve, 1e8)));`,
} as const;

type FileName = keyof typeof FILES;

async function outcomesOf(
  t: TestContext,
  names: readonly FileName[],
  fileLimit_ms = 60_000,
): Promise<readonly FileOutcome[]> {
  // Node refuses a run inside a run by this mark of our own process; ours are runs of other files
  delete process.env['NODE_TEST_CONTEXT'];
  const folder = mkdtempSync(path.join(tmpdir(), 'ishizue-runner-'));
  t.after(() => rmSync(folder, { recursive: true, force: true }));
  const files = names.map((name) => {
    writeFileSync(path.join(folder, name), `import { test } from 'node:test';\n${FILES[name]}`);
    return path.join(folder, name);
  });
  const seen: FileOutcome[] = [];
  const outcomes = await runTestFiles(files, {
    concurrency: 2,
    testLimit_ms: 1000,
    fileLimit_ms,
    signal: t.signal,
    onFile: (outcome) => seen.push(outcome),
  });
  assert.deepEqual(seen, outcomes);
  return outcomes;
}

test('passing and skipped tests are counted, a skip with its reason', async (t) => {
  const outcomes = await outcomesOf(t, ['passes.test.mjs', 'skips.test.mjs']);
  assert.ok(outcomes.every(({ isOk }) => isOk));
  assert.deepEqual(skipsOf(outcomes), ['2 tests: no abacus']);
  assert.match(
    closing(outcomes, 1),
    /^ℹ tests 5\nℹ suites 0\nℹ pass 3\nℹ fail 0\nℹ cancelled 0\nℹ skipped 2\n/,
  );
  assert.match(closing(outcomes, 1), /\nℹ slowest \S+\.test\.mjs [\d.]+ s, \S+\.test\.mjs [\d.]+ s\n$/);
});

test('a failure is told with its error, the cause, and what the file wrote', async (t) => {
  const [failed] = await outcomesOf(t, ['fails.test.mjs']);
  assert.ok(failed && !failed.isOk);
  assert.deepEqual(
    failed.failures.map(({ name, line }) => [name, line]),
    [['inner', 3]],
  );
  const told = closing([failed], 1);
  for (const expected of [
    '✖ failing tests:',
    '✖ inner',
    'Error: wrong',
    '[cause]: Error: why',
    'seed 7',
    'ℹ fail 2',
  ])
    assert.ok(told.includes(expected), expected);
});

test('a file that crashes before its tests fails with what it said', async (t) => {
  const [crashed] = await outcomesOf(t, ['crashes.test.mjs']);
  assert.ok(crashed && !crashed.isOk);
  assert.match(closing([crashed], 1), /Error: at the door/);
});

test('a file that blocks, stays open or never ends is ended and fails', async (t) => {
  const outcomes = await outcomesOf(
    t,
    ['blocks.test.mjs', 'stays-open.test.mjs', 'never-ends.test.mjs'],
    2000,
  );
  assert.equal(outcomes.length, 3);
  for (const { file, isOk, took_ms } of outcomes) {
    assert.equal(isOk, false, file);
    assert.ok(took_ms < 30_000, file);
  }
  assert.match(closing(outcomes, 1), /the file did not end within 2\.0 s/);
});

test('a package’s line comes with its last file', async (t) => {
  const outcomes = await outcomesOf(t, ['passes.test.mjs', 'fails.test.mjs']);
  const tell = progressOf(outcomes.map(({ file }) => file));
  const [first = '', last = ''] = outcomes.map((outcome) => tell(outcome));
  assert.doesNotMatch(first, /files/);
  assert.match(last, /✖ .* 4 tests in 2 files, 2 failed/);
});
