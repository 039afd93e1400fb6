/** What every check is given, and how checks say what differs. */
import type { YearCountry } from '../country.ts';
import type { Installation } from '../installation.ts';
import type { Model } from '../model.ts';

export interface EndOfYear {
  readonly country: YearCountry;
  readonly model: Model;
  readonly installations: readonly Installation[];
  /** How often officers were shown a person in a list of conflicts, by municipality and code. */
  readonly looks: ReadonlyMap<string, number>;
  /** Lets time go by until the links are empty. */
  readonly rest: () => Promise<void>;
}

/** The installation that serves a site. */
export function installationOf({ installations }: EndOfYear, site: string): Installation {
  const found = installations.find(({ sites }) => sites.includes(site));
  if (!found) throw new Error(`nobody serves ${site}`);
  return found;
}

/** What differs between two maps of sentences, a line each. */
export function differencesOf(
  where: string,
  expected: ReadonlyMap<string, string>,
  found: ReadonlyMap<string, string>,
): readonly string[] {
  const lines: string[] = [];
  for (const [key, value] of expected)
    if (found.get(key) !== value)
      lines.push(`${where} ${key}: ${found.get(key) ?? 'nothing'}, expected ${value}`);
  for (const [key, value] of found)
    if (!expected.has(key)) lines.push(`${where} ${key}: ${value}, expected nothing`);
  return lines;
}
