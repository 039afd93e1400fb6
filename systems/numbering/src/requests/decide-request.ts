/**
 * Whether a number may be made for a request, by what the national register says of the person. Pure. A first number waits
 * until it is sure that the municipality that asks has, or had, the person; another number is made for a current
 * resident only, one change at a time; of a code that changes hands or was changed, both wait for the word of it. Nobody's number is made or changed while a residence conflict is open.
 */
import type { NumberStanding } from '@ishizue/registry';
import type { RequestKind } from './number-request.ts';

export type RequestDecision =
  | { readonly effect: 'make' }
  | { readonly effect: 'wait'; readonly cause: string }
  | { readonly effect: 'refuse'; readonly cause: RequestRefusal };

export type RequestRefusal =
  | 'no-number-yet'
  | 'not-a-resident'
  | 'change-under-way'
  | 'derivations-exhausted'
  | 'refused-by-officer';

/** Derivations of a code: one digit says which. */
export const ATTEMPTS = 10;

/** What numbering itself knows of the person. */
export interface PersonNumbers {
  /** The last derivation of the code; undefined where there is none. */
  readonly attempt: number | undefined;
  /** Whether a change of the number is on its way. */
  readonly isChanging: boolean;
  /** Whether the person had another code before, of which the municipality that changed it has not told numbering yet. */
  readonly isSuccessionUnheard?: boolean;
}

const MAKE: RequestDecision = { effect: 'make' };

export function decideRequest(
  kind: RequestKind,
  standing: NumberStanding,
  { attempt, isChanging, isSuccessionUnheard }: PersonNumbers,
): RequestDecision {
  if (standing === 'conflict') return { effect: 'wait', cause: 'residence-conflict' };
  // whose code it is, or was before, is on its way by another link: another number would be made meanwhile
  if (standing === 'unheard') return { effect: 'wait', cause: 'code-not-heard' };
  if (isSuccessionUnheard && attempt === undefined) return { effect: 'wait', cause: 'code-change-not-heard' };
  // the entry is on its way up the tiers, or a prefecture holds it back
  if (kind === 'first') return standing === 'elsewhere' ? { effect: 'wait', cause: 'entry-not-heard' } : MAKE;
  if (attempt === undefined) return { effect: 'refuse', cause: 'no-number-yet' };
  if (standing !== 'resident') return { effect: 'refuse', cause: 'not-a-resident' };
  if (isChanging) return { effect: 'refuse', cause: 'change-under-way' };
  return attempt + 1 >= ATTEMPTS ? { effect: 'refuse', cause: 'derivations-exhausted' } : MAKE;
}
