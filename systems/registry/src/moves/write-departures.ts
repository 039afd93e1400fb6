/**
 * Deletes the records of persons who have left (転出, 住民基本台帳法施行令 art. 13), many at once: record, event, retention and
 * notices, as an act of the counter would. The caller has locked the records, writes the ledger entries, and sends last.
 */
import { dateInTokyo } from '@ishizue/clock';
import type { Tx } from '@ishizue/db';
import type { AddressedMessage } from '@ishizue/link';
import type { Decision } from '../events/resident-event.ts';
import { noticesOf } from '../municipal/notices.ts';
import type { Resident } from '../municipal/resident.ts';
import { retainedUntil } from '../municipal/retention.ts';
import type { RegistryContext } from '../registry-context.ts';

/** One who has left: the record before, and what was decided of it. */
export interface Departure {
  readonly before: Resident;
  readonly decision: Decision;
  /** Under which the event is recorded; once in a municipality. */
  readonly requestId: string;
}

/** Writes the departures; answers the notices that they cause. */
export async function writeDepartures(
  tx: Tx,
  context: RegistryContext,
  municipality: string,
  departures: readonly Departure[],
): Promise<readonly AddressedMessage[]> {
  if (departures.length === 0) return [];
  const now = new Date(context.clock.now());
  const left = departures.map((departure) => {
    const { after } = departure.decision;
    return { ...departure, after: { ...after, sequence: after.sequence + 1 } };
  });
  const written = await tx`
    WITH departure AS (
      SELECT * FROM jsonb_to_recordset(${tx.json(left.map(rowOf))}) AS d(resident_number text, event_date date,
        request_id text, before jsonb, after jsonb)
    ), updated AS (
      UPDATE registry.municipal_resident r
      SET status = d.after ->> 'status', ended_on = (d.after ->> 'endedOn')::date, moved_to = d.after ->> 'movedTo',
        sequence = (d.after ->> 'sequence')::int, retained_until = ${retainedUntil(dateInTokyo(now.getTime()))}
      FROM departure d
      WHERE r.municipality_code = ${municipality} AND r.resident_number = d.resident_number
      RETURNING r.resident_number, r.sequence
    )
    INSERT INTO registry.municipal_event
      (municipality_code, resident_number, sequence, reason, event_date, recorded_at, request_id, before, after)
    SELECT ${municipality}::text, u.resident_number, u.sequence, 'move-out', d.event_date, ${now}::timestamptz,
      d.request_id, d.before, d.after
    FROM updated u JOIN departure d USING (resident_number)`;
  if (written.count !== left.length)
    throw new Error('a locked record was not there when its departure was written');
  return left.flatMap(({ after, decision }) => noticesOf(context, after, decision));
}

const rowOf = ({ before, after, decision, requestId }: Departure & { readonly after: Resident }) => ({
  resident_number: after.residentNumber,
  event_date: decision.eventDate,
  request_id: requestId,
  before: { ...before },
  after: { ...after },
});
