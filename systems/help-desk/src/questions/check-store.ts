/** Rows of identity checks and of the answers given in them. */
import type { Tx } from '@ishizue/db';
import type { CheckPurpose, Question } from './question-rules.ts';

export type CheckState = 'open' | 'passed' | 'failed' | 'used';

export interface IdentityCheck {
  readonly checkId: string;
  readonly requestSha256: Buffer;
  readonly purpose: CheckPurpose;
  readonly subject: Buffer;
  /** Null when the check is over. */
  readonly residentCode: string | null;
  readonly cardId: string | null;
  readonly questions: readonly Question[];
  readonly rightsNeeded: number;
  readonly wrongsMax: number;
  readonly state: CheckState;
  readonly operator: string;
  readonly openedAt: Date;
  readonly endsAt: Date;
}

export interface GivenAnswer {
  readonly number: number;
  readonly question: Question;
  readonly isRight: boolean;
}

const columns = (tx: Tx) => tx`
  check_id AS "checkId", request_sha256 AS "requestSha256", purpose, subject, resident_code AS "residentCode",
  card_id AS "cardId", questions, rights_needed AS "rightsNeeded", wrongs_max AS "wrongsMax", state, operator,
  opened_at AS "openedAt", ends_at AS "endsAt"`;

export async function findCheck(tx: Tx, checkId: string): Promise<IdentityCheck | undefined> {
  const [row] = await tx<IdentityCheck[]>`
    SELECT ${columns(tx)} FROM help_desk.identity_check WHERE check_id = ${checkId}`;
  return row;
}

export async function lockCheck(tx: Tx, checkId: string): Promise<IdentityCheck | undefined> {
  const [row] = await tx<IdentityCheck[]>`
    SELECT ${columns(tx)} FROM help_desk.identity_check WHERE check_id = ${checkId} FOR UPDATE`;
  return row;
}

export async function findCheckByRequest(tx: Tx, requestId: string): Promise<IdentityCheck | undefined> {
  const [row] = await tx<IdentityCheck[]>`
    SELECT ${columns(tx)} FROM help_desk.identity_check WHERE request_id = ${requestId}`;
  return row;
}

/** Acts about one person take turns, so that what is counted stays so until the commit. */
export async function takeTurn(tx: Tx, subject: Uint8Array): Promise<void> {
  const turn = `identity of ${Buffer.from(subject).toString('hex')}`;
  await tx`SELECT pg_advisory_xact_lock(hashtextextended(${turn}, 0))`;
}

export async function insertCheck(
  tx: Tx,
  check: IdentityCheck & { readonly requestId: string },
): Promise<void> {
  await tx`
    INSERT INTO help_desk.identity_check (check_id, request_id, request_sha256, purpose, subject, resident_code, card_id,
      questions, rights_needed, wrongs_max, state, operator, opened_at, ends_at)
    VALUES (${check.checkId}, ${check.requestId}, ${check.requestSha256}, ${check.purpose}, ${check.subject},
      ${check.residentCode}, ${check.cardId}, ${[...check.questions]}, ${check.rightsNeeded}, ${check.wrongsMax},
      ${check.state}, ${check.operator}, ${check.openedAt}, ${check.endsAt})`;
}

export const answersOf = (tx: Tx, checkId: string): Promise<readonly GivenAnswer[]> => tx<GivenAnswer[]>`
  SELECT number, question, is_right AS "isRight" FROM help_desk.identity_answer
  WHERE check_id = ${checkId} ORDER BY number`;

export async function insertAnswer(tx: Tx, checkId: string, answer: GivenAnswer, at: Date): Promise<void> {
  await tx`
    INSERT INTO help_desk.identity_answer (check_id, number, question, is_right, answered_at)
    VALUES (${checkId}, ${answer.number}, ${answer.question}, ${answer.isRight}, ${at})`;
}

/** A check that is failed or used has no more need of the person's code. */
export async function setCheckState(tx: Tx, checkId: string, state: CheckState): Promise<void> {
  const isOver = state === 'failed' || state === 'used';
  await tx`
    UPDATE help_desk.identity_check SET state = ${state}, resident_code = CASE WHEN ${isOver} THEN NULL ELSE resident_code END
    WHERE check_id = ${checkId}`;
}

/** Wrong answers about a person since an instant, in all checks. */
export async function countMisses(tx: Tx, subject: Uint8Array, since: Date): Promise<number> {
  const [row] = await tx<{ misses: number }[]>`
    SELECT count(*)::int AS misses FROM help_desk.identity_check c JOIN help_desk.identity_answer a USING (check_id)
    WHERE c.subject = ${Buffer.from(subject)} AND NOT a.is_right AND a.answered_at > ${since}`;
  return row?.misses ?? 0;
}
