/**
 * What a client is told of who signed in (docs/flows/sign-in.md step 7): the items consented to, from today's registry.
 * Invariant: the act is locked until JPKI has answered with its entry, so that none is given after the holder ended it;
 * refusals are on the person's ledger too.
 */
import { inTransaction, type Tx } from '@ishizue/db';
import {
  type ConsentItem,
  holderAttributesAtSignIn,
  type LatestAttributes,
  type SignInAttributesFailure,
} from '@ishizue/jpki';
import { recordEntry } from '@ishizue/ledger';
import { fail, ok, type Result } from '@ishizue/outcome';
import { NATIONAL_SITE } from '@ishizue/registry';
import type { Client } from '../clients/client-store.ts';
import { organisationOf } from '../clients/client-store.ts';
import type { SignInContext } from '../sign-in-context.ts';

export type ClaimsFailure = SignInAttributesFailure | 'act-ended';

/** Standard claims (OpenID Connect Core 5.1). */
export interface HolderClaims {
  readonly name?: string;
  /** `YYYY-MM-DD`, or `YYYY` where the day is not known; `0000` for a year that nobody knows. */
  readonly birthdate?: string;
  readonly gender?: 'male' | 'female' | 'unknown';
  readonly address?: { readonly formatted: string; readonly country: 'JP' };
}

interface ActWithConsent {
  readonly serial: string;
  readonly pseudonym: Buffer;
  readonly endsAt: Date;
  readonly isEnded: boolean;
  readonly items: readonly ConsentItem[] | null;
}

export function answerClaims(
  context: SignInContext,
  client: Pick<Client, 'client' | 'verifier' | 'onBehalfOf'>,
  { act, correlation }: { readonly act: string; readonly correlation: string },
): Promise<Result<HolderClaims, ClaimsFailure>> {
  return inTransaction(context.sql, { site: NATIONAL_SITE }, async (tx) => {
    const found = await lockAct(tx, act, client.client);
    if (!found?.items || found.items.length === 0) return ok({});
    const isOver = (): boolean => found.isEnded || context.clock.now() >= found.endsAt.getTime();
    if (isOver()) {
      await recordRefusal(tx, context, client, found, correlation);
      return fail('act-ended', 'the sign-in has ended');
    }
    const { verifier, onBehalfOf } = client;
    const caller = { verifier, onBehalfOf: onBehalfOf ?? undefined, correlation };
    const given = await holderAttributesAtSignIn(context.jpki, caller, {
      serial: found.serial,
      items: found.items,
    });
    return given.ok ? ok(claimsOf(given.value)) : given;
  });
}

/** Who answers and who ends the act take turns. */
async function lockAct(tx: Tx, act: string, client: string): Promise<ActWithConsent | undefined> {
  const [row] = await tx<ActWithConsent[]>`
    SELECT a.serial, a.pseudonym, a.ends_at AS "endsAt", a.ended_at IS NOT NULL AS "isEnded", c.items
    FROM sign_in.act a LEFT JOIN sign_in.consent c ON c.act = a.act AND c.client = ${client}
    WHERE a.act = ${act} FOR UPDATE OF a`;
  return row;
}

const recordRefusal = (
  tx: Tx,
  { clock }: SignInContext,
  client: Pick<Client, 'verifier' | 'onBehalfOf'>,
  { pseudonym, items }: ActWithConsent,
  correlation: string,
): Promise<void> =>
  recordEntry(tx, {
    site: NATIONAL_SITE,
    at: clock.now(),
    actorKind: 'site',
    actor: organisationOf(client),
    terminal: '',
    article: '公的個人認証法 第37条',
    affair: 'sign-in-attributes',
    subject: pseudonym,
    fields: [...(items ?? [])],
    result: 'act-ended',
    correlation,
  });

const GENDERS: Readonly<Record<number, HolderClaims['gender']>> = { 1: 'male', 2: 'female' };

function claimsOf({ name, birthDate, sex, address }: LatestAttributes): HolderClaims {
  return {
    ...(name !== undefined && { name }),
    ...(birthDate !== undefined && { birthdate: birthdateOf(birthDate) }),
    ...(sex !== undefined && { gender: GENDERS[sex] ?? 'unknown' }),
    ...(address !== undefined && { address: { formatted: address, country: 'JP' } }),
  };
}

const birthdateOf = (date: string): string => (date.slice(5).includes('00') ? date.slice(0, 4) : date);
