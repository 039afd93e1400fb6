/**
 * What a card signs to sign in: a text that says at whom, where and when, with 256 random bits. Its first line tells it from
 * whatever else a card signs. Whoever consumes it deletes its row: each is tried once, and of any number of tries at the
 * same time one gets it.
 */
import { createHash, randomBytes } from 'node:crypto';
import { inTransaction } from '@ishizue/db';
import { fail, ok, type Result } from '@ishizue/outcome';
import { NATIONAL_SITE } from '@ishizue/registry';
import type { SignInContext } from '../sign-in-context.ts';

/** At whose program somebody signs in. */
export interface SignInPlace {
  readonly title: string;
  readonly verifier: string;
  readonly host: string;
}

const LIFETIME_MS = 5 * 60_000;
const SWEPT_AT_ONCE = 10;

const keyOf = (interaction: string): Buffer => createHash('sha256').update(interaction).digest();

/** The statement for an interaction: the one that waits for its signature, or a new one. */
export function openChallenge(
  context: Pick<SignInContext, 'sql' | 'clock' | 'origin'>,
  interaction: string,
  place: SignInPlace,
): Promise<string> {
  const now = context.clock.now();
  const statement = statementOf(context.origin, place, now);
  const endsAt = new Date(now + LIFETIME_MS);
  return inTransaction(context.sql, { site: NATIONAL_SITE }, async (tx) => {
    await tx`
      DELETE FROM sign_in.challenge WHERE interaction IN (
        SELECT interaction FROM sign_in.challenge WHERE ends_at <= ${new Date(now)}
        ORDER BY ends_at LIMIT ${SWEPT_AT_ONCE} FOR UPDATE SKIP LOCKED)`;
    const [row] = await tx<{ statement: string }[]>`
      INSERT INTO sign_in.challenge AS held (interaction, statement, ends_at)
      VALUES (${keyOf(interaction)}, ${statement}, ${endsAt})
      ON CONFLICT (interaction) DO UPDATE SET
        statement = CASE WHEN held.ends_at <= ${new Date(now)} THEN excluded.statement ELSE held.statement END,
        ends_at = CASE WHEN held.ends_at <= ${new Date(now)} THEN excluded.ends_at ELSE held.ends_at END
      RETURNING statement`;
    if (!row) throw new Error('a challenge that was just written is not there');
    return row.statement;
  });
}

/** The statement, once. */
export async function consumeChallenge(
  { sql, clock }: Pick<SignInContext, 'sql' | 'clock'>,
  interaction: string,
): Promise<Result<string, 'challenge-unknown'>> {
  const rows = await inTransaction(
    sql,
    { site: NATIONAL_SITE },
    (tx) => tx<{ statement: string; endsAt: Date }[]>`
      DELETE FROM sign_in.challenge WHERE interaction = ${keyOf(interaction)}
      RETURNING statement, ends_at AS "endsAt"`,
  );
  const [row] = rows;
  return row && row.endsAt.getTime() > clock.now()
    ? ok(row.statement)
    : fail('challenge-unknown', 'the challenge is used or over; a new one is shown');
}

const statementOf = (origin: string, { title, verifier, host }: SignInPlace, now: number): string =>
  [
    '礎 カードによるサインイン / Ishizue: sign-in with the card',
    `サインイン先 / At: ${title} (${verifier}) ${host}`,
    `認証の提供者 / By: ${origin}`,
    `日時 / Time: ${new Date(now).toISOString()}`,
    `番号 / Nonce: ${randomBytes(32).toString('base64url')}`,
    '',
  ].join('\n');
