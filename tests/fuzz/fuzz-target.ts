/** What is fuzzed: something that takes octets of others, and what must hold of whatever it is given. */
import type { Draws } from './draws.ts';

export interface FuzzTarget {
  /** Longer inputs are cut. */
  readonly bytesMax: number;
  /** Parts of the addresses of the modules whose coverage guides. */
  readonly guidedBy: readonly string[];
  /** Valid inputs, from which mutation starts. */
  readonly seeds: readonly Uint8Array[];
  /** Changes an input; `other` is another one, to take pieces from. */
  readonly mutate: (draws: Draws, input: Uint8Array, other: Uint8Array) => Uint8Array;
  /**
   * Gives the input to the code and says in a word or two what became of it: `ok`, or a code of refusal. Throws where
   * something is broken: an error that is no value, or a property that does not hold.
   */
  readonly feed: (input: Uint8Array) => string | Promise<string>;
  /** Lets go of files. */
  readonly close?: () => Promise<void>;
}

export type MakeTarget = () => FuzzTarget | Promise<FuzzTarget>;

/** A property that does not hold; everything else that is thrown is a crash. */
export class BrokenProperty extends Error {}

export function demand(holds: boolean, what: string): asserts holds {
  if (!holds) throw new BrokenProperty(what);
}
