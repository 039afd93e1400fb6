/**
 * Where visitors ask for the next step of the life. All visitors share one life; a visitor asks for a step by its
 * number, so that pressing twice, or in a page that is out of date, never plays a step that nobody asked for.
 * Invariant: one act at a time; who asks for the act that is under way waits for it.
 */
import type { LifePlayer, PlayedStep, StepDescription } from '@ishizue/demo';
import { fail, ok, type Result } from '@ishizue/outcome';

/** `step-not-next`: played already, or too early. `life-busy`: another act is under way. */
export type DeskCode = 'step-not-next' | 'life-busy';

/** Why the last act stopped; the step can be played again. */
export interface StoppedStep {
  readonly step: number;
  readonly code: string;
  readonly detail: string;
}

/** The act of beginning again, where steps are named by number. */
const BEGIN_AGAIN = 0;

export class LifeDesk {
  readonly #life: LifePlayer;
  #underWay: { readonly act: number; readonly done: Promise<void> } | undefined;
  #stopped: StoppedStep | undefined;

  constructor(life: LifePlayer) {
    this.#life = life;
  }

  get steps(): readonly StepDescription[] {
    return this.#life.steps;
  }

  played(): readonly PlayedStep[] {
    return this.#life.played();
  }

  /** The step that may be played now; undefined when all are played. */
  next(): StepDescription | undefined {
    return this.#life.steps[this.#life.played().length];
  }

  /** Why the next step did not come to its end when it was played last. */
  get stopped(): StoppedStep | undefined {
    return this.#stopped?.step === this.next()?.number ? this.#stopped : undefined;
  }

  /** Whether a step is being played, or the life is being begun again. */
  get isBusy(): boolean {
    return this.#underWay !== undefined;
  }

  /** Plays the step if it is the next one. A step that stopped is an `ok` too: `stopped` then says why. */
  async play(step: number): Promise<Result<undefined, DeskCode>> {
    if (this.#underWay === undefined && this.next()?.number !== step)
      return fail('step-not-next', `step ${step} is not the next one`);
    return this.#act(step, async () => {
      const played = await this.#life.playNext();
      this.#stopped = played.ok ? undefined : { step, ...played.failure };
    });
  }

  /** Begins another life. */
  beginAgain(): Promise<Result<undefined, DeskCode>> {
    return this.#act(BEGIN_AGAIN, async () => {
      await this.#life.beginAgain();
      this.#stopped = undefined;
    });
  }

  async #act(act: number, run: () => Promise<void>): Promise<Result<undefined, DeskCode>> {
    if (this.#underWay !== undefined && this.#underWay.act !== act)
      return fail('life-busy', 'another step is being played');
    // The act ends when the player says so, not when the visitor's request does.
    this.#underWay ??= { act, done: run().finally(() => (this.#underWay = undefined)) };
    await this.#underWay.done;
    return ok(undefined);
  }
}
