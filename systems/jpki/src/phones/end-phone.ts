/**
 * The end of a phone's certificates (domain rules 6.8): by the holder's signature when the phone is given away — a factory reset
 * does not delete what the authority has issued — and by the call centre when it is lost. A loss is a hold, which is never
 * lifted: the holder applies again. Ended again, nothing changes.
 */
import { inTransaction, type Tx } from '@ishizue/db';
import { fail, ok, type Result } from '@ishizue/outcome';
import { type Access, NATIONAL_SITE } from '@ishizue/registry';
import {
  findSigner,
  type SignedStatement,
  type SignerFailure,
  type SigningKind,
} from '../consents/consent-signature.ts';
import { lockPersons } from '../issue/issue-store.ts';
import type { JpkiContext } from '../jpki-context.ts';
import { type RevocableRow, type RevokeCounts, revokeRows } from '../revoke-certificates.ts';
import { endStatement } from './phone-statement.ts';
import { phoneAccess, recordPhone } from './record-phone.ts';

/** The role of an operator of the national site who takes reports of lost phones. */
export const PHONE_CALL_CENTRE = 'phone-call-centre';

/** Also where the application is somebody else's: whose it is is not said. */
type UnknownPhone = 'phone-unknown';

export type EndPhoneFailure = UnknownPhone | SignerFailure;

export interface SignedEnd extends SignedStatement {
  /** The application by which the phone's certificates were issued. */
  readonly application: string;
  /** By the card, or by the phone about itself. */
  readonly kind: SigningKind;
  readonly correlation: string;
}

/** By the holder's signature over `endStatement(application)`. */
export function endPhoneBySignature(
  context: JpkiContext,
  signed: SignedEnd,
): Promise<Result<RevokeCounts, EndPhoneFailure>> {
  const { application, kind, correlation } = signed;
  return inTransaction(context.sql, { site: NATIONAL_SITE }, async (tx) => {
    const signer = await findSigner(tx, context, endStatement(application), signed, kind);
    const residentCode = signer.ok ? signer.value.residentCode : undefined;
    const access = phoneAccess(context, residentCode, 'phone-end', correlation);
    const check = signer.ok ? signer.value.check : signer;
    const rows =
      residentCode === undefined || !check.ok ? [] : await readPhone(tx, residentCode, application);
    if (check.ok && rows.length > 0)
      return ok(await revokeRows(tx, context, access, rows, 'cessationOfOperation'));
    await recordPhone(tx, context, {
      access,
      residentCode,
      result: check.ok ? 'phone-unknown' : check.failure.code,
    });
    return check.ok ? fail('phone-unknown', 'no phone of the holder by this application') : check;
  });
}

/** By the call centre, for the holder on the line: whatever phone they have. */
export function reportPhoneLost(
  context: JpkiContext,
  access: Access,
  residentCode: string,
): Promise<Result<RevokeCounts, UnknownPhone>> {
  return inTransaction(context.sql, { site: NATIONAL_SITE }, async (tx) => {
    await lockPersons(tx, [residentCode]);
    const rows = await readPhone(tx, residentCode, undefined);
    if (rows.length > 0) return ok(await revokeRows(tx, context, access, rows, 'certificateHold'));
    await recordPhone(tx, context, { access, residentCode, result: 'phone-unknown' });
    return fail('phone-unknown', 'the person has no phone with certificates');
  });
}

/** Of one application all that it was given, revoked or not; of a person whatever stands. */
const readPhone = (
  tx: Tx,
  residentCode: string,
  application: string | undefined,
): Promise<readonly RevocableRow[]> => tx<RevocableRow[]>`
  SELECT kind, serial, resident_code AS "residentCode", revoked_at IS NOT NULL AS "isRevoked" FROM jpki.certificate
  WHERE resident_code = ${residentCode} AND application IS NOT NULL
    AND CASE WHEN ${application ?? null}::uuid IS NULL THEN revoked_at IS NULL
      ELSE application = ${application ?? null}::uuid AND (signature IS NOT NULL OR revoked_at IS NULL) END`;
