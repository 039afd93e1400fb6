/** Collects what was checked after a step. */
import type { Bilingual, Check } from './life-player.ts';
import type { ProgramRun } from './outside-program.ts';

export class Checks {
  readonly list: Check[] = [];

  /** A check of our own client: the fact must hold. */
  that(holds: boolean, ja: string, en: string, detail?: string): void {
    this.#add({ ja, en }, 'ishizue', holds ? 'ok' : 'failed', detail);
  }

  /** A check by a program that we did not write; it is skipped, and said so, where the program is missing. */
  by(run: ProgramRun, holds: (output: string) => boolean, ja: string, en: string): void {
    if (run.outcome === 'missing') {
      this.#add({ ja, en }, run.program, 'skipped', `${run.program} is not installed`);
      return;
    }
    const passed = run.exitCode === 0 && holds(run.output);
    this.#add({ ja, en }, run.program, passed ? 'ok' : 'failed', passed ? undefined : `exit ${run.exitCode}`);
  }

  #add(what: Bilingual, by: string, outcome: Check['outcome'], detail: string | undefined): void {
    this.list.push({ what, by, outcome, ...(detail !== undefined && { detail }) });
  }
}
