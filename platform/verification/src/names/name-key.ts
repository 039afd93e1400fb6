/**
 * Comparing distinguished names as RFC 5280 7.1 asks: the string type of an attribute does not matter, nor do case and
 * the number of spaces. Strings are prepared in the manner of RFC 4518 (mapping, case folding, NFKC, spaces); two names
 * are the same where their keys are.
 */
import type { Name, NameAttribute, RelativeName } from '@ishizue/x509';

/** What RFC 4518 2.2 maps to nothing: soft hyphens, joiners, variation selectors and the like. */
const MAPPED_TO_NOTHING = /\p{Default_Ignorable_Code_Point}/gu;

function prepare(value: string): string {
  const folded = value.replaceAll(MAPPED_TO_NOTHING, '').toLowerCase().normalize('NFKC').toLowerCase();
  return folded.replaceAll(/\s+/gu, ' ').trim();
}

const attributeKey = ({ oid, value }: NameAttribute): string => JSON.stringify([oid, prepare(value)]);

const levelKey = (level: RelativeName): string => level.map(attributeKey).sort().join('+');

const remembered = new WeakMap<Name, readonly string[]>();

/** A key for each level of the name, from the root down. */
function levelKeys(name: Name): readonly string[] {
  const known = remembered.get(name);
  if (known !== undefined) return known;
  const keys = name.relativeNames.map(levelKey);
  remembered.set(name, keys);
  return keys;
}

/** One text for all names that are the same. */
export const nameKey = (name: Name): string => levelKeys(name).join('/');

export const sameName = (a: Name, b: Name): boolean => a.equals(b) || nameKey(a) === nameKey(b);

/** Whether `name` is in the subtree of the directory below `base`. */
export function isBelow(name: Name, base: Name): boolean {
  const keys = levelKeys(name);
  return levelKeys(base).every((key, level) => keys[level] === key);
}
