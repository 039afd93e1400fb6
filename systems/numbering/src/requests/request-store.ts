/** Requests in and out of PostgreSQL. Callers run inside a transaction scoped to the national site. */
import type { Tx } from '@ishizue/db';
import { numberCodesOf } from '../number-codes.ts';
import type { PersonNumbers } from './decide-request.ts';
import type { NumberRequest } from './number-request.ts';

/** The columns under the names of `NumberRequest`. */
export const requestColumns = (tx: Tx): ReturnType<Tx> => tx`
  r.municipality_code AS municipality, r.request_id AS "requestId", r.kind, r.resident_code AS "residentCode", r.state,
  r.cause, r.attempt`;

/** Writes requests that are new; the same again changes nothing. */
export async function storeRequests(tx: Tx, requests: readonly NumberRequest[], now: Date): Promise<void> {
  if (requests.length === 0) return;
  await tx`
    INSERT INTO numbering.number_request
      (municipality_code, request_id, kind, resident_code, state, asked_at, tried_at)
    SELECT municipality, id, kind, code, 'asked', ${now}::timestamptz, ${now}::timestamptz
    FROM unnest(${requests.map(({ municipality }) => municipality)}::text[],
      ${requests.map(({ requestId }) => requestId)}::text[], ${requests.map(({ kind }) => kind)}::text[],
      ${requests.map(({ residentCode }) => residentCode)}::text[]) AS n(municipality, id, kind, code)
    ON CONFLICT DO NOTHING`;
}

/** Requests of one municipality by their ids, locked. */
export async function lockRequests(
  tx: Tx,
  municipality: string,
  requestIds: readonly string[],
): Promise<readonly NumberRequest[]> {
  return tx<NumberRequest[]>`
    SELECT ${requestColumns(tx)} FROM numbering.number_request r
    WHERE municipality_code = ${municipality} AND request_id = ANY(${requestIds})
    ORDER BY request_id FOR UPDATE`;
}

/** Those that wait and were not tried since an instant, the longest untried first; another process's are left to it. */
export async function lockWaiting(
  tx: Tx,
  triedBefore: Date,
  requests_max: number,
): Promise<readonly NumberRequest[]> {
  return tx<NumberRequest[]>`
    SELECT ${requestColumns(tx)} FROM numbering.number_request r
    WHERE state = 'asked' AND tried_at <= ${triedBefore}
    ORDER BY tried_at, request_id LIMIT ${requests_max} FOR UPDATE SKIP LOCKED`;
}

/** First numbers of some persons that wait. */
export async function lockWaitingOf(
  tx: Tx,
  residentCodes: readonly string[],
): Promise<readonly NumberRequest[]> {
  return tx<NumberRequest[]>`
    SELECT ${requestColumns(tx)} FROM numbering.number_request r
    WHERE state = 'asked' AND kind = 'first' AND resident_code = ANY(${residentCodes})
    ORDER BY municipality_code, request_id FOR UPDATE`;
}

/** Writes what requests have come to. */
export async function storeDecided(tx: Tx, requests: readonly NumberRequest[], now: Date): Promise<void> {
  if (requests.length === 0) return;
  await tx`
    UPDATE numbering.number_request r SET state = d.state, cause = d.cause, attempt = d.attempt, tried_at = ${now},
      made_at = CASE d.state WHEN 'made' THEN ${now}::timestamptz END
    FROM unnest(${requests.map(({ municipality }) => municipality)}::text[],
      ${requests.map(({ requestId }) => requestId)}::text[], ${requests.map(({ state }) => state)}::text[],
      ${requests.map(({ cause }) => cause)}::text[], ${requests.map(({ attempt }) => attempt)}::smallint[])
      AS d(municipality, id, state, cause, attempt)
    WHERE r.municipality_code = d.municipality AND r.request_id = d.id`;
}

/** What numbering knows of persons, by the resident codes asked for. */
export async function numbersOf(
  tx: Tx,
  residentCodes: readonly string[],
): Promise<ReadonlyMap<string, PersonNumbers>> {
  const numberCodes = await numberCodesOf(tx, residentCodes);
  const rows = await tx<(PersonNumbers & { code: string })[]>`
    SELECT asked.code, max(n.attempt)::int AS attempt, EXISTS (
        SELECT FROM numbering.number_request r
        WHERE r.resident_code IN (asked.code, asked.number_code) AND r.kind = 'replacement'
          AND r.state IN ('made', 'delivered')
      ) AS "isChanging"
    FROM unnest(${[...numberCodes.keys()]}::text[], ${[...numberCodes.values()]}::text[]) AS asked(code, number_code)
    JOIN numbering.individual_number n ON n.resident_code = asked.number_code
    GROUP BY asked.code, asked.number_code`;
  return new Map(rows.map(({ code, ...known }) => [code, known]));
}

/** Requests that are under way follow their persons to new codes. */
export async function moveToNewCodes(tx: Tx, codeAfter: ReadonlyMap<string, string>): Promise<void> {
  if (codeAfter.size === 0) return;
  await tx`
    UPDATE numbering.number_request r SET resident_code = c.code
    FROM unnest(${[...codeAfter.keys()]}::text[], ${[...codeAfter.values()]}::text[]) AS c(former, code)
    WHERE r.resident_code = c.former AND r.state IN ('asked', 'made', 'delivered')`;
}
