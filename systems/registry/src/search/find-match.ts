/**
 * Which of the persons with a name and a birth date a query means: exactly one, or nobody. Persons are compared by their
 * own rows, whatever the index proposed; those who moved away or died count like all others, for they have numbers.
 * An address that agrees whole decides between namesakes; one that needs a lenience never does.
 */
import { addressParts } from '@ishizue/text';
import type { IdentifiedPerson } from '../tiers/find-person.ts';
import { agreementOf, type Lenience } from './compare-addresses.ts';
import { nameKeysOf } from './name-keys.ts';
import type { SoughtPerson } from './sought-person.ts';

/** The one person whom a query means. */
export interface StrictMatch {
  readonly person: IdentifiedPerson;
  /** What was overlooked in the address; where there is something, the asker should check the address a second time. */
  readonly leniences: readonly Lenience[];
}

export type Finding = StrictMatch | 'no-match' | 'ambiguous';

/** The finding among all persons whom the index proposes for the query. */
export function findMatch(sought: SoughtPerson, proposed: readonly IdentifiedPerson[]): Finding {
  const namesakes = proposed.filter((person) => hasNameAndBirth(sought, person));
  const matches = namesakes.flatMap((person): readonly StrictMatch[] => {
    const leniences = agreementOf(sought.address, addressParts(person.address));
    return leniences === undefined ? [] : [{ person, leniences }];
  });
  const [match, ...others] = matches;
  if (!match) return 'no-match';
  if (others.length > 0) return 'ambiguous';
  return match.leniences.length > 0 && namesakes.length > 1 ? 'ambiguous' : match;
}

function hasNameAndBirth(sought: SoughtPerson, person: IdentifiedPerson): boolean {
  return (
    person.birthDate === sought.birthDate &&
    (sought.sex === null || person.sex === sought.sex) &&
    nameKeysOf(person).includes(sought.nameKey)
  );
}
