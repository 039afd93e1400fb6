/**
 * The second half of a renewal (docs/flows/renewal.md steps 5 and 6): what was read back from the card is compared with what was
 * offered, octet by octet; then, in one transaction, the certificate before is superseded and the new one handed out. From
 * here on OCSP says good of the one and revoked of the other, and the links between serial numbers join them.
 */
import { inTransaction, type Tx } from '@ishizue/db';
import { fail, ok, type Result } from '@ishizue/outcome';
import { type Access, NATIONAL_SITE } from '@ishizue/registry';
import { assembleCertificate } from '@ishizue/x509';
import { lockPersons } from '../issue/issue-store.ts';
import { phonesEndedWith } from '../issue/phone-orders.ts';
import type { JpkiContext } from '../jpki-context.ts';
import type { CertificateKind } from '../profile/certificate-kind.ts';
import { recordAccess } from '../record-access.ts';
import { findOffered, findRenewal, type Renewal, storeGivenUp, storeHandedOut } from './renewal-store.ts';

export type ConfirmRenewalFailure =
  | 'renewal-unknown'
  /** Begun, and nothing was offered to the card yet. */
  | 'renewal-not-offered'
  | 'renewal-given-up'
  /** The offer is older than an hour. */
  | 'renewal-expired'
  /** The card holds something else than what it was offered; the offer stands. */
  | 'read-back-differs'
  /** The person's data changed, or the card was voided, meanwhile. */
  | 'revoked-before-hand-over';

export interface RenewedCertificate {
  /** Eight hexadecimal digits. */
  readonly serial: string;
  /** Of the one that was superseded; null where none was live. */
  readonly renewedSerial: string | null;
  readonly fee_yen: number;
}

/**
 * @param cardId the card that was read
 * @param readBack DER of the certificate, as another read of the card gave it
 */
export function confirmRenewal(
  context: JpkiContext,
  access: Access,
  {
    requestId,
    cardId,
    readBack,
  }: { readonly requestId: string; readonly cardId: string; readonly readBack: Buffer },
): Promise<Result<RenewedCertificate, ConfirmRenewalFailure>> {
  return inTransaction(context.sql, { site: NATIONAL_SITE }, async (tx) => {
    const known = await findRenewal(tx, requestId);
    if (known?.cardId !== cardId) return fail('renewal-unknown', 'there is no such renewal of this card');
    await lockPersons(tx, [known.residentCode]);
    const renewal = await findRenewal(tx, requestId);
    if (!renewal) throw new Error('a renewal is gone');
    const confirmed = await confirm(tx, context, renewal, readBack);
    const { residentCode, kind } = renewal;
    const renewed = confirmed.ok && renewal.state === 'offered' ? confirmed.value.renewedSerial : null;
    const old = renewed === null ? [] : [{ kind, serial: Number.parseInt(renewed, 16) }];
    const touched = (result: string, touchedKind: CertificateKind = kind) => ({
      access,
      residentCode,
      kind: touchedKind,
      result,
    });
    await recordAccess(tx, context, [
      touched(confirmed.ok ? 'ok' : confirmed.failure.code),
      ...old.map(() => touched('superseded')),
      ...(await phonesEndedWith(tx, old)).map((phone) => touched('revoked', phone.kind)),
    ]);
    return confirmed;
  });
}

async function confirm(
  tx: Tx,
  context: JpkiContext,
  renewal: Renewal,
  readBack: Buffer,
): Promise<Result<RenewedCertificate, ConfirmRenewalFailure>> {
  const { kind, serial, signature, state, fee_yen } = renewal;
  if (state === 'given-up') return fail('renewal-given-up', renewal.outcome ?? 'it came to nothing');
  if (serial === null || !signature)
    return fail('renewal-not-offered', 'nothing was offered to the card yet');
  const offered = await findOffered(tx, kind, serial);
  if (!offered) throw new Error('an offered certificate is gone');
  const whole = Buffer.from(assembleCertificate(offered.tbs, signature));
  const isSame = whole.equals(readBack);
  if (state === 'handed-out')
    return isSame ? ok(toRenewed(serial, renewal.renewedSerial, fee_yen)) : differs();
  const now = context.clock.now();
  if (!offered.isPending) {
    await storeGivenUp(tx, [renewal.requestId], 'revoked-before-hand-over', now);
    return fail('revoked-before-hand-over', 'the person or the card changed in the meantime');
  }
  if (now >= renewal.endsAt.getTime()) return fail('renewal-expired', 'the offer is too old');
  if (!isSame) return differs();
  return ok(toRenewed(serial, await storeHandedOut(tx, renewal, now), fee_yen));
}

const differs = () => fail('read-back-differs', 'the card holds something else than what it was offered');

const hex = (serial: number): string => serial.toString(16).padStart(8, '0');

const toRenewed = (serial: number, renewed: number | null, fee_yen: number): RenewedCertificate => ({
  serial: hex(serial),
  renewedSerial: renewed === null ? null : hex(renewed),
  fee_yen,
});
