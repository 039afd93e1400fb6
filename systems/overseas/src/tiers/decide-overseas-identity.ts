/**
 * What a prefectural or the national site makes of an entry's identity data, given what it holds of the code. A changed
 * code is for whom it holds under the old one; a code that is used up names nobody. One
 * municipality keeps a person's entry; another one's data replace it only after it was deleted, and never another
 * person's: whatever is doubtful is refused and waits for an officer.
 */
import { fail, ok, type Result } from '@ishizue/outcome';
import type { OverseasIdentity } from '../identity/overseas-identity.ts';

export type OverseasIdentityFailure =
  | 'identity-body-invalid'
  | 'municipality-not-of-site'
  | 'person-differs'
  | 'entry-elsewhere'
  | 'notice-stale'
  | 'person-unknown'
  | 'resident-code-retired'
  | 'resident-code-taken';

/** What the site holds of a resident code. */
export interface HeldOverseasPerson {
  readonly residentCode: string;
  readonly municipality: string;
  readonly state: 'current' | 'deleted';
  readonly birthDate: string;
  readonly sex: number;
  readonly sequence: number;
}

/** As `decideOverseasIdentity`, of the person whom the data's codes name: under a changed code the one of the code before. */
export function decideByCodes(
  held: ReadonlyMap<string, HeldOverseasPerson>,
  retired: ReadonlySet<string>,
  told: OverseasIdentity,
): Result<undefined, OverseasIdentityFailure> {
  const { residentCode, formerCode } = told;
  if (retired.has(residentCode) || (formerCode !== undefined && retired.has(formerCode)))
    return fail('resident-code-retired', 'a resident code of the data is used up');
  if (formerCode === undefined) return decideOverseasIdentity(held.get(residentCode), told);
  if (held.has(residentCode)) return fail('resident-code-taken', 'somebody is held under the new code');
  const former = held.get(formerCode);
  if (!former) return fail('person-unknown', 'nobody is held under the code before');
  if (former.municipality !== told.municipality)
    return fail('entry-elsewhere', 'another municipality keeps the person’s entry');
  return decideOverseasIdentity(former, told);
}

export function decideOverseasIdentity(
  held: HeldOverseasPerson | undefined,
  told: OverseasIdentity,
): Result<undefined, OverseasIdentityFailure> {
  if (!held) return ok(undefined);
  // the municipality that keeps the entry may correct it by the family register; nobody else may
  const isCorrection = told.reason === 'corrected' && held.municipality === told.municipality;
  if (!isCorrection && (held.birthDate !== told.birthDate || held.sex !== told.sex))
    return fail('person-differs', 'the code is held with another birth date or sex');
  if (held.municipality === told.municipality)
    return told.sequence > held.sequence
      ? ok(undefined)
      : fail('notice-stale', 'a later change of the entry is held');
  if (held.state === 'current')
    return fail('entry-elsewhere', 'another municipality keeps the person’s entry');
  return ok(undefined);
}
