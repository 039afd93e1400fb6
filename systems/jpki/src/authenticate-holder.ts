/**
 * Sign-in and kiosk inside the centre: the holder signed a challenge with the card, and the centre says whose card it is.
 * The same checks as a relying party's, with the revocation read from the database at this instant instead of list and
 * OCSP. Whoever is recognised is on the ledger, admitted or refused.
 */
import { inTransaction, type Tx } from '@ishizue/db';
import { fail, ok, type Result } from '@ishizue/outcome';
import { type Access, NATIONAL_SITE } from '@ishizue/registry';
import type { JpkiContext } from './jpki-context.ts';
import type { CertificateKind } from './profile/certificate-kind.ts';
import { holderSerialOf } from './profile/serial-numbers.ts';
import { recordAccess } from './record-access.ts';
import {
  checkSignature,
  type SignatureCheckFailure,
  type SignedChallenge,
} from './relying-party/check-signature.ts';

export type AuthenticateFailure = SignatureCheckFailure | 'certificate-revoked' | 'certificate-unknown';

/** The challenge as it was signed; where no kind is said it is the authentication certificate. */
export type HolderChallenge = Omit<SignedChallenge, 'kind'> & Partial<Pick<SignedChallenge, 'kind'>>;

/** Where and why the holder signs in; who they are is what is found out. */
export type SignInAccess = Omit<Access, 'actor' | 'actorKind'>;

export interface AuthenticatedHolder {
  readonly residentCode: string;
  readonly cardId: string;
  readonly kind: CertificateKind;
  /** Eight hexadecimal digits. */
  readonly serial: string;
}

interface HolderRow {
  readonly residentCode: string;
  readonly cardId: string;
  readonly isRevoked: boolean;
}

/** Tells whose card signed the challenge. */
export async function authenticateHolder(
  context: JpkiContext,
  access: SignInAccess,
  { kind = 'authentication', ...signed }: HolderChallenge,
): Promise<Result<AuthenticatedHolder, AuthenticateFailure>> {
  const anchors = (await context.authorities.all()).filter((authority) => authority.kind === kind);
  const checked = checkSignature(
    { kind, ...signed },
    anchors.map(({ certificate }) => certificate),
    context.clock.now(),
  );
  if (!checked.ok) return checked;
  const serial = holderSerialOf(checked.value.certificate.serial);
  if (serial === undefined) return fail('certificate-unknown', 'no holder’s certificate');
  return inTransaction(context.sql, { site: NATIONAL_SITE }, async (tx) => {
    const holder = await readHolder(tx, kind, serial);
    if (!holder) return fail('certificate-unknown', 'no certificate of that number was handed out');
    const { residentCode, cardId, isRevoked } = holder;
    const result = isRevoked ? 'certificate-revoked' : 'ok';
    const actor = context.pseudonyms.of(NATIONAL_SITE, residentCode).toString('hex');
    const self: Access = { ...access, actorKind: 'person', actor };
    await recordAccess(tx, context, [{ access: self, residentCode, kind, result }]);
    if (isRevoked) return fail('certificate-revoked', 'the certificate is revoked');
    return ok({ residentCode, cardId, kind, serial: serial.toString(16).padStart(8, '0') });
  });
}

async function readHolder(tx: Tx, kind: CertificateKind, serial: number): Promise<HolderRow | undefined> {
  const [row] = await tx<HolderRow[]>`
    SELECT resident_code AS "residentCode", card_id AS "cardId", revoked_at IS NOT NULL AS "isRevoked"
    FROM jpki.certificate WHERE kind = ${kind} AND serial = ${serial} AND signature IS NOT NULL`;
  return row;
}
