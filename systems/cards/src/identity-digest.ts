/**
 * What the centre keeps of a person's identity data between application and hand-over: a digest, to see that they are still
 * the same. The data themselves stay in the registry. The application id goes in, so that digests of two
 * applications cannot be compared.
 */
import { createHash } from 'node:crypto';
import type { IdentifiedPerson } from '@ishizue/registry';

type PersonOnCard = Pick<
  IdentifiedPerson,
  'name' | 'formerSurname' | 'alias' | 'birthDate' | 'sex' | 'address'
>;

/** SHA-256 (32 octets) of what a card and its certificates say about a person. */
export function identityDigest(applicationId: string, person: PersonOnCard): Buffer {
  const { name, formerSurname, alias, birthDate, sex, address } = person;
  const said = JSON.stringify([applicationId, name, formerSurname, alias, birthDate, sex, address]);
  return createHash('sha256').update(said).digest();
}
