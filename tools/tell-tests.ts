/**
 * What a test run tells: a line for each package when its last file is done, each failure at once by name and whole at the
 * end, and the closing lines as Node's spec reporter writes them.
 */
import path from 'node:path';
import { root, seconds } from './run-captured.ts';
import type { Counts, GroupOutcome, SkippedTest, TestFailure } from './run-test-files.ts';

/** `platform/db`, `tests/journeys`, `tools` */
const packageOf = (file: string): string =>
  path.dirname(path.relative(root, file)).split(path.sep).slice(0, 2).join('/');

/** Lines about groups as they are done; a package's line comes with its last file. */
export function progressOf(files: readonly string[]): (outcome: GroupOutcome) => string {
  const left = new Map<string, number>();
  const done = new Map<string, GroupOutcome[]>();
  for (const file of files) left.set(packageOf(file), (left.get(packageOf(file)) ?? 0) + 1);
  return (outcome) => {
    const name = packageOf(outcome.files[0] ?? '');
    const outcomes = [...(done.get(name) ?? []), outcome];
    done.set(name, outcomes);
    const failures = outcome.failures
      .map((failure) => `  ✖ ${failure.name} (${placeOf(failure)})\n`)
      .join('');
    return failures + (countFiles(outcomes) === left.get(name) ? packageLine(name, outcomes) : '');
  };
}

const countFiles = (outcomes: readonly GroupOutcome[]): number =>
  outcomes.reduce((all, { files }) => all + files.length, 0);

function packageLine(name: string, outcomes: readonly GroupOutcome[]): string {
  const { tests, failed, cancelled, skipped } = sum(outcomes);
  const isOk = outcomes.every((outcome) => outcome.isOk);
  const took_ms = outcomes.reduce((total, outcome) => total + outcome.took_ms, 0);
  const bad = failed + cancelled > 0 ? `, ${failed + cancelled} failed` : '';
  const left = skipped > 0 ? `, ${skipped} skipped` : '';
  const told = `${tests} tests in ${countFiles(outcomes)} files${bad}${left}`;
  return `${isOk ? '✔' : '✖'} ${name.padEnd(24)} ${told} (${seconds(took_ms)})\n`;
}

/** Failures in full, and the closing lines. */
export function closing(outcomes: readonly GroupOutcome[], took_ms: number): string {
  const counts = sum(outcomes);
  const lines = {
    tests: counts.tests,
    suites: counts.suites,
    pass: counts.passed,
    fail: counts.failed,
    cancelled: counts.cancelled,
    skipped: counts.skipped,
    todo: counts.todo,
    duration_ms: Math.round(took_ms),
  };
  const told = Object.entries(lines).map(([name, value]) => `ℹ ${name} ${value}\n`);
  return `${told.join('')}ℹ slowest ${slowestOf(outcomes)}\n${failuresIn(outcomes)}`;
}

const SLOWEST = 8;

/** Where to look when a run takes too long. */
const slowestOf = (outcomes: readonly GroupOutcome[]): string =>
  outcomes
    .toSorted((a, b) => b.took_ms - a.took_ms)
    .slice(0, SLOWEST)
    .map(({ files, took_ms }) => `${nameOf(files)} ${seconds(took_ms)}`)
    .join(', ');

/** `systems/jpki/src/issue.test.ts and 7 more` */
function nameOf([first = '', ...more]: readonly string[]): string {
  const name = path.relative(root, first);
  return more.length === 0 ? name : `${name} and ${more.length} more`;
}

function failuresIn(outcomes: readonly GroupOutcome[]): string {
  const bad = outcomes.filter(({ isOk }) => !isOk);
  if (bad.length === 0) return '';
  return `\n✖ failing tests:\n${bad.map(tellGroup).join('')}`;
}

function tellGroup({ files, failures, output }: GroupOutcome): string {
  const told = failures.map(
    (failure) =>
      `\ntest at ${placeOf(failure)}\n✖ ${failure.name} (${failure.duration_ms}ms)\n${indent(failure.error)}\n`,
  );
  const written = output.trim();
  if (written !== '') told.push(`\nwritten by ${nameOf(files)}\n${indent(written)}\n`);
  return told.join('');
}

const placeOf = ({ file, line, column }: TestFailure): string =>
  `${path.relative(root, file)}:${line}:${column}`;

const indent = (text: string): string => text.replaceAll(/^(?=.)/gm, '  ');

/** `3 tests: the openssl program is not installed` */
export function skipsOf(outcomes: readonly GroupOutcome[]): readonly string[] {
  const byReason = Map.groupBy(
    outcomes.flatMap(({ skipped }) => skipped),
    ({ reason }: SkippedTest) => reason,
  );
  return [...byReason].map(
    ([reason, tests]) => `${tests.length} ${tests.length === 1 ? 'test' : 'tests'}: ${reason}`,
  );
}

interface Totals extends Counts {
  readonly failed: number;
}

function sum(outcomes: readonly GroupOutcome[]): Totals {
  const total = (name: keyof Counts): number => outcomes.reduce((all, { counts }) => all + counts[name], 0);
  const left = { cancelled: total('cancelled'), skipped: total('skipped'), todo: total('todo') };
  const [tests, passed] = [total('tests'), total('passed')];
  const failed = tests - passed - left.cancelled - left.skipped - left.todo;
  return { ...left, tests, passed, failed, suites: total('suites') };
}
