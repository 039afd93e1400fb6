/**
 * What the desk says of a renewal, checked at the door: where it is, which documents proved the identity (one of the
 * first class or two of the second; domain rules 5.3), who checked them, and on what ground it is renewed. At the counter
 * or an authorised post office only: online renewal has no identity check and is not taken (6.2).
 */
import { createHash } from 'node:crypto';
import { fail, ok, type Result } from '@ishizue/outcome';
import type { RenewalGround } from './renewal-fee.ts';

/** One of these proves an identity. */
const FIRST_CLASS_DOCUMENTS = [
  'individual-number-card',
  'drivers-licence',
  'passport',
  'residence-card',
  'disability-handbook',
] as const;

/** Two of these do. */
const SECOND_CLASS_DOCUMENTS = [
  'health-insurance-qualification',
  'pension-handbook',
  'employee-card',
  'student-card',
  'medical-certificate',
] as const;

export const IDENTITY_DOCUMENTS = [...FIRST_CLASS_DOCUMENTS, ...SECOND_CLASS_DOCUMENTS] as const;
export type IdentityDocument = (typeof IDENTITY_DOCUMENTS)[number];

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

export function checkFacts(facts: RenewalFacts): Result<undefined, FactsFailure> {
  const { desk, documents, checkedBy, visitId } = facts;
  const isWellFormed =
    /^[0-9]{6}$/.test(desk.municipality) &&
    (desk.kind === 'municipal-counter' || /^[0-9]{5}$/.test(desk.office)) &&
    /^[\x21-\x7e]{1,64}$/.test(checkedBy) &&
    /^[0-9A-Za-z-]{8,48}$/.test(visitId) &&
    documents.length <= 8;
  if (!isWellFormed) return fail('facts-malformed', 'place, operator, visit or documents');
  return provesIdentity(documents)
    ? ok(undefined)
    : fail('identity-not-proved', 'one document of the first class, or two');
}

/** Whether documents prove an identity at a counter: one of the first class, or two of the second. */
export function provesIdentity(documents: readonly IdentityDocument[]): boolean {
  const shown = new Set<string>(documents);
  return (
    FIRST_CLASS_DOCUMENTS.some((each) => shown.has(each)) ||
    SECOND_CLASS_DOCUMENTS.filter((each) => shown.has(each)).length >= 2
  );
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
