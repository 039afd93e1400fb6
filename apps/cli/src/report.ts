/** What verbs print: text for people, one JSON line for programs, and a failure with its code. */
import type { Failure } from '@ishizue/outcome';

export const EXIT_FAILED = 1;
export const EXIT_UNUSABLE = 2;

/** Prints a result: `text` for people, or `value` as one JSON line. */
export function print(json: boolean, value: unknown, text: string): void {
  process.stdout.write(json ? `${JSON.stringify(value)}\n` : `${text}\n`);
}

/** Prints a failure and sets the exit code. */
export function printFailure(json: boolean, failure: Failure, exitCode: number = EXIT_FAILED): void {
  if (json) process.stdout.write(`${JSON.stringify({ failure })}\n`);
  else process.stderr.write(`✗ ${failure.code}: ${failure.detail}\n`);
  process.exitCode = exitCode;
}

/** A line of progress that is rewritten in place on a terminal and printed sparingly elsewhere. */
export class ProgressLine {
  readonly #isTerminal = process.stderr.isTTY;
  #last = 0;

  show(text: string): void {
    const now = performance.now();
    if (this.#isTerminal) process.stderr.write(`\r\u001B[2K${text}`);
    else if (now - this.#last > 2_000) process.stderr.write(`${text}\n`);
    else return;
    this.#last = now;
  }

  end(text: string): void {
    process.stderr.write(this.#isTerminal ? `\r\u001B[2K${text}\n` : `${text}\n`);
  }
}
