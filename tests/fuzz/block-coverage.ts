/**
 * Which code has run, by V8's own precise block coverage over the inspector in this very process. What is kept of a
 * function is what has not run of it yet: V8 leaves blocks out of its answer that ran as often as the one around them, so
 * that only "this did not run" is comparable between two answers.
 */
import { type Profiler, Session } from 'node:inspector';

/** From, to: offsets in the source. */
type Span = readonly [from: number, to: number];

interface Progress {
  readonly functions: number;
  /** Characters of source in blocks that ran. */
  readonly characters: number;
}

export class BlockCoverage {
  readonly #session = new Session();
  readonly #isGuiding: (url: string) => boolean;
  /** What has not run of each function that has, by place. */
  readonly #unrun = new Map<string, readonly Span[]>();
  #characters = 0;

  /** @param guidedBy parts of the addresses of the modules that matter */
  constructor(guidedBy: readonly string[]) {
    this.#isGuiding = (url) =>
      url.startsWith('file:') && guidedBy.some((part) => url.includes(part)) && !url.includes('.test.');
    this.#session.connect();
    this.#session.post('Profiler.enable');
    this.#session.post('Profiler.startPreciseCoverage', { callCount: true, detailed: true });
  }

  get progress(): Progress {
    return { functions: this.#unrun.size, characters: this.#characters };
  }

  /** Whether anything ran since the last question that never ran before; from now on it has. */
  advance(): boolean {
    return this.#look(true);
  }

  /** As `advance`, but what is new stays new, for whoever looks for what did it. */
  isAhead(): boolean {
    return this.#look(false);
  }

  #look(isKept: boolean): boolean {
    let hasNew = false;
    for (const { url, functions } of this.#take())
      if (this.#isGuiding(url))
        for (const { ranges } of functions) if (this.#note(url, ranges, isKept)) hasNew = true;
    return hasNew;
  }

  close(): void {
    this.#session.disconnect();
  }

  #take(): readonly Profiler.ScriptCoverage[] {
    let taken: readonly Profiler.ScriptCoverage[] = [];
    // answered before `post` returns: the session is of this thread
    this.#session.post('Profiler.takePreciseCoverage', (error, answer) => {
      if (error) throw error;
      taken = answer.result;
    });
    return taken;
  }

  #note(url: string, ranges: readonly Profiler.CoverageRange[], isKept: boolean): boolean {
    const [whole] = ranges;
    if (whole === undefined || whole.count === 0) return false;
    const place = `${url} ${whole.startOffset} ${whole.endOffset}`;
    const before: readonly Span[] = this.#unrun.get(place) ?? [[whole.startOffset, whole.endOffset]];
    if (before.length === 0) return false;
    const after = before.flatMap((span) => common(span, unrunIn(ranges)));
    const gained = charactersIn(before) - charactersIn(after);
    const isNew = !this.#unrun.has(place) || gained > 0;
    if (isNew && isKept) {
      this.#unrun.set(place, after);
      this.#characters += gained;
    }
    return isNew;
  }
}

const charactersIn = (spans: readonly Span[]): number =>
  spans.reduce((sum, [from, to]) => sum + to - from, 0);

/** What did not run of a function; ranges are nested, the outer ones first, and an inner one may have run. */
function unrunIn(ranges: readonly Profiler.CoverageRange[]): readonly Span[] {
  let unrun: readonly Span[] = [];
  for (const { startOffset, endOffset, count } of ranges) {
    const span: Span = [startOffset, endOffset];
    unrun = count === 0 ? [...without(unrun, span), span] : without(unrun, span);
  }
  return unrun;
}

const without = (spans: readonly Span[], [start, end]: Span): readonly Span[] =>
  spans.flatMap(([from, to]) => {
    const parts: readonly Span[] = [
      [from, Math.min(to, start)],
      [Math.max(from, end), to],
    ];
    return parts.filter(([first, last]) => first < last);
  });

const common = ([start, end]: Span, spans: readonly Span[]): readonly Span[] =>
  spans.flatMap(([from, to]): readonly Span[] => {
    const span: Span = [Math.max(from, start), Math.min(to, end)];
    return span[0] < span[1] ? [span] : [];
  });
