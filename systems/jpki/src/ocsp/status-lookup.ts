/**
 * Reads the status of serial numbers for many requests at once. What is asked while queries are under way goes into the
 * next one, which begins after the question came: an answer is never older than its question.
 */
import type { Sql } from '@ishizue/db';
import type { RevocationReason } from '@ishizue/x509';
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

interface Question {
  readonly keys: readonly StatusKey[];
  readonly resolve: (statuses: Statuses) => void;
  readonly reject: (error: unknown) => void;
}

const KEYS_IN_QUERY_MAX = 500;
const QUERIES_AT_ONCE = 2;

export class StatusLookup {
  readonly #sql: Sql;
  #waiting: Question[] = [];
  #running = 0;

  constructor(sql: Sql) {
    this.#sql = sql;
  }

  /** The statuses of the keys, and perhaps of others, as they are from now on. */
  find(keys: readonly StatusKey[]): Promise<Statuses> {
    return new Promise((resolve, reject) => {
      this.#waiting.push({ keys, resolve, reject });
      // the other requests of this turn of the event loop come along
      if (this.#waiting.length === 1) setImmediate(() => this.#start());
    });
  }

  #start(): void {
    if (this.#waiting.length === 0 || this.#running >= QUERIES_AT_ONCE) return;
    const taken = this.#take();
    this.#running++;
    void this.#run(taken).finally(() => {
      this.#running--;
      this.#start();
    });
  }

  #take(): readonly Question[] {
    let keys = 0;
    const end = this.#waiting.findIndex((question, index) => {
      keys += question.keys.length;
      return keys > KEYS_IN_QUERY_MAX && index > 0;
    });
    const taken = end < 0 ? this.#waiting : this.#waiting.slice(0, end);
    this.#waiting = end < 0 ? [] : this.#waiting.slice(end);
    return taken;
  }

  async #run(questions: readonly Question[]): Promise<void> {
    try {
      const statuses = await readStatuses(
        this.#sql,
        questions.flatMap(({ keys }) => keys),
      );
      for (const { resolve } of questions) resolve(statuses);
    } catch (error) {
      for (const { reject } of questions) reject(error);
    }
  }
}

async function readStatuses(sql: Sql, keys: readonly StatusKey[]): Promise<Statuses> {
  const rows = await sql<StatusRow[]>`
    SELECT kind, serial, generation, revoked_at AS "revokedAt", reason
    FROM unnest(${keys.map(({ kind }) => kind)}::text[], ${keys.map(({ serial }) => serial)}::int[])
      AS asked(kind, serial)
    JOIN jpki.certificate USING (kind, serial)
    WHERE signature IS NOT NULL OR revoked_at IS NOT NULL`;
  return new Map(rows.map((row) => [statusKey(row), row]));
}
