/**
 * Test files on Node's test runner, each in a process of its own and bounded in time: the runner's own bound does not end
 * a file whose code blocks or that leaves something open, so each file is a run of its own under a signal.
 */
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

export interface FileOutcome {
  readonly file: string;
  readonly isOk: boolean;
  readonly counts: Counts;
  readonly failures: readonly TestFailure[];
  readonly skipped: readonly SkippedTest[];
  /** What the file's process wrote, its end where that was long. */
  readonly output: string;
  readonly took_ms: number;
}

export interface RunFilesOptions {
  readonly concurrency: number;
  readonly testLimit_ms: number;
  readonly fileLimit_ms: number;
  /** Ends the run. */
  readonly signal: AbortSignal;
  /** Told of each file when it is done. */
  readonly onFile: (outcome: FileOutcome) => void;
}

const OUTPUT_CHARACTERS_MAX = 20_000;

/** Runs the files in their order, so many at a time. */
export async function runTestFiles(
  files: readonly string[],
  options: RunFilesOptions,
): Promise<readonly FileOutcome[]> {
  const waiting = files.values();
  const outcomes: FileOutcome[] = [];
  const work = async (): Promise<void> => {
    for (const file of waiting) {
      if (options.signal.aborted) return;
      const outcome = await runTestFile(file, options);
      outcomes.push(outcome);
      options.onFile(outcome);
    }
  };
  await Promise.all(Array.from({ length: options.concurrency }, work));
  return outcomes;
}

async function runTestFile(file: string, options: RunFilesOptions): Promise<FileOutcome> {
  const began = performance.now();
  const notes = new FileNotes();
  const limit = new AbortController();
  const late = new Error(`the file did not end within ${seconds(options.fileLimit_ms)}`);
  const timer = setTimeout(() => limit.abort(late), options.fileLimit_ms);
  const stream = run({
    files: [file],
    isolation: 'process',
    timeout: options.testLimit_ms,
    signal: AbortSignal.any([options.signal, limit.signal]),
  });
  for await (const event of stream) {
    if (event.type === 'test:fail') notes.fail(event.data);
    else if (event.type === 'test:pass') notes.pass(event.data);
    else if (event.type === 'test:stdout' || event.type === 'test:stderr') notes.write(event.data.message);
    else if (event.type === 'test:summary') notes.summary = event.data;
  }
  clearTimeout(timer);
  return notes.outcome(file, performance.now() - began);
}

class FileNotes {
  /** The last one is the run's own. */
  summary: EventData.TestSummary | undefined;
  readonly #failures: TestFailure[] = [];
  readonly #skipped: SkippedTest[] = [];
  #output = '';

  fail({ file = '', line = 1, column = 1, name, details, todo }: EventData.TestFail): void {
    const error: unknown = details.error.cause ?? details.error;
    // a test whose only fault is its subtest's says nothing new
    const isParent = 'failureType' in details.error && details.error.failureType === 'subtestsFailed';
    if (isParent || (todo !== undefined && todo !== false)) return;
    const text = typeof error === 'string' ? error : inspect(error);
    this.#failures.push({ file, line, column, name, duration_ms: details.duration_ms, error: text });
  }

  pass({ file = '', name, skip }: EventData.TestPass): void {
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

  outcome(file: string, took_ms: number): FileOutcome {
    if (this.summary === undefined) throw new Error(`Node’s test runner gave no summary of ${file}`);
    const { counts, success } = this.summary;
    const [failures, skipped, output] = [this.#failures, this.#skipped, this.#output];
    return { file, isOk: success, counts, failures, skipped, output, took_ms };
  }
}
