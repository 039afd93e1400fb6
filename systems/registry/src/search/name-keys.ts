/**
 * The names that a person may be searched by: identity data hold the name, the former surname (旧氏) and the alias (通称),
 * and a form elsewhere may carry any of them (住基法施行令 30-13, 30-16). Readings are not in identity data.
 */
import { nameKey } from '@ishizue/text';
import type { IdentifiedPerson } from '../tiers/find-person.ts';

export type Named = Pick<IdentifiedPerson, 'name' | 'formerSurname' | 'alias'>;

const GAP = /[ \u3000]+/;

/** The keys of all forms of the name, each once; none is empty. */
export function nameKeysOf({ name, formerSurname, alias }: Named): readonly string[] {
  const forms = [name, withFormerSurname(name, formerSurname), alias ?? ''];
  return [...new Set(forms.map(nameKey))].filter((key) => key !== '');
}

/** The given name after the former surname; empty where it cannot be told which part is the given name. */
function withFormerSurname(name: string, formerSurname: string | null): string {
  const [family, given, ...more] = name.trim().split(GAP);
  if (formerSurname === null || family === undefined || given === undefined || more.length > 0) return '';
  return formerSurname + given;
}
