/** The state of a request as the kiosk polls it; nothing about the person is in it. */
import { inTransaction } from '@ishizue/db';
import { fail, ok, type Result } from '@ishizue/outcome';
import type { CertificatesContext } from '../certificates-context.ts';
import { AT_CENTRE } from './at-centre.ts';
import { isEnd, type RequestState } from './request-state.ts';

export interface RequestView {
  readonly requestId: string;
  readonly state: RequestState;
  /** Why it was refused, stopped or timed out. */
  readonly code: string | null;
  readonly deadlineAt: Date;
  readonly certificateId: string | null;
}

/** A request whose time is over is shown as such before anybody has written it down. */
export async function findRequest(
  context: Pick<CertificatesContext, 'sql' | 'clock'>,
  requestId: string,
): Promise<Result<RequestView, 'request-unknown'>> {
  const [row] = await inTransaction(
    context.sql,
    AT_CENTRE,
    (tx) => tx<RequestView[]>`
    SELECT request_id AS "requestId", state, refusal AS code, deadline_at AS "deadlineAt",
      certificate_id AS "certificateId"
    FROM certificates.national_request WHERE request_id = ${requestId}`,
  );
  if (!row) return fail('request-unknown', 'there is no such request');
  const isOver = !isEnd(row.state) && row.deadlineAt.getTime() <= context.clock.now();
  return ok(isOver ? { ...row, state: 'timed-out', code: 'request-expired' } : row);
}
