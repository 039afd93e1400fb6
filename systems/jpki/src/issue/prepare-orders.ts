/**
 * From orders to stored to-be-signed certificates, many in one transaction: locks, what there is already, who the persons
 * are, what stands in the certificates, and the store. What is committed here is what may be signed.
 */
import { inTransaction, type Tx } from '@ishizue/db';
import { fail, ok, type Result } from '@ishizue/outcome';
import { type Access, NATIONAL_SITE } from '@ishizue/registry';
import type { Authority } from '../authority/authorities.ts';
import type { JpkiContext } from '../jpki-context.ts';
import type { CrlArea } from '../profile/crl-area.ts';
import { recordAccess } from '../record-access.ts';
import { type CertificateDraft, type DraftFailure, draftCertificate } from './draft-certificate.ts';
import type { CheckedOrder } from './issue-order.ts';
import {
  type FoundForOrder,
  findForOrders,
  lockOrders,
  type StoredCertificate,
  storeDrafts,
} from './issue-store.ts';
import { findOvertaken } from './phone-orders.ts';

export type PrepareFailure =
  | DraftFailure
  | 'person-unknown'
  /** Another phone of the person was given certificates by a later application. */
  | 'application-overtaken'
  /** The request id was used for something else. */
  | 'request-id-reused'
  /** The certificate of this request was issued, and has been revoked since. */
  | 'certificate-revoked';

export interface OrderToPrepare {
  readonly access: Access;
  readonly authority: Authority;
  readonly order: CheckedOrder;
}

/** The first certificate of an area: its list must be there before a certificate names it. */
export class PointNeeded {
  readonly area: CrlArea;

  constructor(area: CrlArea) {
    this.area = area;
  }
}

/** What is stored under the request, pending or issued; or what is missing first; or the refusal. */
export type Prepared = Result<StoredCertificate, PrepareFailure> | PointNeeded;

/** Prepares orders of different requests. Those of one person do not see each other, as if each were the first. */
export function prepareOrders(
  context: JpkiContext,
  orders: readonly OrderToPrepare[],
): Promise<readonly Prepared[]> {
  return inTransaction(context.sql, { site: NATIONAL_SITE }, async (tx) => {
    const checked = orders.map(({ order }) => order);
    // locked before the registry is read: a change that is applied later finds the certificate that was made before it
    await lockOrders(tx, checked);
    const found = await findForOrders(tx, checked);
    const overtaken = await findOvertaken(tx, checked);
    const decided = await decideAll(context, orders, found, overtaken);
    await recordRefusals(tx, context, orders, decided);
    return store(tx, context, orders, decided);
  });
}

type Decided = Result<StoredCertificate | CertificateDraft, PrepareFailure>;

/** Only those are looked up who get something new. */
async function decideAll(
  context: JpkiContext,
  orders: readonly OrderToPrepare[],
  found: readonly FoundForOrder[],
  overtaken: ReadonlySet<string>,
): Promise<readonly Decided[]> {
  const looks = orders.flatMap(({ access, order: { residentCode } }, index) =>
    found[index]?.ofRequest ? [] : [{ access, residentCode }],
  );
  const persons = await context.findPersons(looks);
  return orders.map(({ authority, order }, index) => {
    const ofOrder = found[index];
    if (!ofOrder) throw new Error('an order was not looked up');
    if (ofOrder.ofRequest) return answerAgain(ofOrder.ofRequest, order);
    if (order.application !== undefined && overtaken.has(order.application))
      return fail('application-overtaken', 'another phone of the person came after this one');
    const person = persons.get(order.residentCode);
    return person
      ? draftCertificate(context, authority, order, person, ofOrder)
      : fail('person-unknown', 'the national register has nobody of that resident code');
  });
}

/** What an order gets under whose request there is a certificate. */
export function answerAgain(
  stored: StoredCertificate,
  order: CheckedOrder,
): Result<StoredCertificate, 'request-id-reused' | 'certificate-revoked'> {
  if (!stored.requestSha256.equals(order.sha256))
    return fail('request-id-reused', 'this request id was used for another certificate');
  return stored.revokedAt
    ? fail('certificate-revoked', 'the certificate of this request is revoked by now')
    : ok(stored);
}

const isDraft = (value: StoredCertificate | CertificateDraft): value is CertificateDraft => 'encode' in value;

/** Refusals that come of looking at a person are accesses to that person's data. */
function recordRefusals(
  tx: Tx,
  context: JpkiContext,
  orders: readonly OrderToPrepare[],
  decided: readonly Decided[],
): Promise<void> {
  return recordAccess(
    tx,
    context,
    orders.flatMap(({ access, order: { residentCode, kind } }, index) => {
      const decision = decided[index];
      return decision && !decision.ok ? [{ access, residentCode, kind, result: decision.failure.code }] : [];
    }),
  );
}

async function store(
  tx: Tx,
  context: JpkiContext,
  orders: readonly OrderToPrepare[],
  decided: readonly Decided[],
): Promise<readonly Prepared[]> {
  const drafts = orders.flatMap(({ authority, order }, index) => {
    const decision = decided[index];
    if (!decision?.ok || !isDraft(decision.value)) return [];
    const draft = decision.value;
    const point = context.points.find(authority, draft.area);
    return point === undefined ? [] : [{ order, generation: authority.generation, point, draft }];
  });
  const stored = await storeDrafts(tx, context.randomBytes, drafts);
  return decided.map((decision, index) => {
    if (!decision.ok) return decision;
    if (!isDraft(decision.value)) return ok(decision.value);
    const certificate = stored.get(orders[index]?.order.requestId ?? '');
    return certificate ? ok(certificate) : new PointNeeded(decision.value.area);
  });
}
