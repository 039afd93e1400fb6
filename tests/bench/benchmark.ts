/** What a benchmark is: it measures a limit in the same run as its value, so that a figure says how much is left. */

export interface BenchmarkOptions {
  /** How many residents `import` loads, and how many entries `crl` lists. */
  readonly residents: number;
  /** How many applications `procedure-year` takes through a year. */
  readonly cases: number;
}

/** What a benchmark is given. */
export interface Workplace {
  /** A folder of its own, which is removed afterwards with whatever runs in it. */
  readonly folder: string;
  readonly options: BenchmarkOptions;
  /** Tells people how far it is. */
  readonly say: (step: string) => void;
}

/** A figure beside its limit. */
export interface Figure {
  readonly bench: string;
  readonly value: number;
  readonly unit: string;
  readonly limit: number;
  /** What the limit is, and how it was measured. */
  readonly limitName: string;
  /** The greatest resident memory of the process that did the work. */
  readonly peakMiB: number;
  /** Sizes, rounds, and what else one must know to read the figure. */
  readonly note: string;
  readonly postgresql: string;
  /** A bound that was not kept: the run then ends with exit code 1. */
  readonly broken?: string;
}

export type Benchmark = (place: Workplace) => Promise<readonly Figure[]>;
