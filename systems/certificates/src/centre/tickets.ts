/**
 * Tickets of answers that did not belong to their requests. Each keeps what was expected, what came and the paper, and
 * suspends the sender's issue; it is closed with the cause only. In 2023 such notices were closed with "printed again, it
 * was fine", three times, before the fourth wrong paper went out.
 */
import { inTransaction, type Tx } from '@ishizue/db';
import { fail, ok, type Result } from '@ishizue/outcome';
import type { CertificatesContext } from '../certificates-context.ts';
import type { AnswerBody } from '../messages.ts';
import { AT_CENTRE } from './at-centre.ts';
import type { MismatchCode } from './compare-answer.ts';
import type { KioskRequest } from './request-store.ts';

export interface NewTicket {
  readonly request: KioskRequest;
  readonly code: MismatchCode;
  /** The site that answered. */
  readonly from: string;
  readonly answer: AnswerBody;
}

/** A ticket as operators see it: without the paper. */
export interface AnswerTicket {
  readonly ticketId: number;
  readonly requestId: string;
  readonly code: string;
  readonly openedAt: Date;
  readonly closedAt: Date | null;
  readonly cause: string | null;
}

/** Opens tickets and suspends the issue of those who sent the answers. */
export async function openAnswerTickets(tx: Tx, tickets: readonly NewTicket[], at: Date): Promise<void> {
  if (tickets.length === 0) return;
  const senders = tickets.map(({ from }) => from.slice('municipal/'.length));
  await tx`
    WITH opened AS (
      INSERT INTO certificates.national_ticket (request_id, code, opened_at, expected, answered, document,
        waiting_document)
      SELECT request_id, code, ${at}, expected::jsonb, answered::jsonb,
        decode(document, 'base64'), d.bytes
      FROM unnest(${tickets.map(({ request }) => request.requestId)}::text[],
        ${tickets.map(({ code }) => code)}::text[], ${tickets.map(expectedText)}::text[],
        ${tickets.map(answeredText)}::text[], ${tickets.map(documentText)}::text[])
        AS t (request_id, code, expected, answered, document)
      LEFT JOIN certificates.national_document d USING (request_id)
      RETURNING ticket_id, request_id, code
    )
    INSERT INTO certificates.national_suspension (municipality_code, class, reason, ticket_id, set_by, set_at)
    SELECT s.municipality, s.class, o.code, o.ticket_id, 'centre', ${at}
    FROM opened o JOIN unnest(${tickets.map(({ request }) => request.requestId)}::text[], ${senders}::text[],
      ${tickets.map(({ request }) => request.class)}::text[]) AS s (request_id, municipality, class) USING (request_id)`;
}

/** What the request expected, and of which paper it had heard before. */
function expectedText({ request }: NewTicket): string {
  const { requestId, municipality, subjectEcho, extent, certificateId, sha256 } = request;
  return JSON.stringify({
    requestId,
    municipality,
    class: request.class,
    extent,
    subjectEcho,
    certificateId,
    sha256,
  });
}

/** In base64: the driver has no arrays of bytes. */
const documentText = ({ answer }: NewTicket): string | null =>
  answer.result === 'rendered' ? answer.document : null;

function answeredText({ answer, from }: NewTicket): string {
  const { document: _kept, ...rest } = answer.result === 'rendered' ? answer : { ...answer, document: '' };
  return JSON.stringify({ from, ...rest });
}

/** Tickets that wait for their cause, oldest first. */
export async function openTickets(
  context: Pick<CertificatesContext, 'sql'>,
  limit = 100,
): Promise<readonly AnswerTicket[]> {
  return inTransaction(
    context.sql,
    AT_CENTRE,
    (tx) => tx<AnswerTicket[]>`
    SELECT ticket_id AS "ticketId", request_id AS "requestId", code, opened_at AS "openedAt", closed_at AS "closedAt", cause
    FROM certificates.national_ticket WHERE closed_at IS NULL ORDER BY ticket_id LIMIT ${Math.min(limit, 1000)}`,
  );
}

const CAUSE_LENGTH_MIN = 20;

/** Closes a ticket with its cause and lifts the suspension that it set. */
export async function closeAnswerTicket(
  context: Pick<CertificatesContext, 'sql' | 'clock'>,
  operator: string,
  ticketId: number,
  cause: string,
): Promise<Result<void, 'ticket-unknown' | 'cause-missing'>> {
  if (cause.trim().length < CAUSE_LENGTH_MIN)
    return fail('cause-missing', 'a ticket is closed with its cause, not with a word');
  const at = new Date(context.clock.now());
  return inTransaction(context.sql, AT_CENTRE, async (tx) => {
    const { count } = await tx`
      UPDATE certificates.national_ticket SET closed_at = ${at}, closed_by = ${operator}, cause = ${cause}
      WHERE ticket_id = ${ticketId} AND closed_at IS NULL`;
    if (count !== 1) return fail('ticket-unknown', 'no such ticket is open');
    await tx`
      UPDATE certificates.national_suspension SET lifted_by = ${operator}, lifted_at = ${at}
      WHERE ticket_id = ${ticketId} AND lifted_at IS NULL`;
    return ok(undefined);
  });
}
