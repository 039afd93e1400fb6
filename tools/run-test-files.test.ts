/** The runner of the tests, over planted files: one that passes, and one for each way of not doing so. */
import assert from 'node:assert/strict';
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { type TestContext, test } from 'node:test';
import { groupTestFiles } from './group-test-files.ts';
import { type GroupOutcome, runTestFiles } from './run-test-files.ts';
import { closing, progressOf, skipsOf } from './tell-tests.ts';

const FILES = {
  'passes.test.mjs': `test('fine', () => {}); test('fine too', () => {});`,
  'skips.test.mjs': `test('fine', () => {}); test('by hand', { skip: 'no abacus' }, () => {});
    test('inside', (t) => t.skip('no abacus'));`,
  'fails.test.mjs': `test('outer', async (t) => {
    await t.test('inner', () => { console.log('seed 7'); throw new Error('wrong', { cause: new Error('why') }); });
  });`,
  'empty.test.mjs': `test.name;`,
  'crashes.test.mjs': `throw new Error('at the door');`,
  'blocks.test.mjs': `test('blocks', () => { for (;;); });`,
  'stays-open.test.mjs': `test('fine', () => { setInterval(() => {}, 1000); });`,
  'never-ends.test.mjs': `test('never ends', () => new Promise((resolve) => setTimeout(resolve, 1e8)));`,
} as const;

type FileName = keyof typeof FILES;

/** A name is a file alone; a list of names is files together. */
async function outcomesOf(
  t: TestContext,
  names: readonly (FileName | readonly FileName[])[],
  groupLimit_ms = 60_000,
): Promise<readonly GroupOutcome[]> {
  // Node refuses a run inside a run by this mark of our own process; ours are runs of other files
  delete process.env['NODE_TEST_CONTEXT'];
  const folder = mkdtempSync(path.join(tmpdir(), 'ishizue-runner-'));
  t.after(() => rmSync(folder, { recursive: true, force: true }));
  const place = (name: FileName): string => {
    writeFileSync(path.join(folder, name), `import { test } from 'node:test';\n${FILES[name]}`);
    return path.join(folder, name);
  };
  const groups = names.map((group) => (typeof group === 'string' ? [place(group)] : group.map(place)));
  const seen: GroupOutcome[] = [];
  const outcomes = await runTestFiles(groups, {
    concurrency: 2,
    testLimit_ms: 1000,
    groupLimit_ms,
    env: process.env,
    signal: t.signal,
    onGroup: (outcome) => seen.push(outcome),
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
  for (const { files, isOk, took_ms } of outcomes) {
    assert.equal(isOk, false, String(files));
    assert.ok(took_ms < 30_000, String(files));
  }
  assert.match(closing(outcomes, 1), /the file did not end within 2\.0 s/);
});

test('files together are counted together; one that crashes or is silent among them fails, and the others run', async (t) => {
  const outcomes = await outcomesOf(t, [
    ['passes.test.mjs', 'skips.test.mjs'],
    ['crashes.test.mjs', 'empty.test.mjs', 'fails.test.mjs', 'passes.test.mjs'],
  ]);
  const [fine, broken] = outcomes.toSorted((one, other) => one.files.length - other.files.length);
  assert.ok(fine?.isOk);
  assert.deepEqual([fine.counts.tests, fine.counts.passed, fine.counts.skipped], [5, 3, 2]);
  assert.ok(broken && !broken.isOk);
  assert.deepEqual(
    new Set(broken.failures.map(({ file, name }) => `${path.basename(file)}: ${name}`)),
    new Set([
      'crashes.test.mjs: the file has tests',
      'empty.test.mjs: the file has tests',
      'fails.test.mjs: inner',
      'load-test-files.ts: crashes.test.mjs loads',
    ]),
  );
  assert.equal(broken.counts.passed, 2);
  assert.match(closing([broken], 1), /Error: at the door/);
});

test('neighbours of a package share a process, eight at the most; who hooks every test is alone', (t) => {
  const root = mkdtempSync(path.join(tmpdir(), 'ishizue-groups-'));
  t.after(() => rmSync(root, { recursive: true, force: true }));
  const put = (name: string, text = ''): string => {
    const file = path.join(root, name);
    mkdirSync(path.dirname(file), { recursive: true });
    writeFileSync(file, text);
    return file;
  };
  const many = Array.from({ length: 9 }, (_, each) => put(`systems/one/${each}.test.ts`));
  const hooked = put('systems/one/hooked.test.ts', 'before(() => open());');
  const other = put('platform/two/a.test.ts');
  const programs = [put('apps/cli/a.test.ts'), put('apps/cli/b.test.ts')];
  assert.deepEqual(groupTestFiles(root, [...programs, ...many, hooked, other]), [
    ...programs.map((file) => [file]),
    many.slice(0, 8),
    many.slice(8),
    [hooked],
    [other],
  ]);
});

test('a package’s line comes with its last file', async (t) => {
  const outcomes = await outcomesOf(t, ['passes.test.mjs', 'fails.test.mjs']);
  const tell = progressOf(outcomes.flatMap(({ files }) => files));
  const [first = '', last = ''] = outcomes.map((outcome) => tell(outcome));
  assert.doesNotMatch(first, /files/);
  assert.match(last, /✖ .* 4 tests in 2 files, 2 failed/);
});
