/**
 * `npm test`: outside programs, the checks (types, lint, format, boundaries, dead code), every test on a PostgreSQL that
 * lives for this run only, and the life. `npm test -- PATH…` runs only the tests below the given paths.
 */
import { globSync } from 'node:fs';
import { availableParallelism, constants } from 'node:os';
import path from 'node:path';
import { TEST_FOLDER_VARIABLE, TEST_SERVER_VARIABLE } from '@ishizue/db/testing';
import { groupTestFiles } from './group-test-files.ts';
import { installMissing, missingPrograms } from './outside-programs.ts';
import { root, runCaptured } from './run-captured.ts';
import { type GroupOutcome, runTestFiles } from './run-test-files.ts';
import { type StepOutcome, Steps } from './steps.ts';
import { closing, progressOf, skipsOf } from './tell-tests.ts';
import { withTestCluster } from './test-cluster.ts';
import { buildTokenDriver } from './token-driver.ts';

// the slow ones first, so that none is left over at the end
const FOLDERS = ['tests', 'apps', 'systems', 'platform', 'tools'];
// one more than two processors: tests wait for the disk, for programs, for each other's commits
const CONCURRENCY = Math.min(3, availableParallelism() + 1);
const TEST_LIMIT_MS = 180_000;
const GROUP_LIMIT_MS = 240_000;
const STEP_LIMIT_MS = 240_000;

const interruption = new AbortController();
for (const signal of ['SIGINT', 'SIGTERM', 'SIGHUP'] as const)
  process.on(signal, () => {
    process.exitCode = 128 + constants.signals[signal];
    interruption.abort(new Error(`interrupted by ${signal}`));
  });

function filesBelow(places: readonly string[]): readonly string[] {
  return places.flatMap((place) => {
    const found = place.endsWith('.ts') ? [place] : globSync(`${place}/**/*.test.ts`, { cwd: root });
    if (found.length === 0) throw new Error(`no tests below ${place}`);
    return found.toSorted().map((file) => path.resolve(root, file));
  });
}

async function testsStep(places: readonly string[], outcomes: GroupOutcome[]): Promise<StepOutcome> {
  const files = filesBelow(places);
  const tell = progressOf(files);
  const began = performance.now();
  await withTestCluster(async ({ server, folder, temporary }) => {
    await runTestFiles(groupTestFiles(root, files), {
      concurrency: CONCURRENCY,
      testLimit_ms: TEST_LIMIT_MS,
      groupLimit_ms: GROUP_LIMIT_MS,
      env: {
        ...process.env,
        [TEST_SERVER_VARIABLE]: JSON.stringify(server),
        [TEST_FOLDER_VARIABLE]: folder,
        TMPDIR: temporary,
      },
      signal: interruption.signal,
      onGroup: (outcome) => {
        outcomes.push(outcome);
        process.stdout.write(tell(outcome));
      },
    });
  });
  process.stdout.write(closing(outcomes, performance.now() - began));
  const ran = outcomes.flatMap((outcome) => outcome.files);
  const isWhole = ran.length === files.length;
  const note = isWhole ? `${files.length} files` : `cut off after ${ran.length} of ${files.length} files`;
  return { isOk: isWhole && outcomes.every(({ isOk }) => isOk), note };
}

/** A program of ours as a step; its last line is the step's note. */
async function programStep(
  arguments_: readonly string[],
  { limit_ms, isTold }: { readonly limit_ms: number; readonly isTold: 'always' | 'when it fails' },
): Promise<StepOutcome> {
  const command = [process.execPath, ...arguments_];
  const { said, code } = await runCaptured(command, { limit_ms, signal: interruption.signal });
  if (code !== 0 || isTold === 'always') process.stdout.write(said);
  return { isOk: code === 0, note: said.trim().split('\n').at(-1) ?? '' };
}

async function everything(steps: Steps, outcomes: GroupOutcome[]): Promise<void> {
  const life = ['apps/cli/src/main.ts', 'life', '--json'];
  await steps.take('set-up', async () => {
    const installed = await installMissing(interruption.signal);
    const driver = await buildTokenDriver(interruption.signal);
    return {
      isOk: true,
      note: driver.isOk ? installed : `${installed}; token driver not built: ${driver.note}`,
    };
  });
  await steps.take('check', () =>
    programStep(['tools/check.ts'], { limit_ms: STEP_LIMIT_MS, isTold: 'always' }),
  );
  await steps.take('tests', () => testsStep(FOLDERS, outcomes));
  await steps.take('life', () => programStep(life, { limit_ms: STEP_LIMIT_MS, isTold: 'when it fails' }));
}

const places = process.argv.slice(2).map((place) => place.replace(/\/$/, ''));
const steps = new Steps(interruption.signal);
const outcomes: GroupOutcome[] = [];
if (places.length === 0) await everything(steps, outcomes);
else await steps.take('tests', () => testsStep(places, outcomes));
const missing = missingPrograms();
const skips = [...skipsOf(outcomes), ...(missing.length > 0 ? [`what needs ${missing.join(', ')}`] : [])];
process.stdout.write(steps.summary(skips));
if (!steps.isOk) process.exitCode ??= 1;
