/** Everything that may happen in the year: one file a kind, one line here. */
import { arrivals, groupArrivals } from './kinds/arrivals.ts';
import { births } from './kinds/births.ts';
import { minorCorrections, nameCorrections } from './kinds/corrections.ts';
import { deaths } from './kinds/deaths.ts';
import { moves } from './kinds/moves.ts';
import { movesWithin } from './kinds/moves-within.ts';
import { otherNames } from './kinds/other-names.ts';
import { overseasMoves } from './kinds/overseas-moves.ts';
import { removals } from './kinds/removals.ts';
import { wrongCodes } from './kinds/wrong-codes.ts';
import type { Kind } from './town-life.ts';

export const KINDS: readonly Kind[] = [
  births,
  deaths,
  moves,
  movesWithin,
  overseasMoves,
  minorCorrections,
  nameCorrections,
  otherNames,
  removals,
  arrivals,
  groupArrivals,
  wrongCodes,
];
