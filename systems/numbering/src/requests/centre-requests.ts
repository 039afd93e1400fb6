/** What the centre's officers see of requests: lists, the end of one that waits in vain, and counts without persons. */
import { inTransaction } from '@ishizue/db';
import { recordEntries, recordEntry } from '@ishizue/ledger';
import { sendAll } from '@ishizue/link';
import { fail, ok, type Result } from '@ishizue/outcome';
import { type Access, NATIONAL_SITE } from '@ishizue/registry';
import type { NumberingContext } from '../assign-numbers.ts';
import type { NumberRequest, RequestKind, RequestState } from './number-request.ts';
import { lockRequests, requestColumns, storeDecided } from './request-store.ts';
import { stateMessages } from './review-requests.ts';

type Centre = Pick<NumberingContext, 'sql' | 'clock' | 'pseudonyms'> & { readonly wake: () => void };

const SCOPE = { site: NATIONAL_SITE };
const LISTED_MAX = 1_000;

/** Which requests an officer looks at. */
export interface RequestSearch {
  readonly state: RequestState;
  /** All where null. */
  readonly municipality: string | null;
  readonly kind: RequestKind | null;
}

/** Requests in a state, the latest first, a thousand at the most; each look is on the ledger. */
export function listNumberRequests(
  { sql, clock, pseudonyms }: Centre,
  access: Access,
  { state, municipality, kind }: RequestSearch,
): Promise<readonly NumberRequest[]> {
  return inTransaction(sql, SCOPE, async (tx) => {
    const requests = await tx<NumberRequest[]>`
      SELECT ${requestColumns(tx)} FROM numbering.number_request r
      WHERE state = ${state} AND (${municipality}::text IS NULL OR municipality_code = ${municipality})
        AND (${kind}::text IS NULL OR kind = ${kind})
      ORDER BY asked_at DESC, request_id LIMIT ${LISTED_MAX}`;
    const entry = { ...SCOPE, at: clock.now(), ...access, fields: ['number-request'], result: 'ok' };
    await recordEntries(
      tx,
      requests.map(({ residentCode }) => ({ ...entry, subject: pseudonyms.of(NATIONAL_SITE, residentCode) })),
    );
    return [...requests];
  });
}

export type RefuseFailure = 'number-request-unknown' | 'number-request-decided';

/** Ends a request that waits (an entry that was undone, a conflict that nobody settles); the municipality is told. */
export async function refuseNumberRequest(
  context: Centre,
  access: Access,
  municipality: string,
  requestId: string,
): Promise<Result<NumberRequest, RefuseFailure>> {
  const ended = await inTransaction(context.sql, SCOPE, async (tx) => {
    const [request] = await lockRequests(tx, municipality, [requestId]);
    const result: Result<NumberRequest, RefuseFailure> = !request
      ? fail('number-request-unknown', 'there is no such request')
      : request.state !== 'asked'
        ? fail('number-request-decided', `the request is ${request.state}`)
        : ok({ ...request, state: 'refused', cause: 'refused-by-officer' });
    await recordEntry(tx, {
      ...SCOPE,
      at: context.clock.now(),
      ...access,
      subject: request ? context.pseudonyms.of(NATIONAL_SITE, request.residentCode) : null,
      fields: ['number-request', 'refuse'],
      result: result.ok ? 'ok' : result.failure.code,
    });
    if (!result.ok) return result;
    await storeDecided(tx, [result.value], new Date(context.clock.now()));
    await sendAll(tx, stateMessages([result.value]));
    return result;
  });
  context.wake();
  return ended;
}

/** How many requests and notices stand where. */
export interface NumberingStatistics {
  /** Numbers ever given, and those of them that were replaced. */
  readonly numbers: number;
  readonly replaced: number;
  readonly requests: readonly {
    readonly kind: RequestKind;
    readonly state: RequestState;
    readonly count: number;
  }[];
  readonly notices: readonly { readonly state: string; readonly count: number }[];
  /** Since when the oldest request waits, ISO 8601; null where none does. */
  readonly waitingSince: string | null;
}

/** Counts over all; of nobody in particular. */
export function numberingStatistics({ sql }: Pick<Centre, 'sql'>): Promise<NumberingStatistics> {
  return inTransaction(sql, { ...SCOPE, isSnapshot: true }, async (tx) => {
    const [numbers] = await tx<{ numbers: number; replaced: number }[]>`
      SELECT count(*)::int AS numbers, (count(*) - count(DISTINCT resident_code))::int AS replaced
      FROM numbering.individual_number`;
    const requests = await tx<NumberingStatistics['requests'][number][]>`
      SELECT kind, state, count(*)::int AS count FROM numbering.number_request GROUP BY 1, 2 ORDER BY 1, 2`;
    const notices = await tx<NumberingStatistics['notices'][number][]>`
      SELECT state, count(*)::int AS count FROM numbering.number_notice GROUP BY 1 ORDER BY 1`;
    const [waiting] = await tx<{ since: Date | null }[]>`
      SELECT min(asked_at) AS since FROM numbering.number_request WHERE state = 'asked'`;
    return {
      numbers: numbers?.numbers ?? 0,
      replaced: numbers?.replaced ?? 0,
      requests: [...requests],
      notices: [...notices],
      waitingSince: waiting?.since?.toISOString() ?? null,
    };
  });
}
