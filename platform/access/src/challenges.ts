/**
 * Challenges: 32 random bytes that a card signs to show that it is there now. Whoever consumes one deletes its row, so
 * of any number of consumers at the same time one gets it. A challenge shown for another purpose is spent by that.
 */
import { randomBytes, randomUUID } from 'node:crypto';
import type { Clock } from '@ishizue/clock';
import type { Sql } from '@ishizue/db';
import { fail, ok, type Result } from '@ishizue/outcome';

/** A challenge to be signed. */
export interface Challenge {
  readonly id: string;
  readonly nonce: Buffer;
  readonly expiresAt: Date;
}

const LIFETIME_MS = 2 * 60_000;
const SWEPT_AT_ONCE = 10;
const UUID = /^[0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12}$/;

/** The open challenges of an installation. */
export class Challenges {
  readonly #sql: Sql;
  readonly #clock: Clock;

  constructor(options: { readonly sql: Sql; readonly clock: Clock }) {
    this.#sql = options.sql;
    this.#clock = options.clock;
  }

  /** Makes a challenge for a purpose (kebab-case); it can be consumed for two minutes. */
  async create(purpose: string): Promise<Challenge> {
    const now = this.#clock.now();
    const challenge = { id: randomUUID(), nonce: randomBytes(32), expiresAt: new Date(now + LIFETIME_MS) };
    const sql = this.#sql;
    // Each one made takes up to ten that are over with it: the table stays as large as two minutes' worth.
    await sql`
      WITH over AS (
        SELECT id FROM access.challenge WHERE expires_at <= ${new Date(now)}
        ORDER BY expires_at LIMIT ${SWEPT_AT_ONCE} FOR UPDATE SKIP LOCKED
      ), swept AS (
        DELETE FROM access.challenge AS kept USING over WHERE kept.id = over.id
      )
      INSERT INTO access.challenge (id, purpose, nonce, expires_at)
      VALUES (${challenge.id}, ${purpose}, ${challenge.nonce}, ${challenge.expiresAt})`;
    return challenge;
  }

  /** The nonce of a challenge, once. */
  async consume(id: string, purpose: string): Promise<Result<Buffer, 'challenge-unknown'>> {
    const unknown = fail('challenge-unknown', 'The challenge is unknown, used, over, or for something else');
    if (!UUID.test(id)) return unknown;
    const [row] = await this.#sql<{ purpose: string; nonce: Buffer; expires_at: Date }[]>`
      DELETE FROM access.challenge WHERE id = ${id} RETURNING purpose, nonce, expires_at`;
    if (!row || row.purpose !== purpose || row.expires_at.getTime() <= this.#clock.now()) return unknown;
    return ok(row.nonce);
  }
}
