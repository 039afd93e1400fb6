/**
 * A card has signed the challenge (docs/flows/sign-in.md step 4): JPKI says whose it is, from the state of this instant and
 * with an entry of its own, and the act is stored under the person that the subjects know. Invariant: the person is found
 * by any resident code they have had, so that a renewed card or a changed code makes nobody new; more than one match is
 * no match.
 */
import { randomUUID } from 'node:crypto';
import { inTransaction, type Tx } from '@ishizue/db';
import {
  type AuthenticateFailure,
  authenticateHolder,
  type HolderChallenge,
  type PermitFailure,
  permitSignIn,
} from '@ishizue/jpki';
import { fail, ok, type Result } from '@ishizue/outcome';
import { NATIONAL_SITE } from '@ishizue/registry';
import { findClient } from '../clients/client-store.ts';
import type { SignInContext } from '../sign-in-context.ts';
import { consumeChallenge } from './challenge.ts';

export type SignInFailure =
  | AuthenticateFailure
  | PermitFailure
  | 'challenge-unknown'
  | 'client-unknown'
  /** Codes of one person lead to two that are known. */
  | 'holder-ambiguous';

export interface SignInByCard {
  readonly interaction: string;
  readonly client: string;
  readonly proof: Pick<HolderChallenge, 'certificate' | 'signature'>;
  readonly correlation: string;
}

export interface SignedIn {
  readonly act: string;
  /** Milliseconds since the epoch. */
  readonly signedAt: number;
}

export const ACT_LIFETIME_MS = 3_600_000;

export async function signInByCard(
  context: SignInContext,
  { interaction, client, proof, correlation }: SignInByCard,
): Promise<Result<SignedIn, SignInFailure>> {
  const statement = await consumeChallenge(context, interaction);
  if (!statement.ok) return statement;
  const known = await inTransaction(context.sql, { site: NATIONAL_SITE }, (tx) => findClient(tx, client));
  if (!known || known.endedAt !== null) return fail('client-unknown', 'there is no such client');
  const caller = { verifier: known.verifier, onBehalfOf: known.onBehalfOf ?? undefined };
  const permit = await permitSignIn(context.jpki, caller);
  if (!permit.ok) return permit;
  const access = {
    terminal: client,
    article: '公的個人認証法 第36条',
    affair: 'sign-in-with-card',
    correlation,
  };
  const challenge = Buffer.from(statement.value);
  const holder = await authenticateHolder(context.jpki, access, { ...proof, challenge });
  if (!holder.ok) return holder;
  const codes = await context.codesOfHolder(holder.value.residentCode);
  return inTransaction(context.sql, { site: NATIONAL_SITE }, async (tx) => {
    const pseudonyms = codes.map((code) => context.pseudonyms.of(NATIONAL_SITE, code));
    const person = await findPerson(tx, pseudonyms);
    if (!person.ok) return person;
    const act = randomUUID();
    const signedAt = context.clock.now();
    const pseudonym = context.pseudonyms.of(NATIONAL_SITE, holder.value.residentCode);
    await tx`
      INSERT INTO sign_in.act (act, holder, pseudonym, serial, client, signed_at, ends_at)
      VALUES (${act}, ${person.value}, ${pseudonym}, ${holder.value.serial}, ${client}, ${new Date(signedAt)},
        ${new Date(signedAt + ACT_LIFETIME_MS)})`;
    return ok({ act, signedAt });
  });
}

/** The person that any of these pseudonyms is known to be; a new one where none is. */
async function findPerson(
  tx: Tx,
  pseudonyms: readonly Buffer[],
): Promise<Result<string, 'holder-ambiguous'>> {
  const texts = pseudonyms.map((pseudonym) => pseudonym.toString('hex')).sort();
  await tx`
    SELECT pg_advisory_xact_lock(hashtextextended('holder ' || text, 0))
    FROM (SELECT text FROM unnest(${texts}::text[]) WITH ORDINALITY AS given(text, place) ORDER BY place) AS ordered`;
  const found = await tx<{ holder: string }[]>`
    SELECT DISTINCT holder FROM sign_in.holder_pseudonym
    WHERE pseudonym IN (SELECT decode(text, 'hex') FROM unnest(${texts}::text[]) AS text)`;
  if (found.length > 1) return fail('holder-ambiguous', 'the codes of this person lead to two persons');
  const holder = found[0]?.holder ?? randomUUID();
  if (found.length === 0) await tx`INSERT INTO sign_in.holder (holder) VALUES (${holder})`;
  await tx`
    INSERT INTO sign_in.holder_pseudonym (pseudonym, holder)
    SELECT decode(text, 'hex'), ${holder}::uuid FROM unnest(${texts}::text[]) AS text
    ON CONFLICT (pseudonym) DO NOTHING`;
  return ok(holder);
}
