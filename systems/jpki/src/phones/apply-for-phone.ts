/**
 * Certificates on a phone, applied for with the card's signature key (公的個人認証法 art. 16-2, 35-2; domain rules 6.8), for flow
 * docs/flows/phone-certificates.md: the signed statement is checked against the card's certificate as it is at this instant and
 * stored with its ledger entry, in one transaction; then both certificates are issued as a card's are (issue-certificate.ts).
 * Killed anywhere, the same signed statement goes on, and gives the same certificates.
 */
import { dateInTokyo } from '@ishizue/clock';
import { inTransaction, type Tx } from '@ishizue/db';
import { fail, ok, type Result } from '@ishizue/outcome';
import { NATIONAL_SITE } from '@ishizue/registry';
import {
  findSigner,
  type SignedStatement,
  type SignerFailure,
  type StatementSigner,
} from '../consents/consent-signature.ts';
import { type IssuedCertificate, type IssueFailure, issueCertificate } from '../issue-certificate.ts';
import type { JpkiContext } from '../jpki-context.ts';
import type { PhoneKind } from '../profile/certificate-kind.ts';
import { phoneAccess, recordPhone } from './record-phone.ts';

export type ApplyFailure =
  | SignerFailure
  | IssueFailure
  /** No statement of this id waits for a signature, or the time for it is over. */
  | 'application-unknown';

export interface PhoneCertificates {
  readonly signature: IssuedCertificate;
  readonly authentication: IssuedCertificate;
}

export interface SignedApplication extends SignedStatement {
  readonly id: string;
  readonly correlation: string;
}

interface StoredApplication {
  readonly id: string;
  readonly residentCode: string;
  readonly cardId: string;
  readonly signatureRequest: Buffer;
  readonly authenticationRequest: Buffer;
  readonly cardEndsAt: Date;
}

export async function applyForPhone(
  context: JpkiContext,
  signed: SignedApplication,
): Promise<Result<PhoneCertificates, ApplyFailure>> {
  const application = await storeApplication(context, signed);
  if (!application.ok) return application;
  // the one that needs more of its holder comes first: who may not have it has no phone at all
  const signature = await issueOn(context, application.value, 'phone-signature', signed.correlation);
  if (!signature.ok) return signature;
  const authentication = await issueOn(
    context,
    application.value,
    'phone-authentication',
    signed.correlation,
  );
  return authentication.ok
    ? ok({ signature: signature.value, authentication: authentication.value })
    : authentication;
}

function issueOn(
  context: JpkiContext,
  { id, residentCode, cardId, cardEndsAt, ...requests }: StoredApplication,
  kind: PhoneKind,
  correlation: string,
): Promise<Result<IssuedCertificate, IssueFailure>> {
  const access = phoneAccess(context, residentCode, 'phone-application', correlation);
  return issueCertificate(context, access, {
    kind,
    requestId: `${kind}/${id}`,
    residentCode,
    cardId,
    cardExpiresOn: dateInTokyo(cardEndsAt.getTime()),
    certificationRequest:
      kind === 'phone-signature' ? requests.signatureRequest : requests.authenticationRequest,
    application: id,
  });
}

function storeApplication(
  context: JpkiContext,
  signed: SignedApplication,
): Promise<Result<StoredApplication, SignerFailure | 'application-unknown'>> {
  return inTransaction(context.sql, { site: NATIONAL_SITE }, async (tx) => {
    const known = await findApplication(tx, signed.id, signed.signature);
    if (known) return ok(known);
    const [draft] = await tx<{ statement: string }[]>`
      SELECT statement FROM jpki.phone_draft
      WHERE id = ${signed.id} AND draft_ends_at > ${new Date(context.clock.now())} FOR UPDATE`;
    if (!draft) return fail('application-unknown', 'no statement of this id waits for a signature');
    const signer = await findSigner(tx, context, draft.statement, signed);
    const check = signer.ok ? signer.value.check : signer;
    if (signer.ok && check.ok) await store(tx, context, signer.value, signed);
    const residentCode = signer.ok ? signer.value.residentCode : undefined;
    await recordPhone(tx, context, {
      access: phoneAccess(context, residentCode, 'phone-application', signed.correlation),
      residentCode,
      result: check.ok ? 'ok' : check.failure.code,
    });
    if (!check.ok) return check;
    const stored = await findApplication(tx, signed.id, signed.signature);
    if (!stored) throw new Error('an application that was stored is not there');
    return ok(stored);
  });
}

/** The application that the very same signature made before. */
async function findApplication(
  tx: Tx,
  id: string,
  signature: Uint8Array,
): Promise<StoredApplication | undefined> {
  const [row] = await tx<StoredApplication[]>`
    SELECT a.id::text, a.resident_code AS "residentCode", a.card_id AS "cardId",
      signature_request AS "signatureRequest", authentication_request AS "authenticationRequest",
      c.expires_at AS "cardEndsAt"
    FROM jpki.phone_application a JOIN jpki.certificate c ON c.kind = 'signature' AND c.serial = a.serial
    WHERE a.id = ${id} AND a.signature = ${Buffer.from(signature)}`;
  return row;
}

const store = (
  tx: Tx,
  context: JpkiContext,
  { residentCode, cardId, serial }: StatementSigner,
  { id, signature }: SignedApplication,
) => tx`
  WITH draft AS (DELETE FROM jpki.phone_draft WHERE id = ${id} RETURNING *)
  INSERT INTO jpki.phone_application (id, device_id, resident_code, card_id, serial, signature_request,
    authentication_request, statement, signature, applied_at)
  SELECT id, device_id, ${residentCode}, ${cardId}, ${serial}, signature_request, authentication_request, statement,
    ${Buffer.from(signature)}, ${new Date(context.clock.now())} FROM draft`;
