/** The limit of everything that commits small transactions: plain rows in plain tables, on as many connections. */
import type { Sql } from '@ishizue/db';
import { inParallel, rate } from './measure.ts';

export class PlainInserts {
  readonly #connections: readonly Sql[];
  readonly #body: string;

  private constructor(connections: readonly Sql[], body: string) {
    this.#connections = connections;
    this.#body = body;
  }

  /** @param bytes how long the text of a row is */
  static async open(superuser: Sql, connections: readonly Sql[], bytes: number): Promise<PlainInserts> {
    await superuser.unsafe(`
      CREATE TABLE bench.plain (id bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY, body text NOT NULL);
      GRANT INSERT ON bench.plain TO ishizue_registry`);
    return new PlainInserts(connections, 'x'.repeat(bytes));
  }

  /** INSERT and commit of `count` rows, each alone; rows/s. */
  rate(count: number): Promise<number> {
    const body = this.#body;
    return rate(count, () =>
      inParallel(count, this.#connections.length, async (_, worker) => {
        const sql = this.#connections[worker];
        if (!sql) throw new Error('a worker without a connection');
        await sql`INSERT INTO bench.plain (body) VALUES (${body})`;
      }),
    );
  }
}
