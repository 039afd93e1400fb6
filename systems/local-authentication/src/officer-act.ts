/**
 * An act of an officer of a municipality upon its programs or its setting: who, for what purpose, with which result. A row of
 * `municipal_act` and a ledger entry in the transaction that does it, refusals too. Acts of a municipality take turns.
 */
import { inTransaction, type Tx } from '@ishizue/db';
import { recordEntry } from '@ishizue/ledger';
import { fail, type Result } from '@ishizue/outcome';
import { municipalSite } from '@ishizue/registry';
import type { LocalContext } from './local-context.ts';

/** The role of an operator of a municipal site who registers its programs. */
export const LOCAL_AUTHENTICATION_OFFICER = 'local-authentication-officer';

/** Who acts. That they have the role, the caller has found out. */
export interface LocalOfficer {
  readonly operator: string;
  /** Why, in their words; no personal data. 1 to 500 bytes. */
  readonly purpose: string;
  readonly terminal: string;
  readonly correlation: string;
}

interface LocalAct {
  readonly municipality: string;
  /** `program-register`, `program-suspend`, `setting-change`, … */
  readonly act: string;
  /** A name that has the form of one: others are not repeated. */
  readonly program?: string | undefined;
}

const PURPOSE_BYTES_MAX = 500;
/** A municipality asks as a verifier of authentication certificates (利用者証明検証者). */
export const ARTICLE = '公的個人認証法 第36条';

export function actAsOfficer<T, Code extends string>(
  context: LocalContext,
  by: LocalOfficer,
  acted: LocalAct,
  work: (tx: Tx) => Promise<Result<T, Code>>,
): Promise<Result<T, Code | 'purpose-missing'>> {
  if (by.purpose.trim() === '' || Buffer.byteLength(by.purpose) > PURPOSE_BYTES_MAX)
    return Promise.resolve(fail('purpose-missing', `1 to ${PURPOSE_BYTES_MAX} bytes say why`));
  return inTransaction(context.sql, { site: municipalSite(acted.municipality) }, async (tx) => {
    await tx`SELECT pg_advisory_xact_lock(hashtextextended(${`local programs ${acted.municipality}`}, 0))`;
    const done = await work(tx);
    await record(tx, context, by, acted, done.ok ? 'ok' : done.failure.code);
    return done;
  });
}

async function record(
  tx: Tx,
  { clock }: LocalContext,
  by: LocalOfficer,
  { municipality, act, program }: LocalAct,
  result: string,
): Promise<void> {
  const at = clock.now();
  await tx`
    INSERT INTO local_authentication.municipal_act (municipality_code, at, act, operator, purpose, correlation, program,
      result)
    VALUES (${municipality}, ${new Date(at)}, ${act}, ${by.operator}, ${by.purpose}, ${by.correlation},
      ${program ?? null}, ${result})`;
  await recordEntry(tx, {
    site: municipalSite(municipality),
    at,
    actorKind: 'operator',
    actor: by.operator,
    terminal: by.terminal,
    article: ARTICLE,
    affair: act,
    subject: null,
    fields: [program === undefined ? 'setting' : 'program'],
    result,
    correlation: by.correlation,
  });
}
