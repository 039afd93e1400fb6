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

export interface SignedStatement {
  /** The holder's signature certificate, in DER. */
  readonly certificate: Uint8Array;
  /** Over the statement's UTF-8 bytes, as the certificate's kind of key signs (relying-party/check-signature.ts). */
  readonly signature: Uint8Array;
}

/** The holder of a certificate that is known; what is wrong with it, if anything, is in `check`. */
export interface StatementSigner {
  readonly residentCode: string;
  readonly serial: number;
  readonly check: Result<undefined, 'certificate-revoked'>;
}

export async function findSigner(
  tx: Tx,
  context: JpkiContext,
  statement: string,
  { certificate, signature }: SignedStatement,
): Promise<Result<StatementSigner, SignerFailure>> {
  const anchors = (await context.authorities.all()).filter(({ kind }) => kind === 'signature');
  const checked = checkSignature(
    { kind: 'signature', certificate, challenge: Buffer.from(statement), signature },
    anchors.map((anchor) => anchor.certificate),
    context.clock.now(),
  );
  if (!checked.ok) return checked;
  const serial = holderSerialOf(checked.value.certificate.serial);
  const holder = serial === undefined ? undefined : await readHolder(tx, serial);
  if (serial === undefined || !holder)
    return fail('certificate-unknown', 'no certificate of that number was handed out');
  await lockPersons(tx, [holder.residentCode]);
  const now = await readHolder(tx, serial);
  const isGood = now !== undefined && !now.isRevoked;
  return ok({
    residentCode: holder.residentCode,
    serial,
    check: isGood ? ok(undefined) : fail('certificate-revoked', 'the certificate is revoked'),
  });
}

async function readHolder(tx: Tx, serial: number) {
  const [row] = await tx<{ residentCode: string; isRevoked: boolean }[]>`
    SELECT resident_code AS "residentCode", revoked_at IS NOT NULL AS "isRevoked" FROM jpki.certificate
    WHERE kind = 'signature' AND serial = ${serial} AND signature IS NOT NULL`;
  return row;
}
