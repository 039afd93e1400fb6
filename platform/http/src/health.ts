/**
 * Is the process alive, and is it ready? Readiness asks what the parts depend on (a database, the signer), each with
 * its own time, all at once. Invariant: callers that ask at the same time share one round, so asking is never a load.
 */
import { TimedOut, within } from './within.ts';

/** One thing that the server depends on: `check` rejects when it is not there. */
export interface ReadinessCheck {
  readonly name: string;
  readonly check: (signal: AbortSignal) => Promise<void>;
  /** Default 1000. */
  readonly timeoutMs?: number;
}

/** The state of one dependency. */
type CheckState = 'ok' | 'failing' | 'timed-out';

/** The state of all of them. */
export interface Readiness {
  readonly status: 'ok' | 'failing';
  readonly checks: Readonly<Record<string, CheckState>>;
}

/** A function that asks every dependency, once at a time. */
export function readiness(checks: readonly ReadinessCheck[]): () => Promise<Readiness> {
  let running: Promise<Readiness> | undefined;
  return () => {
    running ??= ask(checks).finally(() => {
      running = undefined;
    });
    return running;
  };
}

async function ask(checks: readonly ReadinessCheck[]): Promise<Readiness> {
  const states = await Promise.all(checks.map(async (check) => [check.name, await stateOf(check)] as const));
  return {
    status: states.every(([, state]) => state === 'ok') ? 'ok' : 'failing',
    checks: Object.fromEntries(states),
  };
}

async function stateOf(check: ReadinessCheck): Promise<CheckState> {
  try {
    await within(check.timeoutMs ?? 1000, (signal) => check.check(signal));
    return 'ok';
  } catch (error) {
    return error instanceof TimedOut ? 'timed-out' : 'failing';
  }
}
