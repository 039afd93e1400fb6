/** Plays the life step by step: one at a time, kept after each, and gone on with after a kill. */
import { fail, ok, type Result } from '@ishizue/outcome';
import { fetchAccesses, signIn } from './accesses.ts';
import { Checks } from './checks.ts';
import type { LifePlayer, PlayedStep, ShownAccess, StepDescription } from './life-player.ts';
import type { LifeStep } from './life-step.ts';
import { StepFailed } from './step-failed.ts';
import { referenceData } from './steps/01-reference-data.ts';
import { residents } from './steps/02-residents.ts';
import { registry } from './steps/03-registry.ts';
import { numbering } from './steps/04-numbering.ts';
import { card } from './steps/05-card.ts';
import { certificates } from './steps/06-certificates.ts';
import { verification } from './steps/07-verification.ts';
import { eventsBite } from './steps/08-events-bite.ts';
import { kiosk } from './steps/09-kiosk.ts';
import { whoLooked } from './steps/10-who-looked.ts';
import { Story, type StoryOptions } from './story.ts';

const STEPS: readonly LifeStep[] = [
  referenceData,
  residents,
  registry,
  numbering,
  card,
  certificates,
  verification,
  eventsBite,
  kiosk,
  whoLooked,
];

/** Why a session that was good before is not any more. */
const SESSION_OVER: ReadonlySet<string> = new Set([
  'credential-invalid',
  'sign-in-required',
  'holder-unknown',
]);

export class Life implements LifePlayer {
  readonly steps: readonly StepDescription[] = STEPS;
  readonly #options: StoryOptions;
  #story: Story;
  #isPlaying = false;
  /** The adult's session for looking at the ledger. */
  #token: string | undefined;

  constructor(options: StoryOptions) {
    this.#options = options;
    this.#story = Story.open(options);
  }

  played(): readonly PlayedStep[] {
    return this.#story.state.played;
  }

  async playNext(): Promise<Result<PlayedStep>> {
    const step = STEPS[this.played().length];
    if (!step) return fail('life-is-over', 'all steps are played');
    if (this.#isPlaying) return fail('step-being-played', 'another step is being played');
    this.#isPlaying = true;
    try {
      return ok(await this.#play(step));
    } catch (error) {
      // what the step has found out so far is kept: it is played again from there
      this.#story.save();
      if (error instanceof StepFailed) return fail(error.code, error.message);
      throw error;
    } finally {
      this.#isPlaying = false;
    }
  }

  async #play(step: LifeStep): Promise<PlayedStep> {
    const began = performance.now();
    const checks = new Checks();
    const what = await step.play(this.#story, checks);
    const played = {
      number: step.number,
      what,
      checks: checks.list,
      took_ms: Math.round(performance.now() - began),
    };
    this.#story.state.played.push(played);
    this.#story.save();
    return played;
  }

  beginAgain(): Promise<void> {
    this.#story = Story.begin(this.#options);
    this.#token = undefined;
    return Promise.resolve();
  }

  async accesses(): Promise<readonly ShownAccess[]> {
    const { played, adult } = this.#story.state;
    const hasCard = adult.cardId !== undefined && played.length >= card.number;
    return hasCard ? this.#look() : [];
  }

  async #look(): Promise<readonly ShownAccess[]> {
    const known = this.#token;
    this.#token = known ?? (await signIn(this.#story));
    try {
      return await fetchAccesses(this.#story, this.#token);
    } catch (error) {
      this.#token = undefined;
      const isOver = error instanceof StepFailed && SESSION_OVER.has(error.code);
      if (known === undefined || !isOver) throw error;
      return this.#look();
    }
  }
}
