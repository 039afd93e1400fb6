/** Revoked certificates by the thousand, for lists: rows of a certificate that was issued, with serial numbers of their own. */
import type { Sql } from '@ishizue/db';

export interface Planted {
  readonly count: number;
  /** Serial numbers begin here and ascend. */
  readonly from: number;
  readonly revokedAt?: Date;
}

/** Plants them beside the certificates that there are, of the authentication authority and its first point. */
export async function plantRevoked(sql: Sql, { count, from, revokedAt }: Planted): Promise<void> {
  await sql`
    INSERT INTO jpki.certificate (kind, serial, generation, point, request_id, request_sha256, resident_code, card_id,
      issued_at, expires_at, tbs, revoked_at, reason)
    SELECT kind, ${from}::int + n, generation, point, 'planted-' || ${from}::int || '-' || n, request_sha256,
      resident_code, 'planted', issued_at, expires_at, '\\x00', coalesce(${revokedAt ?? null}::timestamptz, issued_at),
      CASE n % 3 WHEN 0 THEN 'unspecified' WHEN 1 THEN 'superseded' ELSE 'affiliationChanged' END
    FROM (SELECT * FROM jpki.certificate WHERE kind = 'authentication' ORDER BY serial LIMIT 1) AS model,
      generate_series(0, ${count}::int - 1) AS n`;
}
