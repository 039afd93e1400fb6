/**
 * The steps of `npm test`: each runs whatever became of the one before, until the run is interrupted, and the summary
 * tells of all.
 */
import { seconds } from './run-captured.ts';

export interface StepOutcome {
  readonly isOk: boolean;
  /** For people, on the step's line. */
  readonly note: string;
}

interface StepDone extends StepOutcome {
  readonly name: string;
  readonly took_ms: number;
}

export class Steps {
  readonly #began = performance.now();
  readonly #done: StepDone[] = [];
  readonly #interruption: AbortSignal;

  constructor(interruption: AbortSignal) {
    this.#interruption = interruption;
  }

  get isOk(): boolean {
    return !this.#interruption.aborted && this.#done.every(({ isOk }) => isOk);
  }

  /** Runs a step; what it throws is its failure. */
  async take(name: string, work: () => Promise<StepOutcome>): Promise<void> {
    if (this.#interruption.aborted) return;
    process.stdout.write(`\n══ ${name} ══\n`);
    const began = performance.now();
    const outcome = await work().catch((error: unknown): StepOutcome => {
      process.stdout.write(`${error instanceof Error ? error.stack : String(error)}\n`);
      return { isOk: false, note: error instanceof Error ? error.message : String(error) };
    });
    this.#done.push({ name, ...outcome, took_ms: performance.now() - began });
  }

  /** The closing block: every step, what was skipped for want of what, the whole. */
  summary(skips: readonly string[]): string {
    const line = (name: string, isOk: boolean, took_ms: number, note: string): string =>
      `${isOk ? '✔' : '✖'} ${name.padEnd(8)} ${(isOk ? 'ok' : 'failed').padEnd(7)} ${seconds(took_ms).padStart(8)}  ${note}`;
    const steps = this.#done.map(({ name, isOk, took_ms, note }) => line(name, isOk, took_ms, note));
    const total = line('total', this.isOk, performance.now() - this.#began, '').trimEnd();
    return ['', '══ summary ══', ...steps, ...skips.map((skip) => `– skipped ${skip}`), total, ''].join('\n');
  }
}
