/** The last day on which what a closed case says must be there: by the version of the case, from the day on which it closes. */
import { type IsoDate, yearsAfter } from '@ishizue/clock';
import type { Definition } from '../define/definition.ts';

/** Null of a state that is open. */
export function keptUntil({ states, kept }: Definition, state: string, closedOn: IsoDate): IsoDate | null {
  return states[state]?.closed ? yearsAfter(closedOn, kept.after?.[state] ?? kept.years) : null;
}
