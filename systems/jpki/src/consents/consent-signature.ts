/**
 * Who signed a statement with the signature key, found out in the transaction that acts on it: signature and path, then the
 * certificate's row under its holder's lock, so that a revocation comes before or after, and never in between.
 */
import type { Tx } from '@ishizue/db';
import { fail, ok, type Result } from '@ishizue/outcome';
import { lockPersons } from '../issue/issue-store.ts';
import type { JpkiContext } from '../jpki-context.ts';
import { holderSerialOf } from '../profile/serial-numbers.ts';
import { checkSignature, type SignatureCheckFailure } from '../relying-party/check-signature.ts';

export type SignerFailure = SignatureCheckFailure | 'certificate-unknown' | 'certificate-revoked';

/** Whose key signs statements: the card's, or a phone's about itself. */
export type SigningKind = 'signature' | 'phone-signature';

export interface SignedStatement {
  /** The holder's signature certificate, in DER. */
  readonly certificate: Uint8Array;
  /** Over the statement's UTF-8 bytes, as the certificate's kind of key signs (relying-party/check-signature.ts). */
  readonly signature: Uint8Array;
}

/** The holder of a certificate that is known; what is wrong with it, if anything, is in `check`. */
export interface StatementSigner {
  readonly residentCode: string;
  readonly cardId: string;
  /** Of a phone's certificate. */
  readonly application: string | undefined;
  readonly serial: number;
  readonly check: Result<undefined, 'certificate-revoked'>;
}

export async function findSigner(
  tx: Tx,
  context: JpkiContext,
  statement: string,
  { certificate, signature }: SignedStatement,
  kind: SigningKind = 'signature',
): Promise<Result<StatementSigner, SignerFailure>> {
  const anchors = (await context.authorities.all()).filter((each) => each.kind === kind);
  const checked = checkSignature(
    { kind, certificate, challenge: Buffer.from(statement), signature },
    anchors.map((anchor) => anchor.certificate),
    context.clock.now(),
  );
  if (!checked.ok) return checked;
  const serial = holderSerialOf(checked.value.certificate.serial);
  const holder = serial === undefined ? undefined : await readHolder(tx, kind, serial);
  if (serial === undefined || !holder)
    return fail('certificate-unknown', 'no certificate of that number was handed out');
  await lockPersons(tx, [holder.residentCode]);
  const now = await readHolder(tx, kind, serial);
  const isGood = now !== undefined && !now.isRevoked;
  return ok({
    residentCode: holder.residentCode,
    cardId: holder.cardId,
    application: holder.application ?? undefined,
    serial,
    check: isGood ? ok(undefined) : fail('certificate-revoked', 'the certificate is revoked'),
  });
}

interface HolderRow {
  readonly residentCode: string;
  readonly cardId: string;
  readonly application: string | null;
  readonly isRevoked: boolean;
}

async function readHolder(tx: Tx, kind: SigningKind, serial: number): Promise<HolderRow | undefined> {
  const [row] = await tx<HolderRow[]>`
    SELECT resident_code AS "residentCode", card_id AS "cardId", application::text,
      revoked_at IS NOT NULL AS "isRevoked" FROM jpki.certificate
    WHERE kind = ${kind} AND serial = ${serial} AND signature IS NOT NULL`;
  return row;
}
