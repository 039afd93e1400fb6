/**
 * The loop: take an input that once led somewhere, change it, feed it, keep it where code ran that never ran before or a
 * new refusal came. Asking V8 costs a hundred inputs' time, so inputs go in batches; a batch that led somewhere new is fed
 * again in halves until the inputs that did it are found.
 */
import type { BlackBox } from './black-box.ts';
import { BlockCoverage } from './block-coverage.ts';
import type { Draws } from './draws.ts';
import { BrokenProperty, type FuzzTarget } from './fuzz-target.ts';

export interface FuzzOrder {
  readonly target: FuzzTarget;
  readonly inputs: number;
  readonly draws: Draws;
  /** False: what leads somewhere new is not kept, for comparison. */
  readonly isGuided: boolean;
  /** Inputs found by earlier runs, beside the seeds. */
  readonly corpus?: readonly Uint8Array[];
  readonly blackBox?: BlackBox | undefined;
  readonly inputMs_max: number;
  readonly rssMiB_max: number;
  /** Milliseconds after which the loop ends, however many inputs are left. */
  readonly runMs_max?: number;
  /** Findings after which the loop ends. */
  readonly findings_max?: number;
}

export interface Finding {
  readonly kind: 'threw' | 'property' | 'slow' | 'memory';
  readonly detail: string;
  readonly input: Uint8Array;
}

export interface FuzzReport {
  readonly inputs: number;
  readonly tookMs: number;
  /** Inputs at the end from which was mutated. */
  readonly corpus: number;
  readonly functions: number;
  readonly characters: number;
  /** How often each outcome came. */
  readonly outcomes: Readonly<Record<string, number>>;
  readonly slowestMs: number;
  readonly peakMiB: number;
  readonly findings: readonly Finding[];
}

const BATCH_MAX = 1_024;
const FINDINGS_MAX = 20;
const OUTCOMES_MAX = 200;
const CORPUS_MAX = 4_000;

export class FuzzLoop {
  readonly #order: FuzzOrder;
  readonly #coverage: BlockCoverage;
  readonly #corpus: Uint8Array[];
  readonly #outcomes = new Map<string, number>();
  readonly #findings: Finding[] = [];
  readonly #told = new Set<string>();
  #count = 0;
  #slowestMs = 0;
  /** Inputs that had an outcome that no input had before. */
  #telling: Uint8Array[] = [];

  constructor(order: FuzzOrder) {
    this.#order = order;
    this.#coverage = new BlockCoverage(order.target.guidedBy);
    const { seeds, bytesMax } = order.target;
    this.#corpus = [...seeds, ...(order.corpus ?? [])].filter(({ length }) => length <= bytesMax);
    if (this.#corpus.length === 0) throw new Error('no input to start from');
  }

  async run(): Promise<FuzzReport> {
    const { inputs, runMs_max = Number.POSITIVE_INFINITY, findings_max = FINDINGS_MAX } = this.#order;
    const began = performance.now();
    await this.#feedAll(this.#corpus.slice());
    this.#coverage.advance();
    let size = 8;
    while (this.#count < inputs && this.#findings.length < findings_max) {
      if (performance.now() - began > runMs_max) break;
      const batch = Array.from({ length: Math.min(size, inputs - this.#count) }, () => this.#draw());
      const hasNew = await this.#feedBatch(batch);
      size = hasNew ? Math.max(8, size >> 1) : Math.min(BATCH_MAX, size << 1);
      if (peakMiB() > this.#order.rssMiB_max && !this.#told.has('memory'))
        this.#find('memory', `${peakMiB()} MiB`, batch.at(-1) ?? new Uint8Array(0), 'memory');
    }
    this.#coverage.close();
    return this.#report(performance.now() - began);
  }

  #draw(): Uint8Array {
    const { draws, target } = this.#order;
    // the later half was found later and leads further
    const from = draws.onceIn(2) ? 0 : this.#corpus.length >> 1;
    const input = this.#corpus[from + draws.below(this.#corpus.length - from)] ?? new Uint8Array(0);
    const mutated = target.mutate(draws, input, draws.oneOf(this.#corpus));
    return mutated.length > target.bytesMax ? mutated.subarray(0, target.bytesMax) : mutated;
  }

  /** Feeds a batch; keeps those of it that led somewhere new. */
  async #feedBatch(batch: readonly Uint8Array[]): Promise<boolean> {
    this.#telling = [];
    await this.#feedAll(batch);
    if (!this.#order.isGuided) return this.#coverage.advance();
    for (const input of this.#telling) this.#keep(input);
    if (!this.#coverage.isAhead()) return false;
    const before = this.#corpus.length;
    await this.#search(batch);
    // what only many inputs together do is known from now on, or it would be looked for again and again
    if (this.#corpus.length === before) await this.#feedAll(batch, false);
    this.#coverage.advance();
    return true;
  }

  /** Halves until single inputs are left that lead somewhere new. */
  async #search(batch: readonly Uint8Array[]): Promise<void> {
    if (batch.length === 1) {
      await this.#feedAll(batch, false);
      if (this.#coverage.advance()) for (const input of batch) this.#keep(input);
      return;
    }
    const middle = batch.length >> 1;
    for (const half of [batch.slice(0, middle), batch.slice(middle)]) {
      await this.#feedAll(half, false);
      if (this.#coverage.isAhead()) await this.#search(half);
    }
  }

  #keep(input: Uint8Array): void {
    if (this.#corpus.length < CORPUS_MAX) this.#corpus.push(input);
    else this.#corpus[this.#order.draws.below(CORPUS_MAX)] = input;
  }

  async #feedAll(inputs: readonly Uint8Array[], isCounted = true): Promise<void> {
    for (const input of inputs) {
      const took = await this.#feed(input, isCounted);
      this.#slowestMs = Math.max(this.#slowestMs, took);
      if (took > this.#order.inputMs_max) await this.#confirmSlow(input);
    }
  }

  /** Milliseconds that it took. */
  async #feed(input: Uint8Array, isCounted: boolean): Promise<number> {
    const { target, blackBox } = this.#order;
    blackBox?.record(this.#count, input);
    if (isCounted) this.#count++;
    const began = performance.now();
    try {
      const fed = target.feed(input);
      this.#tell(typeof fed === 'string' ? fed : await fed, input, isCounted);
    } catch (error) {
      const kind = error instanceof BrokenProperty ? 'property' : 'threw';
      const text = error instanceof Error ? (error.stack ?? error.message) : String(error);
      this.#find(kind, text, input, text.split('\n').slice(0, 3).join(' '));
    }
    return performance.now() - began;
  }

  #tell(outcome: string, input: Uint8Array, isCounted: boolean): void {
    const known = this.#outcomes.get(outcome);
    if (!isCounted || (known === undefined && this.#outcomes.size >= OUTCOMES_MAX)) return;
    if (known === undefined) this.#telling.push(input);
    this.#outcomes.set(outcome, (known ?? 0) + 1);
  }

  /** A machine that is busy is slow now and then; an input that is slow is slow every time. */
  async #confirmSlow(input: Uint8Array): Promise<void> {
    const again = [await this.#feed(input, false), await this.#feed(input, false)];
    const least = Math.min(...again);
    if (least > this.#order.inputMs_max) this.#find('slow', `${Math.round(least)} ms`, input, 'slow');
  }

  /** The same trouble is told once. */
  #find(kind: Finding['kind'], detail: string, input: Uint8Array, sameAs: string): void {
    if (this.#told.has(sameAs)) return;
    this.#told.add(sameAs);
    this.#findings.push({ kind, detail, input });
  }

  #report(tookMs: number): FuzzReport {
    return {
      ...this.#coverage.progress,
      inputs: this.#count,
      tookMs,
      corpus: this.#corpus.length,
      outcomes: Object.fromEntries([...this.#outcomes].sort(([, a], [, b]) => b - a)),
      slowestMs: this.#slowestMs,
      peakMiB: peakMiB(),
      findings: this.#findings,
    };
  }
}

const peakMiB = (): number => Math.round(process.resourceUsage().maxRSS / 1024);
