/**
 * Test files on Node's test runner, a process for each group and each group bounded in time: the runner's own bound does
 * not end a file whose code blocks or that leaves something open, so each group is a run of its own under a signal.
 */
import path from 'node:path';
import { type EventData, run } from 'node:test';
import { inspect } from 'node:util';
import { seconds } from './run-captured.ts';

/** How many; a test that neither passed nor was left out failed. */
export type Counts = Readonly<
  Record<'tests' | 'suites' | 'passed' | 'cancelled' | 'skipped' | 'todo', number>
>;

export interface TestFailure {
  readonly file: string;
  readonly line: number;
  readonly column: number;
  readonly name: string;
  readonly duration_ms: number;
  readonly error: string;
}

export interface SkippedTest {
  readonly file: string;
  readonly name: string;
  readonly reason: string;
}

export interface GroupOutcome {
  readonly files: readonly string[];
  readonly isOk: boolean;
  readonly counts: Counts;
  readonly failures: readonly TestFailure[];
  readonly skipped: readonly SkippedTest[];
  /** What the group's process wrote, its end where that was long. */
  readonly output: string;
  readonly took_ms: number;
}

export interface RunFilesOptions {
  readonly concurrency: number;
  readonly testLimit_ms: number;
  readonly groupLimit_ms: number;
  /** What the processes get. */
  readonly env: NodeJS.ProcessEnv;
  /** Ends the run. */
  readonly signal: AbortSignal;
  /** Told of each group when it is done. */
  readonly onGroup: (outcome: GroupOutcome) => void;
}

const OUTPUT_CHARACTERS_MAX = 20_000;

const LOADER = path.join(import.meta.dirname, 'load-test-files.ts');

/** Runs the groups in their order, so many at a time; the files of a group are one process. */
export async function runTestFiles(
  groups: readonly (readonly string[])[],
  options: RunFilesOptions,
): Promise<readonly GroupOutcome[]> {
  const waiting = groups.values();
  const outcomes: GroupOutcome[] = [];
  const work = async (): Promise<void> => {
    for (const files of waiting) {
      if (options.signal.aborted) return;
      const outcome = await runGroup(files, options);
      outcomes.push(outcome);
      options.onGroup(outcome);
    }
  };
  await Promise.all(Array.from({ length: options.concurrency }, work));
  return outcomes;
}

async function runGroup(files: readonly string[], options: RunFilesOptions): Promise<GroupOutcome> {
  const began = performance.now();
  const notes = new GroupNotes();
  const limit = new AbortController();
  const late = new Error(
    `the ${files.length === 1 ? 'file' : 'files'} did not end within ${seconds(options.groupLimit_ms)}`,
  );
  const timer = setTimeout(() => limit.abort(late), options.groupLimit_ms);
  const stream = run({
    // a file that is alone needs nothing that loads it
    ...(files.length === 1 ? { files } : { files: [LOADER], argv: files }),
    isolation: 'process',
    timeout: options.testLimit_ms,
    // its own: the runner writes its mark into it
    env: { ...options.env },
    signal: AbortSignal.any([options.signal, limit.signal]),
  });
  for await (const event of stream) {
    if (event.type === 'test:fail') notes.fail(event.data);
    else if (event.type === 'test:pass') notes.pass(event.data);
    else if (event.type === 'test:stdout' || event.type === 'test:stderr') notes.write(event.data.message);
    else if (event.type === 'test:summary') notes.summary = event.data;
  }
  clearTimeout(timer);
  return notes.outcome(files, performance.now() - began);
}

class GroupNotes {
  /** The last one is the run's own. */
  summary: EventData.TestSummary | undefined;
  readonly #failures: TestFailure[] = [];
  readonly #skipped: SkippedTest[] = [];
  readonly #seen = new Set<string>();
  #output = '';

  fail({ file = '', line = 1, column = 1, name, details, todo }: EventData.TestFail): void {
    this.#seen.add(file);
    const error: unknown = details.error.cause ?? details.error;
    // a test whose only fault is its subtest's says nothing new
    const isParent = 'failureType' in details.error && details.error.failureType === 'subtestsFailed';
    if (isParent || (todo !== undefined && todo !== false)) return;
    const text = typeof error === 'string' ? error : inspect(error);
    this.#failures.push({ file, line, column, name, duration_ms: details.duration_ms, error: text });
  }

  pass({ file = '', name, skip }: EventData.TestPass): void {
    this.#seen.add(file);
    if (skip === undefined || skip === false) return;
    this.#skipped.push({
      file,
      name,
      reason: typeof skip === 'string' && skip !== '' ? skip : 'no reason given',
    });
  }

  write(text: string): void {
    this.#output = (this.#output + text).slice(-OUTPUT_CHARACTERS_MAX);
  }

  outcome(files: readonly string[], took_ms: number): GroupOutcome {
    if (this.summary === undefined)
      throw new Error(`Node’s test runner gave no summary of ${files.join(' ')}`);
    const { counts, success } = this.summary;
    // one that fell silent among others would look like a pass
    const unseen = files.length === 1 ? [] : files.filter((file) => !this.#seen.has(file));
    const failures = [...this.#failures, ...unseen.map(silentFile)];
    const isOk = success && unseen.length === 0;
    return { files, isOk, counts, failures, skipped: this.#skipped, output: this.#output, took_ms };
  }
}

const silentFile = (file: string): TestFailure => ({
  file,
  line: 1,
  column: 1,
  name: 'the file has tests',
  duration_ms: 0,
  error: 'no test of this file ran',
});
