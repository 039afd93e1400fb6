/**
 * The links and senders' keys of this process's database, remembered once read and once their certificates are found
 * right. A key that is not remembered is read for; the receipt compares the one that did fit with those that the database
 * accepts at that instant, so that a key that has ended is of no use at once.
 */
import type { KeyObject } from 'node:crypto';
import type { Sql } from '@ishizue/db';
import type { KeyTrust } from './key-trust.ts';
import { keyIdOf, publicKeyOf } from './signature.ts';

/** A key that a sender signs with. */
interface SenderKey {
  readonly key: KeyObject;
  readonly raw: Uint8Array;
}

/** A link as this database knows it, and its sender's key of the id that was asked for, if it is trusted. */
export interface KnownLink {
  readonly id: number;
  readonly sender: SenderKey | undefined;
}

interface Remembered {
  readonly id: number;
  readonly senders: ReadonlyMap<string, SenderKey>;
}

export class KnownLinks {
  readonly #sql: Sql;
  readonly #trusts: KeyTrust;
  readonly #known = new Map<string, Remembered>();

  /** @param sql the pool of `ishizue_link` */
  constructor(sql: Sql, trusts: KeyTrust) {
    this.#sql = sql;
    this.#trusts = trusts;
  }

  /** The link, read anew where no remembered key has the id; undefined where it is not open. */
  async find(name: string, keyId: string): Promise<KnownLink | undefined> {
    const remembered = this.#known.get(name);
    const known = remembered?.senders.has(keyId) ? remembered : await this.#read(name);
    return known && { id: known.id, sender: known.senders.get(keyId) };
  }

  async #read(name: string): Promise<Remembered | undefined> {
    const sql = this.#sql;
    const rows = await sql<{ id: number; site: string; key: Buffer | null; certificate: Buffer | null }[]>`
      SELECT l.id, l.from_site AS site, k.public_key AS key, k.certificate
      FROM link.link l LEFT JOIN link.site_key k ON k.site = l.from_site
      WHERE l.name = ${name}`;
    const [first] = rows;
    if (!first) return undefined;
    const senders = new Map<string, SenderKey>();
    for (const { site, key, certificate } of rows)
      if (key && (await this.#trusts({ site, publicKey: key, certificate })))
        senders.set(keyIdOf(key), { key: publicKeyOf(key), raw: key });
    const read = { id: first.id, senders };
    this.#known.set(name, read);
    return read;
  }

  /** Reads the link anew next time. */
  forget(name: string): void {
    this.#known.delete(name);
  }
}
