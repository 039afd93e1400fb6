/**
 * The last step of an issue, many in one transaction: the signature is stored, what the card had before is superseded, and
 * the ledger says so. From here on OCSP says good.
 */
import { inTransaction } from '@ishizue/db';
import { fail, ok, type Result } from '@ishizue/outcome';
import { type Access, NATIONAL_SITE } from '@ishizue/registry';
import type { JpkiContext } from '../jpki-context.ts';
import { CARD_KIND_OF } from '../profile/certificate-kind.ts';
import { recordAccess, type TouchedCertificate } from '../record-access.ts';
import {
  abandon,
  activate,
  findForOrders,
  lockPersons,
  type SignedCertificate,
  type StoredCertificate,
  supersede,
} from './issue-store.ts';
import { phonesEndedWith, supersedePhones } from './phone-orders.ts';
import { answerAgain } from './prepare-orders.ts';

export type HandOutFailure =
  | 'request-id-reused'
  | 'certificate-revoked'
  /** The person's data changed, or the card was voided, before hand-over: ask again under the same request id. */
  | 'revoked-before-hand-over';

export interface CertificateToHandOut extends SignedCertificate {
  readonly access: Access;
}

/** A certificate with its signature. */
export type HandedOut = Result<StoredCertificate & { readonly signature: Buffer }, HandOutFailure>;

/** Hands out certificates of different persons, or of different kinds for a card. */
export function handOut(
  context: JpkiContext,
  signed: readonly CertificateToHandOut[],
): Promise<readonly HandedOut[]> {
  return inTransaction(context.sql, { site: NATIONAL_SITE }, async (tx) => {
    await lockPersons(
      tx,
      signed.map(({ order }) => order.residentCode),
    );
    const now = context.clock.now();
    const otherPhones = await supersedePhones(tx, now, signed);
    const superseded = await supersede(tx, now, signed);
    const phonesOfCards = await phonesEndedWith(
      tx,
      superseded.flatMap(({ place, serial }) =>
        signed.slice(place, place + 1).map(({ order: { kind } }) => ({ kind, serial })),
      ),
    );
    const active = await activate(tx, signed);
    const late = signed.filter((_, index) => !active.has(index));
    const found =
      late.length === 0
        ? []
        : await findForOrders(
            tx,
            late.map(({ order }) => order),
          );
    await recordAccess(tx, context, [
      ...signed.flatMap((each, index) => (active.has(index) ? [touched(each, 'ok')] : [])),
      ...superseded.flatMap(({ place }) =>
        signed.slice(place, place + 1).map((each) => touched(each, 'superseded')),
      ),
      ...otherPhones.flatMap(({ place, kind, residentCode }) =>
        signed
          .slice(place, place + 1)
          .map(({ access }) => ({ access, residentCode, kind, result: 'superseded' })),
      ),
      ...phonesOfCards.flatMap(({ kind, residentCode }) =>
        signed
          .filter(({ order }) => order.residentCode === residentCode && order.kind === CARD_KIND_OF[kind])
          .map(({ access }) => ({ access, residentCode, kind, result: 'revoked' })),
      ),
    ]);
    return signed.map((each, index) =>
      active.has(index)
        ? ok({ ...each.pending, signature: each.signature })
        : answerTwin(each, found[late.indexOf(each)]?.ofRequest),
    );
  });
}

const touched = (
  { access, order: { residentCode, kind } }: Omit<CertificateToHandOut, 'signature'>,
  result: string,
): TouchedCertificate => ({ access, residentCode, kind, result });

/** Somebody was faster: a twin of this request, which issued it, or a change that revoked it. */
function answerTwin({ order }: SignedCertificate, stored: StoredCertificate | undefined): HandedOut {
  if (!stored?.signature)
    return fail('revoked-before-hand-over', 'the person or the card changed in the meantime');
  const again = answerAgain(stored, order);
  return again.ok ? ok({ ...stored, signature: stored.signature }) : again;
}

/** What the lint refuses will never be signed: its serial number is accounted for, the request is free again. */
export function discard(
  context: JpkiContext,
  refused: Omit<CertificateToHandOut, 'signature'>,
): Promise<void> {
  return inTransaction(context.sql, { site: NATIONAL_SITE }, async (tx) => {
    await lockPersons(tx, [refused.order.residentCode]);
    await abandon(tx, context.clock.now(), refused.pending);
    await recordAccess(tx, context, [touched(refused, 'signing-refused')]);
  });
}
