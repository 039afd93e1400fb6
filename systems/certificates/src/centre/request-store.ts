/**
 * Requests in and out of PostgreSQL. Every change of state goes through `moveRequests`, which writes the history in the
 * same statement: there is no state without the event that led to it. Callers hold the rows' locks.
 */
import type { Tx } from '@ishizue/db';
import { mustSucceed } from '@ishizue/outcome';
import type { CertificateWish } from '../certificate-class.ts';
import { type RequestEvent, type RequestState, stateAfter } from './request-state.ts';

export interface KioskRequest {
  readonly requestId: string;
  readonly state: RequestState;
  readonly step: number;
  readonly deadlineAt: Date;
  readonly refusal: string | null;
  readonly class: CertificateWish['class'];
  readonly extent: CertificateWish['extent'];
  readonly withRelationship: boolean;
  readonly withDomicile: boolean;
  readonly kiosk: string;
  readonly challengeId: string;
  readonly municipality: string | null;
  readonly subject: Buffer | null;
  readonly subjectEcho: string | null;
  readonly tokenSha256: Buffer | null;
  readonly certificateId: string | null;
  readonly issuedOn: string | null;
  readonly pages: number | null;
  readonly sha256: string | null;
}

const requestColumns = (tx: Tx): ReturnType<Tx> => tx`
  request_id AS "requestId", state, step, deadline_at AS "deadlineAt", refusal, class, extent,
  with_relationship AS "withRelationship", with_domicile AS "withDomicile", kiosk, challenge_id AS "challengeId",
  municipality_code AS municipality, subject, subject_echo AS "subjectEcho", token_sha256 AS "tokenSha256",
  certificate_id AS "certificateId", issued_on AS "issuedOn", pages, sha256`;

/** The requests of some ids, locked in the order of their ids so that two callers never wait in a circle. */
export async function lockRequests(
  tx: Tx,
  requestIds: readonly string[],
): Promise<ReadonlyMap<string, KioskRequest>> {
  const rows = await tx<KioskRequest[]>`
    SELECT ${requestColumns(tx)} FROM certificates.national_request
    WHERE request_id = ANY(${requestIds}) ORDER BY request_id FOR UPDATE`;
  return new Map(rows.map((row) => [row.requestId, row]));
}

/** Requests that are not over although their time is, locked; those that somebody works on are left for next time. */
export async function lockOverdue(tx: Tx, now: Date, limit: number): Promise<readonly KioskRequest[]> {
  return tx<KioskRequest[]>`
    SELECT ${requestColumns(tx)} FROM certificates.national_request
    WHERE state IN ('opened', 'authenticated', 'accepted', 'routed', 'rendered') AND deadline_at <= ${now}
    ORDER BY deadline_at LIMIT ${limit} FOR UPDATE SKIP LOCKED`;
}

/** One event of one request. */
export interface Move {
  readonly request: Pick<KioskRequest, 'requestId' | 'state' | 'step'>;
  readonly event: RequestEvent;
  /** Why, for the ends that have a reason. */
  readonly code?: string;
  /** When the request is over, if that changes. */
  readonly deadlineAt?: Date;
}

/** Moves locked requests on, one event each, and writes their history; an event that may not be throws. */
export async function moveRequests(tx: Tx, moves: readonly Move[], at: Date): Promise<void> {
  if (moves.length === 0) return;
  const states = moves.map(({ request, event }) =>
    mustSucceed(stateAfter(request.state, event), 'a request was moved against its state'),
  );
  const { count } = await tx`
    WITH move AS (
      SELECT * FROM unnest(${moves.map(({ request }) => request.requestId)}::text[],
        ${moves.map(({ request }) => request.step)}::int[], ${moves.map(({ event }) => event)}::text[],
        ${states}::text[], ${moves.map(({ code }) => code ?? null)}::text[],
        ${moves.map(({ deadlineAt }) => deadlineAt?.toISOString() ?? null)}::timestamptz[]
      ) AS m (request_id, step, event, state, code, deadline_at)
    ), moved AS (
      UPDATE certificates.national_request r SET state = m.state, step = m.step + 1,
        refusal = coalesce(m.code, r.refusal), deadline_at = coalesce(m.deadline_at, r.deadline_at)
      FROM move m WHERE r.request_id = m.request_id AND r.step = m.step
      RETURNING r.request_id
    )
    INSERT INTO certificates.national_history (request_id, step, event, state, code, at)
    SELECT request_id, m.step + 1, m.event, m.state, m.code, ${at} FROM move m JOIN moved USING (request_id)`;
  if (count !== moves.length) throw new Error('a request was moved without its lock');
}

/** Forgets the papers of requests that are over. */
export async function deleteDocuments(tx: Tx, requestIds: readonly string[]): Promise<void> {
  await tx`DELETE FROM certificates.national_document WHERE request_id = ANY(${requestIds})`;
}

/** The request one step on, for a second event in the same transaction. */
export function moved(request: KioskRequest, event: RequestEvent): KioskRequest {
  const state = mustSucceed(stateAfter(request.state, event), 'a request was moved against its state');
  return { ...request, state, step: request.step + 1 };
}
