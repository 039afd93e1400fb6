/**
 * Clients are registered, given another secret and ended by an officer for verifiers (docs/flows/sign-in.md step 1). With
 * its result, a refusal's code too, each act is a row of `sign_in.client_act` and an entry of the national ledger, in one
 * transaction. What a client may ask is not decided here: that is its verifier's, as registered at each step.
 */
import { createHash, randomBytes, randomInt } from 'node:crypto';
import { inTransaction, type Tx } from '@ishizue/db';
import { type PermitFailure, permitSignIn, type VerifierOfficer } from '@ishizue/jpki';
import { recordEntry } from '@ishizue/ledger';
import { fail, ok, type Result } from '@ishizue/outcome';
import { NATIONAL_SITE } from '@ishizue/registry';
import type { SignInContext } from '../sign-in-context.ts';
import { allClients, type Client, endClientRow, findClient, insertClient } from './client-store.ts';
import { type ClientTerms, checkClientTerms } from './client-terms.ts';

export type RegisterClientFailure = PermitFailure | 'address-unsuitable' | 'purpose-missing';
export type EndClientFailure = 'client-unknown' | 'purpose-missing';

/** A client as its developer needs it; the secret is told this once and is nowhere kept. */
export interface RegisteredClient {
  readonly client: string;
  readonly secret: string | undefined;
}

const PURPOSE_BYTES_MAX = 500;
const LETTERS = 'abcdefghijklmnopqrstuvwxyz';
const NAME_LETTERS = 20;

/** Letters only: ten digits in a row would look like somebody's number in the ledger. */
const drawName = (): string =>
  Array.from({ length: NAME_LETTERS }, () => LETTERS[randomInt(LETTERS.length)]).join('');

/** How a secret of 256 random bits is kept and compared. */
export const secretDigest = (secret: string): Buffer => createHash('sha256').update(secret).digest();

export function registerClient(
  context: SignInContext,
  by: VerifierOfficer,
  terms: ClientTerms,
): Promise<Result<RegisteredClient, RegisterClientFailure>> {
  const { verifier, onBehalfOf } = terms;
  const acted = { act: 'client-register', verifier, client: drawName() };
  return actOnClient(
    context,
    by,
    acted,
    async (tx): Promise<Result<RegisteredClient, RegisterClientFailure>> => {
      const checked = checkClientTerms(terms);
      if (!checked.ok) return checked;
      const permit = await permitSignIn(context.jpki, { verifier, onBehalfOf: onBehalfOf ?? undefined });
      if (!permit.ok) return permit;
      const secret = terms.keepsSecret ? randomBytes(32).toString('base64url') : undefined;
      await insertClient(tx, {
        ...terms,
        client: acted.client,
        secretSha256: secret === undefined ? null : secretDigest(secret),
        registeredAt: new Date(context.clock.now()),
      });
      return ok({ client: acted.client, secret });
    },
  );
}

/** For good: nobody signs in there any more, and what was signed in is answered no longer. */
export function endClient(
  context: SignInContext,
  by: VerifierOfficer,
  client: string,
): Promise<Result<undefined, EndClientFailure>> {
  return actOnClient(context, by, { act: 'client-end', client }, async (tx) => {
    const ended = await endClientRow(tx, client, new Date(context.clock.now()));
    return ended ? ok(undefined) : fail('client-unknown', 'there is no such client, or it has ended');
  });
}

/** Everybody who is or was registered. No personal data. */
export const listClients = ({ sql }: Pick<SignInContext, 'sql'>): Promise<readonly Client[]> =>
  inTransaction(sql, { site: NATIONAL_SITE }, allClients);

interface ActOnClient {
  readonly act: string;
  readonly client: string;
  readonly verifier?: string;
}

function actOnClient<T, Code extends string>(
  context: SignInContext,
  by: VerifierOfficer,
  acted: ActOnClient,
  work: (tx: Tx) => Promise<Result<T, Code>>,
): Promise<Result<T, Code | 'purpose-missing'>> {
  if (by.purpose.trim() === '' || Buffer.byteLength(by.purpose) > PURPOSE_BYTES_MAX)
    return Promise.resolve(fail('purpose-missing', `1 to ${PURPOSE_BYTES_MAX} bytes say why`));
  return inTransaction(context.sql, { site: NATIONAL_SITE }, async (tx) => {
    const done = await work(tx);
    await record(tx, context, by, acted, done.ok ? 'ok' : done.failure.code);
    return done;
  });
}

async function record(
  tx: Tx,
  { clock, pseudonyms }: SignInContext,
  by: VerifierOfficer,
  { act, client, verifier }: ActOnClient,
  result: string,
): Promise<void> {
  const at = clock.now();
  const whose = verifier ?? (await findClient(tx, client))?.verifier;
  // a name without the form of one is not repeated: it was the caller's to choose
  const named = whose !== undefined && /^verifier\/[a-z0-9-]{1,40}$/.test(whose) ? whose : null;
  const isClient = /^[a-z]{20}$/.test(client);
  await tx`
    INSERT INTO sign_in.client_act (at, act, operator, purpose, correlation, client, verifier, result)
    VALUES (${new Date(at)}, ${act}, ${by.operator}, ${by.purpose}, ${by.correlation}, ${isClient ? client : null},
      ${named}, ${result})`;
  await recordEntry(tx, {
    site: NATIONAL_SITE,
    at,
    actorKind: 'operator',
    actor: by.operator,
    terminal: by.terminal,
    article: '公的個人認証法 第36条',
    affair: act,
    subject: named === null ? null : pseudonyms.of(NATIONAL_SITE, named),
    fields: ['client'],
    result,
    correlation: by.correlation,
  });
}
