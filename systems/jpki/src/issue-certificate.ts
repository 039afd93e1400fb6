/**
 * Issues a holder's certificate (公的個人認証法 art. 3, 22), for flow docs/flows/life.md step 6:
 * 1. the card's request is read and possession of its key proved; 2. everything that decides about the person is locked,
 * then the registry is asked who they are; 3. the to-be-signed certificate is stored under a fresh serial number and
 * committed; 4. the signer lints and signs it; 5. the signature is stored and the certificate before it is superseded, in
 * one transaction with the ledger entry. Killed anywhere, the same request completes what is stored.
 */
import { fail, ok, type Result } from '@ishizue/outcome';
import type { Access } from '@ishizue/registry';
import { assembleCertificate, verifyWithKey } from '@ishizue/x509';
import type { Authority } from './authority/authorities.ts';
import { ensurePoint } from './crl/distribution-points.ts';
import { discard, type HandOutFailure } from './issue/hand-out.ts';
import { deskOf } from './issue/issue-desk.ts';
import { checkOrder, type IssueOrder, type OrderFailure } from './issue/issue-order.ts';
import type { StoredCertificate } from './issue/issue-store.ts';
import { type OrderToPrepare, PointNeeded, type PrepareFailure } from './issue/prepare-orders.ts';
import type { JpkiContext } from './jpki-context.ts';
import { type CertificateKind, PROFILE_NAMES } from './profile/certificate-kind.ts';
import { findClockRefusal, type SigningCode, signingFailure } from './signing-failure.ts';

export type IssueFailure =
  | OrderFailure
  | PrepareFailure
  | HandOutFailure
  | SigningCode
  /** No ceremony was performed, or every generation has ended. */
  | 'authority-missing'
  /** The person's area changed between two looks: ask again. */
  | 'area-changed';

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
  const checked = checkOrder(order, context);
  if (!checked.ok) return checked;
  // before the authority is looked for, which may not be valid yet by a clock that is behind
  const refusal = findClockRefusal(context);
  if (refusal) return refusal;
  const authority = await context.authorities.findCurrent(order.kind);
  if (!authority) return fail('authority-missing', `no ${order.kind} authority stands`);
  const toPrepare = { access, authority, order: checked.value };
  const prepared = await prepare(context, toPrepare);
  if (!prepared.ok) return prepared;
  const pending = prepared.value;
  if (pending.signature) return ok(toIssued(pending, pending.signature));
  const signature = await sign(context, pending);
  if (!signature.ok) {
    if (signature.failure.code === 'signing-refused') await discard(context, { ...toPrepare, pending });
    return signature;
  }
  const { handingOut } = deskOf(context);
  const handedOut = await handingOut.add({ ...toPrepare, pending, signature: signature.value });
  return handedOut.ok ? ok(toIssued(handedOut.value, handedOut.value.signature)) : handedOut;
}

/** Steps 2 and 3: what is stored under the request, pending or issued. */
export async function prepare(
  context: JpkiContext,
  toPrepare: OrderToPrepare,
): Promise<Result<StoredCertificate, IssueFailure>> {
  const { preparing } = deskOf(context);
  const first = await preparing.add(toPrepare);
  if (!(first instanceof PointNeeded)) return first;
  // outside the transaction: publishing takes a connection of its own, and happens once for an area
  const point = await ensurePoint(context, toPrepare.authority, first.area);
  if (!point.ok) return point;
  const second = await preparing.add(toPrepare);
  return second instanceof PointNeeded ? fail('area-changed', 'the person moves; ask again') : second;
}

/** Step 4: the lint's verdict and the signature, which was verified. */
export async function sign(
  context: JpkiContext,
  pending: StoredCertificate,
): Promise<Result<Buffer, SigningCode>> {
  const authority = await getAuthority(context, pending);
  const signature = await context.signer.signCertificate({
    key: authority.keyName,
    profile: PROFILE_NAMES.certificate[pending.kind],
    tbs: pending.tbs,
  });
  if (!signature.ok) return signingFailure(signature.failure);
  // a faulty signature could give the key away: it does not leave the house
  if (!verifyWithKey(pending.tbs, signature.value, authority.certificate.publicKey).ok)
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

function toIssued(stored: StoredCertificate, signature: Buffer): IssuedCertificate {
  const { kind, serial, tbs, issuedAt, expiresAt } = stored;
  return {
    kind,
    certificate: Buffer.from(assembleCertificate(tbs, signature)),
    serial: serial.toString(16).padStart(8, '0'),
    notBefore: issuedAt.getTime(),
    notAfter: expiresAt.getTime(),
  };
}
