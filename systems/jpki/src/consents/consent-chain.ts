/**
 * Whether the way from the certificate at consent to the person of now is unbroken (domain rules 6.6). Pure. Decided, since
 * the real rule is not published: the newest signature certificate of the holder is good, or was revoked because its items
 * changed (affiliationChanged: just what the service is for) and has not run out. Any other end of it, and any status but
 * resident, stops the answers; so does a changed resident code, under which certificates begin anew.
 */
import { fail, ok, type Result } from '@ishizue/outcome';
import type { IdentifiedPerson } from '@ishizue/registry';

export type ChainFailure =
  | 'chain-broken'
  /** Deceased, removed, moved out, or not in the register. */
  | 'holder-not-resident';

export interface NewestCertificate {
  readonly expiresAt: Date;
  /** Null where it is not revoked. */
  readonly reason: string | null;
}

export function checkCertificateChain(
  newest: NewestCertificate | undefined,
  now: number,
): Result<undefined, ChainFailure> {
  const isUnbroken =
    newest !== undefined &&
    newest.expiresAt.getTime() > now &&
    (newest.reason === null || newest.reason === 'affiliationChanged');
  return isUnbroken
    ? ok(undefined)
    : fail('chain-broken', 'the holder has no signature certificate that continues the one at consent');
}

export function checkPerson(
  person: IdentifiedPerson | undefined,
  residentCode: string,
): Result<IdentifiedPerson, ChainFailure> {
  if (person?.status !== 'resident')
    return fail('holder-not-resident', 'the holder is nobody’s resident now');
  if (person.residentCode !== residentCode)
    return fail('chain-broken', 'the holder has another resident code since');
  return ok(person);
}
