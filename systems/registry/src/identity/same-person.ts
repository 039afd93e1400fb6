/**
 * Whether two statements about a person under one resident code are of the same person: birth date and sex to the
 * letter, the name but for how its characters are written. In doubt it is somebody else, and officers find out. Who has
 * left a place may have another name when they come back: there a site with less than the whole country compares less.
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
  if (!isSameButForName(one, other)) return false;
  return one.name === other.name || nameKey(one.name) === nameKey(other.name);
}

/** Whether they may be of one person who has taken another name in the meantime. */
export const isSameButForName = (one: Omit<PersonClaim, 'name'>, other: Omit<PersonClaim, 'name'>): boolean =>
  one.birthDate === other.birthDate && one.sex === other.sex;
