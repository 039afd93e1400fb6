/**
 * What a request id has been used for. The caller chooses it and may send its request again; the digest of the event
 * tells a repetition from another event under the same id by mistake, which must not pass for recorded.
 */
import type { IsoDate } from '@ishizue/clock';
import type { Tx } from '@ishizue/db';
import { fail, ok, type Result } from '@ishizue/outcome';
import type { EventReason } from '../identity/event-reason.ts';

export interface RecordedEvent {
  readonly residentCode: string;
  readonly residentNumber: string;
  readonly sequence: number;
  readonly reason: EventReason;
  readonly eventDate: IsoDate;
}

/** The digest of an event; made of jsonb, so that the order of its fields says nothing. */
export const requestDigest = (tx: Tx, event: object): ReturnType<Tx> =>
  tx`sha256(convert_to(${JSON.stringify(event)}::text::jsonb::text, 'UTF8'))`;

/** The answer that a request id has had: undefined where it is new, a refusal where it was another event's. */
export async function findRecorded(
  tx: Tx,
  municipality: string,
  requestId: string,
  event: object,
): Promise<Result<RecordedEvent, 'request-id-reused'> | undefined> {
  const [row] = await tx<(RecordedEvent & { isSame: boolean | null })[]>`
    SELECT r.resident_code AS "residentCode", e.resident_number AS "residentNumber", e.sequence, e.reason,
      e.event_date AS "eventDate", e.request_sha256 = ${requestDigest(tx, event)} AS "isSame"
    FROM registry.municipal_event e JOIN registry.municipal_resident r USING (municipality_code, resident_number)
    WHERE e.municipality_code = ${municipality} AND e.request_id = ${requestId}`;
  if (!row) return undefined;
  const { isSame, ...recorded } = row;
  return isSame ? ok(recorded) : fail('request-id-reused', 'this request id was used for another event');
}
