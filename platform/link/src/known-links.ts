/**
 * The links and sites' keys of this process's database, remembered once read. A key that does not fit is read again;
 * the receipt compares the one that did fit with the database's, so that a replaced key is of no use at once.
 */
import type { KeyObject } from 'node:crypto';
import type { Sql } from '@ishizue/db';
import { keyIdOf, publicKeyOf } from './signature.ts';

/** A link as this database knows it, with its sender's key. */
export interface KnownLink {
  readonly id: number;
  readonly key: KeyObject;
  readonly rawKey: Uint8Array;
  readonly keyId: string;
}

export class KnownLinks {
  readonly #sql: Sql;
  readonly #known = new Map<string, KnownLink>();

  /** @param sql the pool of `ishizue_link` */
  constructor(sql: Sql) {
    this.#sql = sql;
  }

  /** The link, read anew where its sender's remembered key is not the named one; undefined where it is not open. */
  async find(name: string, keyId: string): Promise<KnownLink | undefined> {
    const remembered = this.#known.get(name);
    if (remembered?.keyId === keyId) return remembered;
    const sql = this.#sql;
    const [row] = await sql<{ id: number; key: Buffer }[]>`
      SELECT l.id, s.public_key AS key FROM link.link l JOIN link.site s ON s.site = l.from_site
      WHERE l.name = ${name}`;
    if (!row) return undefined;
    const link = { id: row.id, key: publicKeyOf(row.key), rawKey: row.key, keyId: keyIdOf(row.key) };
    this.#known.set(name, link);
    return link;
  }

  /** Reads the link anew next time. */
  forget(name: string): void {
    this.#known.delete(name);
  }
}
