/**
 * Ctrl-C, TERM and hang-up as a signal to abort, from the first moment on: whoever is cut off without having ended its
 * PostgreSQL leaves one behind. Further ones do not cut the ending short. One that reaches the whole process group comes
 * several times, and is one.
 */
import { constants } from 'node:os';
import { setImmediate } from 'node:timers/promises';

const SIGNALS = ['SIGINT', 'SIGTERM', 'SIGHUP'] as const;

/** What was asked by signal, as the reason of an abort. */
export class Interrupted extends Error {
  /** As a shell gives it: 128 + the signal's number. */
  readonly exitCode: number;

  constructor(signal: (typeof SIGNALS)[number]) {
    super(`interrupted by ${signal}`);
    this.name = 'Interrupted';
    this.exitCode = 128 + constants.signals[signal];
  }
}

let listening: AbortController | undefined;

/** Aborts at the first signal with an `Interrupted`. */
export function interruption(): AbortSignal {
  if (listening) return listening.signal;
  const controller = new AbortController();
  for (const signal of SIGNALS) process.on(signal, () => controller.abort(new Interrupted(signal)));
  listening = controller;
  return controller.signal;
}

/** The interruption that came, if one did. What was done in one go may have kept its signal waiting until now. */
export async function interrupted(): Promise<Interrupted | undefined> {
  await setImmediate();
  const { aborted, reason } = interruption();
  return aborted && reason instanceof Interrupted ? reason : undefined;
}
