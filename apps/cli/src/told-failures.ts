/**
 * What ends a verb from any depth, told once: an interruption by its exit code, a refusal with its code, and anything
 * else as it is. What was opened is closed before it comes here.
 */
import type { Failure } from '@ishizue/outcome';
import { type StartCode, StartRefused } from '@ishizue/server';
import { type Interrupted, interrupted } from './interruption.ts';
import { EXIT_FAILED, EXIT_UNUSABLE, printFailure } from './report.ts';

const IS_UNUSABLE = /^(?:setting-|database-url-)/;
const LINGER_MS = 2_000;

/** Runs a verb's work and tells why it did not end well. */
export async function tellingFailures(json: boolean, work: () => Promise<void>): Promise<void> {
  try {
    await work();
  } catch (error) {
    const interruption = await interrupted();
    const cause = causeOf(error);
    if (interruption) endInterrupted(interruption);
    else if (cause instanceof StartRefused) refuse(json, cause.failure);
    else throw cause;
  }
}

/** Why it ended; a closing that then failed as well is told on the way. */
function causeOf(error: unknown): unknown {
  if (!(error instanceof SuppressedError)) return error;
  process.stderr.write(`! closing: ${String(error.error)}\n`);
  return causeOf(error.suppressed);
}

function endInterrupted({ message, exitCode }: Interrupted): void {
  process.stderr.write(`✗ ${message}\n`);
  process.exitCode = exitCode;
  // what was cut off may have a connection of its own that would keep the process
  setTimeout(() => process.exit(), LINGER_MS).unref();
}

const refuse = (json: boolean, failure: Failure<StartCode>): void =>
  printFailure(json, failure, IS_UNUSABLE.test(failure.code) ? EXIT_UNUSABLE : EXIT_FAILED);
