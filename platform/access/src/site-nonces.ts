/**
 * Nonces of signed requests, kept as long as the request would still be accepted: a request that is shown again meets
 * its own nonce. Only requests whose signature was checked come here, so strangers cannot fill the table.
 */
import type { Clock } from '@ishizue/clock';
import type { Sql } from '@ishizue/db';

const SWEPT_AT_ONCE = 10;

/** Remembers nonces for a time. */
export class SiteNonces {
  readonly #sql: Sql;
  readonly #clock: Clock;

  constructor(options: { readonly sql: Sql; readonly clock: Clock }) {
    this.#sql = options.sql;
    this.#clock = options.clock;
  }

  /** Whether the nonce is new for its key; from now on it is not, until `expiresAt` (milliseconds). */
  async remember(keyId: string, nonce: string, expiresAt: number): Promise<boolean> {
    const sql = this.#sql;
    const inserted = await sql`
      WITH over AS (
        SELECT key_id, nonce FROM access.site_nonce WHERE expires_at <= ${new Date(this.#clock.now())}
        ORDER BY expires_at LIMIT ${SWEPT_AT_ONCE} FOR UPDATE SKIP LOCKED
      ), swept AS (
        DELETE FROM access.site_nonce AS kept USING over WHERE kept.key_id = over.key_id AND kept.nonce = over.nonce
      )
      INSERT INTO access.site_nonce (key_id, nonce, expires_at)
      VALUES (${keyId}, ${nonce}, ${new Date(expiresAt)}) ON CONFLICT DO NOTHING`;
    return inserted.count === 1;
  }
}
