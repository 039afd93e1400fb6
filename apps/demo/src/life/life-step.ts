/** One step of the life: what it is, and how it is played. */
import { setTimeout as sleep } from 'node:timers/promises';
import type { Checks } from './checks.ts';
import type { Bilingual, StepDescription } from './life-player.ts';
import { StepFailed } from './step-failed.ts';
import type { Story } from './story.ts';

export interface LifeStep extends StepDescription {
  /** Plays the step and collects checks; answers what happened. Played again after a kill, it comes to the same. */
  play(story: Story, checks: Checks): Promise<Bilingual>;
}

const POLL_MS = 100;
const PATIENCE_MS = 60_000;

/** Asks until the answer is there: what goes over links takes a moment. */
export async function eventually<T>(
  ask: () => Promise<T | undefined>,
  what: string,
  pauseMs = POLL_MS,
): Promise<T> {
  for (let waited_ms = 0; waited_ms < PATIENCE_MS; waited_ms += pauseMs) {
    const answer = await ask();
    if (answer !== undefined) return answer;
    await sleep(pauseMs);
  }
  throw new StepFailed('no-answer-in-time', `${what} did not come in ${PATIENCE_MS / 1000} s`);
}

/** The answer, or undefined where the country says that it has none (yet). */
export async function orUndefined<T>(code: string, ask: () => Promise<T>): Promise<T | undefined> {
  try {
    return await ask();
  } catch (error) {
    if (error instanceof StepFailed && error.code === code) return undefined;
    throw error;
  }
}
