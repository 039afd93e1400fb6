/**
 * The search keys follow the persons of the national site, in the transaction that stores them. They say who has a name
 * and a birth date and nothing else: a move changes no key. Kept for residents and for those who moved away or died:
 * they have numbers, and each of them may be the namesake who makes a match ambiguous.
 */
import type { Tx } from '@ishizue/db';
import type { Tier } from '../tiers/tier.ts';
import { type Named, nameKeysOf } from './name-keys.ts';

/** Of the rules by which names become keys. Raise it with them, in a migration too: keys are then made anew. */
export const SEARCH_KEY_VERSION = 1;

export interface KeyedPerson extends Named {
  readonly residentCode: string;
  readonly birthDate: string;
}

/**
 * Brings the keys of persons whom a tier has just stored up to date; only the national site has any.
 * @param known the codes of those who were stored before
 */
export async function storeSearchKeys(
  tx: Tx,
  tier: Pick<Tier, 'prefecture'>,
  persons: readonly KeyedPerson[],
  known: readonly string[],
): Promise<void> {
  if (tier.prefecture !== null || persons.length === 0) return;
  const keys = persons.flatMap((person) =>
    nameKeysOf(person).map((key) => [person.residentCode, key, person.birthDate] as const),
  );
  const codes = keys.map(([code]) => code);
  const names = keys.map(([, key]) => key);
  const births = keys.map(([, , birth]) => birth);
  if (known.length > 0)
    await tx`
      DELETE FROM registry.national_search_key k
      WHERE k.resident_code = ANY(${known}) AND NOT EXISTS (
        SELECT FROM unnest(${codes}::text[], ${names}::text[], ${births}::text[]) AS n(code, key, birth)
        WHERE n.code = k.resident_code AND n.key = k.name_key AND n.birth = k.birth_date)`;
  await tx`
    INSERT INTO registry.national_search_key (resident_code, name_key, birth_date)
    SELECT * FROM unnest(${codes}::text[], ${names}::text[], ${births}::text[])
    ON CONFLICT DO NOTHING`;
}
