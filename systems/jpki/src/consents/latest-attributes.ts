/**
 * The latest attributes of a holder who consented (JPKI Act 18; domain rules 6.6; docs/flows/verifiers.md step 7), from the
 * stored consent and today's row of the registry. Invariant: verifier and holder are locked until the answer is
 * committed with its ledger entry, and the clock is read last: none is given after withdrawal, expiry, suspension or the
 * revocation of the holder's certificate.
 */
import { inTransaction, type Tx } from '@ishizue/db';
import { fail, ok, type Result } from '@ishizue/outcome';
import { type Access, type IdentifiedPerson, NATIONAL_SITE } from '@ishizue/registry';
import { lockPersons } from '../issue/issue-store.ts';
import type { JpkiContext } from '../jpki-context.ts';
import { type PermitFailure, permitVerifier, type VerifierRights } from '../verifiers/permit-verifier.ts';
import { type VerifierCall, verifierAccess } from '../verifiers/verifier-access.ts';
import {
  type ChainFailure,
  checkCertificateChain,
  checkPerson,
  type NewestCertificate,
} from './consent-chain.ts';
import type { ConsentItem } from './consent-statement.ts';
import { ATTRIBUTE_SERVICE } from './draft-consent.ts';
import { recordConsent } from './record-consent.ts';

export const LATEST_ATTRIBUTES_AFFAIR = 'latest-attributes';

export type AttributesFailure =
  | PermitFailure
  | ChainFailure
  /** Also where it was given to another verifier, or by another connection. */
  | 'consent-unknown'
  | 'consent-withdrawn'
  | 'consent-expired'
  /** The verifier's registered purpose is another one than that consented to. */
  | 'purpose-changed';

/** The items consented to, and no others. */
export interface LatestAttributes {
  readonly name?: string;
  /** `YYYY-MM-DD`, `00` for a part that nobody knows. */
  readonly birthDate?: string;
  readonly sex?: number;
  readonly address?: string;
}

interface StoredConsent {
  readonly verifier: string;
  readonly askedBy: string;
  readonly purpose: string;
  readonly items: readonly ConsentItem[];
  readonly residentCode: string;
  readonly expiresAt: Date;
  readonly isWithdrawn: boolean;
}

export function latestAttributes(
  context: JpkiContext,
  caller: VerifierCall,
  consentId: string,
): Promise<Result<LatestAttributes, AttributesFailure>> {
  return inTransaction(context.sql, { site: NATIONAL_SITE }, async (tx) => {
    const permit = await permitVerifier(tx, caller, ATTRIBUTE_SERVICE);
    // also for who is refused: the holder is to see that somebody asked
    const consent = await lockConsent(tx, consentId);
    const given = permit.ok ? await decide(tx, context, caller, permit.value, consent) : permit;
    await recordConsent(tx, context, {
      access: verifierAccess(caller, 'signature', LATEST_ATTRIBUTES_AFFAIR),
      residentCode: consent?.residentCode,
      fields: consent?.items ?? [],
      result: given.ok ? 'ok' : given.failure.code,
    });
    return given;
  });
}

/** The consent under its holder’s lock, which a withdrawal takes too: the lock queues, so that neither overtakes the other. */
async function lockConsent(tx: Tx, id: string): Promise<StoredConsent | undefined> {
  const [holder] = await tx<{ residentCode: string }[]>`
    SELECT resident_code AS "residentCode" FROM jpki.consent WHERE id = ${id}`;
  if (!holder) return undefined;
  await lockPersons(tx, [holder.residentCode]);
  const [row] = await tx<StoredConsent[]>`
    SELECT verifier, asked_by AS "askedBy", purpose, items, resident_code AS "residentCode", expires_at AS "expiresAt",
      withdrawn_at IS NOT NULL AS "isWithdrawn"
    FROM jpki.consent WHERE id = ${id}`;
  return row;
}

async function decide(
  tx: Tx,
  context: JpkiContext,
  caller: VerifierCall,
  rights: VerifierRights,
  consent: StoredConsent | undefined,
): Promise<Result<LatestAttributes, AttributesFailure>> {
  if (consent?.verifier !== rights.verifier || consent.askedBy !== caller.verifier)
    return fail('consent-unknown', 'no consent of this id was given to this verifier');
  const live = checkConsent(consent, rights, context.clock.now());
  if (!live.ok) return live;
  const { residentCode } = consent;
  const newest = await findNewest(tx, residentCode, context.clock.now());
  const chain = checkCertificateChain(newest, context.clock.now());
  if (!chain.ok) return chain;
  const access = registryAccess(caller.correlation);
  const persons = await context.findPersons([{ access, residentCode }]);
  const person = checkPerson(persons.get(residentCode), residentCode);
  if (!person.ok) return person;
  // the registry took its time: what has run out meanwhile is not answered from
  const now = context.clock.now();
  const still = checkConsent(consent, rights, now);
  if (!still.ok) return still;
  const stillUnbroken = checkCertificateChain(newest, now);
  return stillUnbroken.ok ? ok(itemsOf(person.value, consent.items)) : stillUnbroken;
}

function checkConsent(
  { isWithdrawn, expiresAt, purpose }: StoredConsent,
  rights: VerifierRights,
  now: number,
): Result<undefined, AttributesFailure> {
  if (isWithdrawn) return fail('consent-withdrawn', 'the holder has withdrawn the consent');
  if (now >= expiresAt.getTime()) return fail('consent-expired', 'the consent has run out');
  if (purpose !== rights.purpose) return fail('purpose-changed', 'the consent was to another purpose');
  return ok(undefined);
}

/**
 * The newest signature certificate of the holder, one that is good before others: a card that was to follow theirs and was
 * lost or destroyed on its way takes nothing from the one that they have.
 */
async function findNewest(tx: Tx, residentCode: string, now: number): Promise<NewestCertificate | undefined> {
  const [row] = await tx<NewestCertificate[]>`
    SELECT expires_at AS "expiresAt", reason FROM jpki.certificate
    WHERE resident_code = ${residentCode} AND kind = 'signature' AND signature IS NOT NULL
    ORDER BY (revoked_at IS NULL AND expires_at > ${new Date(now)}) DESC, issued_at DESC,
      revoked_at DESC NULLS FIRST, serial DESC LIMIT 1`;
  return row;
}

/** The registry is asked by JPKI itself, which passes on the items only; the entry of the same correlation says to whom. */
const registryAccess = (correlation: string): Access => ({
  actorKind: 'system',
  actor: 'jpki',
  terminal: '',
  article: '公的個人認証法 第18条',
  affair: LATEST_ATTRIBUTES_AFFAIR,
  correlation,
});

export function itemsOf(person: IdentifiedPerson, items: readonly ConsentItem[]): LatestAttributes {
  const { name, birthDate, sex, address } = person;
  return {
    ...(items.includes('name') && { name }),
    ...(items.includes('birth-date') && { birthDate }),
    ...(items.includes('sex') && { sex }),
    ...(items.includes('address') && { address }),
  };
}
