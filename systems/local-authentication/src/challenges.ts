/**
 * What a card or phone signs: a text that says for which municipality and program, when, with 256 random bits. Its first line
 * tells it from whatever else a card signs. It is for the program that asked, for two minutes, and is tried once: whoever
 * consumes it deletes its row.
 */
import { randomBytes, randomUUID } from 'node:crypto';
import type { Tx } from '@ishizue/db';
import type { LocalContext } from './local-context.ts';

export interface OpenedChallenge {
  readonly challenge: string;
  /** Its UTF-8 octets are what is signed. */
  readonly statement: string;
  /** Milliseconds since the epoch. */
  readonly endsAt: number;
}

const LIFETIME_MS = 2 * 60_000;
const SWEPT_AT_ONCE = 10;

/** As each is made, some that are over go. */
export async function insertChallenge(
  tx: Tx,
  { clock, municipalities }: LocalContext,
  municipality: string,
  program: string,
): Promise<OpenedChallenge> {
  const now = clock.now();
  const endsAt = now + LIFETIME_MS;
  const challenge = randomUUID();
  const statement = [
    '礎 自治体のプログラムのための認証 / Ishizue: authentication for a municipality’s program',
    `自治体 / Municipality: ${municipalities.fullName(municipality)} (${municipality})`,
    `プログラム / Program: ${program}`,
    `日時 / Time: ${new Date(now).toISOString()}`,
    `番号 / Nonce: ${randomBytes(32).toString('base64url')}`,
    '',
  ].join('\n');
  await tx`
    WITH swept AS (
      DELETE FROM local_authentication.municipal_challenge WHERE challenge IN (
        SELECT challenge FROM local_authentication.municipal_challenge
        WHERE municipality_code = ${municipality} AND ends_at <= ${new Date(now)}
        ORDER BY ends_at LIMIT ${SWEPT_AT_ONCE} FOR UPDATE SKIP LOCKED)
    )
    INSERT INTO local_authentication.municipal_challenge (challenge, municipality_code, program, statement, ends_at)
    VALUES (${challenge}, ${municipality}, ${program}, ${statement}, ${new Date(endsAt)})`;
  return { challenge, statement, endsAt };
}

/** The statement, once and in time; another program's is not touched. */
export async function takeChallenge(
  tx: Tx,
  { clock }: LocalContext,
  municipality: string,
  program: string,
  challenge: string,
): Promise<string | undefined> {
  const [row] = await tx<{ statement: string; endsAt: Date }[]>`
    DELETE FROM local_authentication.municipal_challenge
    WHERE challenge = ${challenge} AND municipality_code = ${municipality} AND program = ${program}
    RETURNING statement, ends_at AS "endsAt"`;
  return row && row.endsAt.getTime() > clock.now() ? row.statement : undefined;
}

/** Standing work: of programs that ask no more. */
export async function deleteOverChallenges(
  tx: Tx,
  { clock }: LocalContext,
  municipality: string,
): Promise<void> {
  await tx`
    DELETE FROM local_authentication.municipal_challenge
    WHERE municipality_code = ${municipality} AND ends_at <= ${new Date(clock.now())}`;
}
