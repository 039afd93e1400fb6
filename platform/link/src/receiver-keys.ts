/**
 * The keys under which the dispatcher believes acknowledgements: those that are accepted of a link's receiver when the
 * answer is judged. Read at every round of answers, so that a key that has ended deletes nothing from an outbox.
 */
import type { KeyObject } from 'node:crypto';
import type { Sql } from '@ishizue/db';
import type { KeyTrust } from './key-trust.ts';
import { publicKeyOf } from './signature.ts';

const IMPORTED_MAX = 10_000;

export class ReceiverKeys {
  readonly #sql: Sql;
  readonly #trusts: KeyTrust;
  readonly #imported = new Map<string, KeyObject>();

  /** @param sql the pool of `ishizue_link` */
  constructor(sql: Sql, trusts: KeyTrust) {
    this.#sql = sql;
    this.#trusts = trusts;
  }

  /** Reads the keys of the links' receivers that are accepted at the instant, in one statement. */
  async load(linkIds: readonly number[], at: number): Promise<(linkId: number) => readonly KeyObject[]> {
    const sql = this.#sql;
    const rows = await sql<{ id: number; site: string; key: Buffer; certificate: Buffer | null }[]>`
      SELECT l.id, k.site, k.public_key AS key, k.certificate
      FROM link.link l JOIN link.site_key k ON k.site = l.to_site
      WHERE l.id = ANY (${[...new Set(linkIds)]}::int[]) AND link.is_accepted(k, ${new Date(at)})`;
    const keys = new Map<number, KeyObject[]>();
    for (const { id, site, key, certificate } of rows) {
      if (!(await this.#trusts({ site, publicKey: key, certificate }))) continue;
      const ofLink = keys.get(id);
      if (ofLink) ofLink.push(this.#import(key));
      else keys.set(id, [this.#import(key)]);
    }
    return (linkId) => keys.get(linkId) ?? [];
  }

  #import(raw: Buffer): KeyObject {
    const name = raw.toString('base64');
    const known = this.#imported.get(name);
    if (known) return known;
    if (this.#imported.size >= IMPORTED_MAX) this.#imported.clear();
    const key = publicKeyOf(raw);
    this.#imported.set(name, key);
    return key;
  }
}
