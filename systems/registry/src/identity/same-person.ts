/**
 * Whether two statements about a person under one resident code are of the same person: birth date and sex to the
 * letter, the name but for how its characters are written. In doubt it is somebody else, and officers find out.
 */
import { nameKey } from '@ishizue/text';
import type { Sex } from './event-reason.ts';

/** What must agree. */
export interface PersonClaim {
  readonly name: string;
  /** `YYYY-MM-DD`, `00` for a part that nobody knows. */
  readonly birthDate: string;
  readonly sex: Sex;
}

export function isSamePerson(one: PersonClaim, other: PersonClaim): boolean {
  if (one.birthDate !== other.birthDate || one.sex !== other.sex) return false;
  return one.name === other.name || nameKey(one.name) === nameKey(other.name);
}
