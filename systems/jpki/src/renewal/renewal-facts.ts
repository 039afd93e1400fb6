/**
 * What the desk says of a renewal, checked at the door: where it is, which documents proved the identity (one of the
 * first class or two of the second; domain rules 5.3), who checked them, and on what ground it is renewed. At the counter
 * or an authorised post office only: online renewal has no identity check and is not taken (6.2).
 */
import { createHash } from 'node:crypto';
import type { IsoDate } from '@ishizue/clock';
import { fail, ok, type Result } from '@ishizue/outcome';
import { type IdentityDocument, isIdentityProved } from '../identity-documents.ts';
import type { RenewalGround } from './renewal-fee.ts';

/** Where the holder stands: a counter of the municipality, or a post office that it authorised (its place code). */
export type RenewalDesk =
  | { readonly kind: 'municipal-counter'; readonly municipality: string }
  | { readonly kind: 'post-office'; readonly municipality: string; readonly office: string };

export interface RenewalFacts {
  readonly desk: RenewalDesk;
  readonly documents: readonly IdentityDocument[];
  /** The operator who looked at the documents. */
  readonly checkedBy: string;
  readonly isByRepresentative: boolean;
  /** 成年被後見人, as the desk knows; such a holder has no signature certificate. */
  readonly isAdultWard: boolean;
  readonly ground: RenewalGround;
  /** What is renewed in one visit is paid once. */
  readonly visitId: string;
}

export type FactsFailure =
  | 'facts-malformed'
  /** Neither one document of the first class nor two of the second. */
  | 'identity-not-proved';

/** @param on the day of the act */
export function checkFacts(facts: RenewalFacts, on: IsoDate): Result<undefined, FactsFailure> {
  const { desk, documents, checkedBy, visitId } = facts;
  const isWellFormed =
    /^[0-9]{6}$/.test(desk.municipality) &&
    (desk.kind === 'municipal-counter' || /^[0-9]{5}$/.test(desk.office)) &&
    /^[\x21-\x7e]{1,64}$/.test(checkedBy) &&
    /^[0-9A-Za-z-]{8,48}$/.test(visitId) &&
    documents.length <= 8;
  if (!isWellFormed) return fail('facts-malformed', 'place, operator, visit or documents');
  return isIdentityProved(documents, on)
    ? ok(undefined)
    : fail('identity-not-proved', 'one document of the first class, or two');
}

/** Of all that is said of a renewal: the same request says the same. */
export function factsDigest(facts: RenewalFacts, orderSha256: Buffer): Buffer {
  const { desk, documents, checkedBy, isByRepresentative, isAdultWard, ground, visitId } = facts;
  const office = desk.kind === 'post-office' ? desk.office : null;
  const said = [desk.kind, desk.municipality, office, [...documents].sort(), checkedBy];
  return createHash('sha256')
    .update(JSON.stringify([...said, isByRepresentative, isAdultWard, ground, visitId]))
    .update(orderSha256)
    .digest();
}
