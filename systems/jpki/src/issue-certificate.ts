/**
 * Issues a holder's certificate (公的個人認証法 art. 3, 22), for flow docs/flows/life.md step 6:
 * 1. the card's request is read and possession of its key proved; 2. everything that decides about the person is locked,
 * then the registry is asked who they are; 3. the to-be-signed certificate is stored under a fresh serial number and
 * committed; 4. the signer lints and signs it; 5. the signature is stored and the certificate before it is superseded, in
 * one transaction with the ledger entry. Killed anywhere, the same request completes what is stored.
 */
import { inTransaction, type Tx } from '@ishizue/db';
import { fail, ok, type Result } from '@ishizue/outcome';
import type { Access } from '@ishizue/registry';
import { assembleSigned, signatureAlgorithm, verifySignature } from '@ishizue/x509';
import type { Authority } from './authority/authorities.ts';
import { ensurePoint } from './crl/distribution-points.ts';
import type { PublishFailure } from './crl/publish-list.ts';
import { type DraftFailure, draftCertificate } from './issue/draft-certificate.ts';
import { type CheckedOrder, checkOrder, type IssueOrder, type OrderFailure } from './issue/issue-order.ts';
import {
  abandon,
  activate,
  findForOrder,
  lockOrder,
  lockPerson,
  type StoredCertificate,
  storeDraft,
  supersede,
} from './issue/issue-store.ts';
import type { JpkiContext } from './jpki-context.ts';
import { type CertificateKind, PROFILE_NAMES } from './profile/certificate-kind.ts';
import type { CrlArea } from './profile/crl-area.ts';
import { recordAccess } from './record-access.ts';
import { type SigningCode, signingFailure } from './signing-failure.ts';

export type IssueFailure =
  | OrderFailure
  | DraftFailure
  | SigningCode
  | PublishFailure
  /** No ceremony was performed, or every generation has ended. */
  | 'authority-missing'
  | 'person-unknown'
  /** The person's area changed between two looks. */
  | 'area-changed'
  /** The request id was used for something else. */
  | 'request-id-reused'
  /** The certificate of this request was issued, and has been revoked since. */
  | 'certificate-revoked'
  /** The person's data changed, or the card was voided, before hand-over: ask again under the same request id. */
  | 'revoked-before-hand-over';

export interface IssuedCertificate {
  readonly kind: CertificateKind;
  /** DER. */
  readonly certificate: Buffer;
  /** Eight hexadecimal digits. */
  readonly serial: string;
  readonly notBefore: number;
  readonly notAfter: number;
}

/** Issues a certificate, or answers the one that the same request was given before. */
export async function issueCertificate(
  context: JpkiContext,
  access: Access,
  order: IssueOrder,
): Promise<Result<IssuedCertificate, IssueFailure>> {
  const checked = checkOrder(order);
  if (!checked.ok) return checked;
  const authority = await context.authorities.findCurrent(order.kind);
  if (!authority) return fail('authority-missing', `no ${order.kind} authority stands`);
  const stored = await prepare(context, access, authority, checked.value);
  if (!stored.ok) return stored;
  if (stored.value.signature) return ok(toIssued(stored.value, stored.value.signature));
  return complete(context, access, checked.value, stored.value);
}

type Prepared = Result<StoredCertificate, IssueFailure>;

/** Steps 2 and 3: what is stored under the request, pending or issued. */
async function prepare(
  context: JpkiContext,
  access: Access,
  authority: Authority,
  order: CheckedOrder,
): Promise<Prepared> {
  const first = await tryToPrepare(context, access, authority, order);
  if (!(first instanceof PointNeeded)) return first;
  // outside the transaction: publishing takes a connection of its own, and happens once for an area
  const point = await ensurePoint(context, authority, first.area);
  if (!point.ok) return point;
  const second = await tryToPrepare(context, access, authority, order);
  return second instanceof PointNeeded ? fail('area-changed', 'the person moves; ask again') : second;
}

/** The first certificate of an area: its list must be there before a certificate names it. */
class PointNeeded {
  readonly area: CrlArea;

  constructor(area: CrlArea) {
    this.area = area;
  }
}

function tryToPrepare(
  context: JpkiContext,
  access: Access,
  authority: Authority,
  order: CheckedOrder,
): Promise<Prepared | PointNeeded> {
  return inTransaction(context.sql, {}, async (tx) => {
    // locked before the registry is read: a change that is applied later finds the certificate that was made before it
    await lockOrder(tx, order);
    const found = await findForOrder(tx, order);
    if (found.ofRequest) return answerAgain(found.ofRequest, order);
    const person = await context.findPerson(access, order.residentCode);
    const draft = person
      ? draftCertificate(context, authority, order, person, found)
      : fail('person-unknown', 'the national register has nobody of that resident code');
    if (!draft.ok) {
      await recordAccess(tx, context, access, [{ ...order, result: draft.failure.code }]);
      return draft;
    }
    const point = context.points.find(authority, draft.value.area);
    if (point === undefined) return new PointNeeded(draft.value.area);
    return ok(await storeDraft(tx, context, authority, order, draft.value, point));
  });
}

function answerAgain(found: StoredCertificate, order: CheckedOrder): Prepared {
  if (!found.requestSha256.equals(order.sha256))
    return fail('request-id-reused', 'this request id was used for another certificate');
  if (found.revokedAt)
    return fail('certificate-revoked', 'the certificate of this request is revoked by now');
  return ok(found);
}

/** Steps 4 and 5. */
async function complete(
  context: JpkiContext,
  access: Access,
  order: CheckedOrder,
  pending: StoredCertificate,
): Promise<Result<IssuedCertificate, IssueFailure>> {
  const signature = await sign(context, pending);
  if (!signature.ok) {
    if (signature.failure.code === 'signing-refused') await discard(context, access, order, pending);
    return signature;
  }
  return inTransaction(context.sql, {}, async (tx) => {
    await lockPerson(tx, order.residentCode);
    const superseded = await supersede(tx, context, order, pending);
    const isActive = await activate(tx, pending, signature.value);
    if (!isActive) return answerTwin(tx, order);
    await recordAccess(tx, context, access, [
      { ...order, result: 'ok' },
      ...superseded.map(() => ({ ...order, result: 'superseded' })),
    ]);
    return ok(toIssued(pending, signature.value));
  });
}

/** Somebody was faster: a twin of this request, which issued it, or a change that revoked it. */
async function answerTwin(tx: Tx, order: CheckedOrder): Promise<Result<IssuedCertificate, IssueFailure>> {
  const { ofRequest } = await findForOrder(tx, order);
  if (!ofRequest?.signature)
    return fail('revoked-before-hand-over', 'the person or the card changed in the meantime');
  const again = answerAgain(ofRequest, order);
  return again.ok ? ok(toIssued(ofRequest, ofRequest.signature)) : again;
}

async function sign(context: JpkiContext, pending: StoredCertificate): Promise<Result<Buffer, SigningCode>> {
  const authority = await getAuthority(context, pending);
  const signature = await context.signer.signCertificate({
    key: authority.keyName,
    profile: PROFILE_NAMES.certificate[pending.kind],
    tbs: pending.tbs,
  });
  if (!signature.ok) return signingFailure(signature.failure);
  const signed = {
    tbs: pending.tbs,
    signatureAlgorithm: signatureAlgorithm('rsa'),
    signature: signature.value,
  };
  // a faulty signature could give the key away: it does not leave the house
  if (!verifySignature(signed, authority.certificate.publicKey).ok)
    throw new Error('the signer gave a signature that does not hold');
  return signature;
}

/** The generation under which it was stored, which need not be the current one. */
async function getAuthority(context: JpkiContext, pending: StoredCertificate): Promise<Authority> {
  const authority = (await context.authorities.all()).find(
    ({ kind, generation }) => kind === pending.kind && generation === pending.generation,
  );
  if (!authority) throw new Error('a certificate of a generation that is not there');
  return authority;
}

/** What the lint refuses will never be signed: its serial number is accounted for, the request is free again. */
function discard(
  context: JpkiContext,
  access: Access,
  order: CheckedOrder,
  pending: StoredCertificate,
): Promise<void> {
  return inTransaction(context.sql, {}, async (tx) => {
    await lockPerson(tx, order.residentCode);
    await abandon(tx, context, pending);
    await recordAccess(tx, context, access, [{ ...order, result: 'signing-refused' }]);
  });
}

function toIssued(stored: StoredCertificate, signature: Buffer): IssuedCertificate {
  const { kind, serial, tbs, issuedAt, expiresAt } = stored;
  return {
    kind,
    certificate: Buffer.from(assembleSigned(tbs, signatureAlgorithm('rsa'), signature)),
    serial: serial.toString(16).padStart(8, '0'),
    notBefore: issuedAt.getTime(),
    notAfter: expiresAt.getTime(),
  };
}
