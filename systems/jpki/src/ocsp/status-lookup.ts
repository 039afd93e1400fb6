/** Reads the status of serial numbers, for whoever asks at once in one query: an answer is never older than its question. */
import type { Sql } from '@ishizue/db';
import type { RevocationReason } from '@ishizue/x509';
import { Batches } from '../batches.ts';
import type { CertificateKind } from '../profile/certificate-kind.ts';

export interface StatusKey {
  readonly kind: CertificateKind;
  readonly serial: number;
}

export interface StatusRow extends StatusKey {
  readonly generation: number;
  readonly revokedAt: Date | null;
  readonly reason: RevocationReason | null;
}

/** By `statusKey`; what was never issued is not there. */
export type Statuses = ReadonlyMap<string, StatusRow>;

export const statusKey = ({ kind, serial }: StatusKey): string => `${kind} ${serial}`;

const REQUESTS_IN_QUERY_MAX = 200;
const QUERIES_AT_ONCE = 2;

export type StatusLookup = Batches<readonly StatusKey[], Statuses>;

/** `add` gives the statuses of the keys, and perhaps of others, as they are from now on. */
export const statusLookup = (sql: Sql): StatusLookup =>
  new Batches({
    run: async (questions) => {
      const statuses = await readStatuses(sql, questions.flat());
      return questions.map(() => statuses);
    },
    itemsMax: REQUESTS_IN_QUERY_MAX,
    atOnce: QUERIES_AT_ONCE,
  });

async function readStatuses(sql: Sql, keys: readonly StatusKey[]): Promise<Statuses> {
  const rows = await sql<StatusRow[]>`
    SELECT kind, serial, generation, revoked_at AS "revokedAt", reason
    FROM unnest(${keys.map(({ kind }) => kind)}::text[], ${keys.map(({ serial }) => serial)}::int[])
      AS asked(kind, serial)
    JOIN jpki.certificate USING (kind, serial)
    WHERE signature IS NOT NULL OR revoked_at IS NOT NULL`;
  return new Map(rows.map((row) => [statusKey(row), row]));
}
