/**
 * The attributes of whoever signed in with the card, from today's registry (docs/flows/sign-in.md step 7). The caller has
 * found the person's consent to these items and keeps it from being withdrawn until this has answered. Invariant: verifier
 * and holder are locked until the answer is committed with its ledger entry, and the clock is read last: none is given
 * after a suspension, or after the revocation or the end of the certificate of the sign-in.
 */
import { inTransaction, type Tx } from '@ishizue/db';
import { fail, ok, type Result } from '@ishizue/outcome';
import { type Access, NATIONAL_SITE } from '@ishizue/registry';
import { type ChainFailure, checkPerson } from '../consents/consent-chain.ts';
import type { ConsentItem } from '../consents/consent-statement.ts';
import { itemsOf, type LatestAttributes } from '../consents/latest-attributes.ts';
import { recordConsent } from '../consents/record-consent.ts';
import { lockPersons } from '../issue/issue-store.ts';
import type { JpkiContext } from '../jpki-context.ts';
import { type PermitFailure, permitVerifier } from '../verifiers/permit-verifier.ts';
import { type VerifierCall, verifierAccess } from '../verifiers/verifier-access.ts';

const SIGN_IN_ATTRIBUTES_AFFAIR = 'sign-in-attributes';

export type SignInAttributesFailure =
  | PermitFailure
  | ChainFailure
  | 'certificate-unknown'
  | 'certificate-revoked'
  | 'certificate-expired';

export interface SignInAttributesAsked {
  /** Of the authentication certificate of the sign-in: eight hexadecimal digits. */
  readonly serial: string;
  /** What the person consented to. */
  readonly items: readonly ConsentItem[];
}

interface Holder {
  readonly residentCode: string;
  readonly isRevoked: boolean;
  readonly expiresAt: Date;
}

export function holderAttributesAtSignIn(
  context: JpkiContext,
  caller: VerifierCall,
  asked: SignInAttributesAsked,
): Promise<Result<LatestAttributes, SignInAttributesFailure>> {
  return inTransaction(context.sql, { site: NATIONAL_SITE }, async (tx) => {
    const permit = await permitVerifier(tx, caller, {
      services: ['latest-attributes'],
      certificateKinds: ['authentication'],
    });
    // also for who is refused: the holder is to see that somebody asked
    const holder = await lockHolder(tx, asked.serial);
    const given = permit.ok ? await decide(context, caller, holder, asked.items) : permit;
    await recordConsent(tx, context, {
      access: verifierAccess(caller, 'authentication', SIGN_IN_ATTRIBUTES_AFFAIR),
      residentCode: holder?.residentCode,
      fields: asked.items,
      result: given.ok ? 'ok' : given.failure.code,
    });
    return given;
  });
}

async function lockHolder(tx: Tx, serial: string): Promise<Holder | undefined> {
  if (!/^[0-9a-f]{8}$/.test(serial)) return undefined;
  const read = async (): Promise<Holder | undefined> => {
    const [row] = await tx<Holder[]>`
      SELECT resident_code AS "residentCode", revoked_at IS NOT NULL AS "isRevoked", expires_at AS "expiresAt"
      FROM jpki.certificate
      WHERE kind = 'authentication' AND serial = ${Number.parseInt(serial, 16)} AND signature IS NOT NULL`;
    return row;
  };
  const found = await read();
  if (!found) return undefined;
  await lockPersons(tx, [found.residentCode]);
  return read();
}

async function decide(
  context: JpkiContext,
  { correlation }: VerifierCall,
  holder: Holder | undefined,
  items: readonly ConsentItem[],
): Promise<Result<LatestAttributes, SignInAttributesFailure>> {
  if (!holder) return fail('certificate-unknown', 'no certificate of that number was handed out');
  if (holder.isRevoked) return fail('certificate-revoked', 'the certificate of the sign-in is revoked');
  const { residentCode } = holder;
  const access = registryAccess(correlation);
  const persons = await context.findPersons([{ access, residentCode }]);
  const person = checkPerson(persons.get(residentCode), residentCode);
  if (!person.ok) return person;
  // the registry took its time
  return context.clock.now() < holder.expiresAt.getTime()
    ? ok(itemsOf(person.value, items))
    : fail('certificate-expired', 'the certificate of the sign-in has run out');
}

/** The registry is asked by JPKI itself, which passes on the items only; the entry of the same correlation says to whom. */
const registryAccess = (correlation: string): Access => ({
  actorKind: 'system',
  actor: 'jpki',
  terminal: '',
  article: '公的個人認証法 第37条',
  affair: SIGN_IN_ATTRIBUTES_AFFAIR,
  correlation,
});
