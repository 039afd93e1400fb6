/** A municipality says that its record has the number: requests for it are delivered, or recorded where it stood there before. */
import type { Tx } from '@ishizue/db';
import { recordEntries } from '@ishizue/ledger';
import type { Handler } from '@ishizue/link';
import type { Failure } from '@ishizue/outcome';
import { municipalSite, NATIONAL_SITE, numberRecordedBody } from '@ishizue/registry';
import type { NumberingContext } from '../assign-numbers.ts';
import { hasAsker, type NumberRequest, type RequestState } from './number-request.ts';
import { requestColumns } from './request-store.ts';
import { stateMessages } from './review-requests.ts';

const INVALID: Failure = { code: 'number-receipt-invalid', detail: 'the receipt is not in the agreed form' };

/** The handler of `individual-number-recorded` at the centre. */
export function noteDelivered(context: NumberingContext): Handler {
  return async (tx, link, messages) => {
    const municipality = link.from.slice('municipal/'.length);
    const steps: RequestStep[] = [];
    const failures = messages.map((message) => {
      const parsed = numberRecordedBody.safeParse(message.body);
      if (!parsed.success) return INVALID;
      const { residentCode, change, wasThere } = parsed.data;
      steps.push({ municipality, residentCode, change, state: wasThere ? 'recorded' : 'delivered' });
      return undefined;
    });
    const now = new Date(context.clock.now());
    const moved = await moveRequests(tx, steps, now);
    await recordStates(tx, context, moved, link.link);
    link.send(stateMessages(moved));
    return failures;
  };
}

/** How far a number has come in a municipality's record. */
export interface RequestStep {
  readonly municipality: string;
  readonly residentCode: string;
  readonly change: 'number-assigned' | 'number-changed';
  readonly state: Extract<RequestState, 'delivered' | 'recorded'>;
}

/** Moves the requests that the steps concern, never backwards; answers those that moved, as they are now. */
export async function moveRequests(
  tx: Tx,
  steps: readonly RequestStep[],
  now: Date,
): Promise<readonly NumberRequest[]> {
  if (steps.length === 0) return [];
  return tx<NumberRequest[]>`
    WITH step AS (
      SELECT municipality, code, kind, max(state) AS state  -- 'delivered' < 'recorded'
      FROM unnest(${steps.map(({ municipality }) => municipality)}::text[],
          ${steps.map(({ residentCode }) => residentCode)}::text[],
          ${steps.map(({ change }) => (change === 'number-assigned' ? 'first' : 'replacement'))}::text[],
          ${steps.map(({ state }) => state)}::text[]) AS s(municipality, code, kind, state)
      GROUP BY municipality, code, kind
    ), moving AS MATERIALIZED (
      -- locked in order: what a municipality and what the register say of the same persons may come at once
      SELECT r.municipality_code, r.request_id, s.state FROM numbering.number_request r JOIN step s
        ON r.municipality_code = s.municipality AND r.resident_code = s.code AND r.kind = s.kind
      WHERE r.state = 'made' OR (r.state = 'delivered' AND s.state = 'recorded')
      ORDER BY r.municipality_code, r.request_id FOR UPDATE OF r
    )
    UPDATE numbering.number_request r SET state = s.state, delivered_at = coalesce(r.delivered_at, ${now}),
      recorded_at = CASE s.state WHEN 'recorded' THEN ${now}::timestamptz END
    FROM moving s WHERE r.municipality_code = s.municipality_code AND r.request_id = s.request_id
    RETURNING ${requestColumns(tx)}`;
}

/**
 * The ledger entries of officers' requests that moved. Of what registers ask by themselves the registry's own entries of the
 * same number, at the municipality and at the national site, say as much.
 */
export function recordStates(
  tx: Tx,
  context: NumberingContext,
  requests: readonly NumberRequest[],
  correlation: string,
): Promise<void> {
  const at = context.clock.now();
  return recordEntries(
    tx,
    requests.filter(hasAsker).map(({ municipality, kind, residentCode, state }) => ({
      site: NATIONAL_SITE,
      at,
      actorKind: 'site' as const,
      actor: municipalSite(municipality),
      terminal: 'link',
      article: kind === 'first' ? '番号法 第8条' : '番号法 第7条',
      affair: 'numbering',
      subject: context.pseudonyms.of(NATIONAL_SITE, residentCode),
      fields: ['number-request', kind],
      result: state,
      correlation,
    })),
  );
}
