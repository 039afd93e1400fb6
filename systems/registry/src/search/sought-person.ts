/**
 * A query read at the door: are its keys enough for what it asks, and can they be compared at all? Both are told before the
 * database is asked. A character that another vendor defined (外字 in the private use area) or put in the place of one
 * (〓, ?) is no name: whoever may be meant, nobody is guessed.
 */
import { fail, ok, type Result } from '@ishizue/outcome';
import { checkPersonText, nameKey, parsePartialDate, resolveGlyphReferences } from '@ishizue/text';
import type { Sex } from '../identity/event-reason.ts';
import type { AreaNames } from './area-names.ts';
import { type SoughtAddress, seekAddress } from './compare-addresses.ts';
import type { SearchKey, StrictSearchRule } from './search-rule.ts';

/** What an asker knows of a person. What is not known is absent or null. */
export interface PersonQuery {
  /** The name, the name with the former surname, or the alias. */
  readonly name?: string | null | undefined;
  /** `YYYY-MM-DD`, `00` for a part that nobody knows. */
  readonly birthDate?: string | null | undefined;
  readonly sex?: Sex | null | undefined;
  readonly address?: string | null | undefined;
}

/** A query in the form that is compared. */
export interface SoughtPerson {
  readonly nameKey: string;
  readonly birthDate: string;
  /** Null where sex is not asked for. */
  readonly sex: Sex | null;
  readonly address: SoughtAddress;
}

/**
 * `search-keys-insufficient`: the keys are not enough for what is asked. `search-keys-invalid`: a key is no date, or a text
 * that can be nobody's.
 */
export type QueryFailure = 'search-keys-insufficient' | 'search-keys-invalid';

const NAME_LENGTH_MAX = 200;
const ADDRESS_LENGTH_MAX = 400;
/** What systems write for a character that they do not have. */
const STAND_IN = /[〓□■●?？*＊\uFFFD]/;

/** The keys that a query carries. A text of spaces is none. */
export function keysOf({ name, birthDate, sex, address }: PersonQuery): readonly SearchKey[] {
  const carried: Readonly<Record<SearchKey, boolean>> = {
    name: nameKey(name ?? '') !== '',
    'birth-date': (birthDate ?? '') !== '',
    sex: (sex ?? null) !== null,
    address: nameKey(address ?? '') !== '',
  };
  return (['name', 'birth-date', 'sex', 'address'] as const).filter((key) => carried[key]);
}

/** The query as a search for an individual number compares it. */
export function seekStrictly(
  query: PersonQuery,
  rule: StrictSearchRule,
  areas: AreaNames,
): Result<SoughtPerson, QueryFailure> {
  const carried = new Set(keysOf(query));
  if (!rule.keySets.some((keys) => keys.every((key) => carried.has(key))))
    return fail(
      'search-keys-insufficient',
      `name, birth date and address are needed, not only ${[...carried].join(', ')}`,
    );
  const birthDate = readBirthDate(query.birthDate ?? '', rule.birthDateKnown);
  if (!birthDate.ok) return birthDate;
  const name = readText(query.name ?? '', NAME_LENGTH_MAX);
  if (!name.ok) return name;
  const address = readText(query.address ?? '', ADDRESS_LENGTH_MAX);
  if (!address.ok) return address;
  return ok({
    nameKey: nameKey(name.value),
    birthDate: birthDate.value,
    sex: query.sex ?? null,
    address: seekAddress(address.value, areas),
  });
}

/** The birth date itself, where enough of it is known to be a key. */
export function readBirthDate(
  text: string,
  known: StrictSearchRule['birthDateKnown'],
): Result<string, QueryFailure> {
  const date = parsePartialDate(text);
  if (!date.ok) return fail('search-keys-invalid', `the birth date: ${date.failure.code}`);
  if (!known.includes(date.value.known))
    return fail('search-keys-insufficient', `of the birth date is known: ${date.value.known}`);
  return ok(text);
}

/** A text with its glyph references (`{MJ028902}`) as characters. */
export function readText(text: string, length_max: number): Result<string, 'search-keys-invalid'> {
  // before anything reads it: the length is bounded by what is checked first
  const checked = checkPersonText(text, length_max);
  if (!checked.ok) return fail('search-keys-invalid', checked.failure.code);
  const resolved = resolveGlyphReferences(text);
  if (!resolved.ok) return fail('search-keys-invalid', resolved.failure.code);
  return STAND_IN.test(resolved.value)
    ? fail('search-keys-invalid', 'a character is missing')
    : ok(resolved.value);
}
