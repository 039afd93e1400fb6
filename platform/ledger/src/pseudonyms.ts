/**
 * Pseudonyms: HMAC-SHA-256 of a person's key under a secret of the site (FIPS 198-1). Whoever holds the ledger without
 * the secret can neither find a person in it nor join two sites' ledgers. The secret must not be changed while
 * entries under it are asked for: a person's older entries would no longer be found.
 */
import { createHmac, createSecretKey, type KeyObject } from 'node:crypto';

const KEY_BYTES = 32;
const SITES_MAX = 10_000; // more than Japan has bodies: keys are held for every site that is asked for

/** Where the sites' secrets come from: 32 bytes each. */
export type PseudonymKeyOf = (site: string) => Uint8Array;

export class Pseudonyms {
  readonly #keyOf: PseudonymKeyOf;
  readonly #keys = new Map<string, KeyObject>();

  constructor(keyOf: PseudonymKeyOf) {
    this.#keyOf = keyOf;
  }

  /**
   * The pseudonym (32 bytes) of a person at a site.
   * @param personKey the key that the system knows the person by, e.g. the resident code
   */
  of(site: string, personKey: string): Buffer {
    // the site is hashed too, so that two sites given one secret by mistake still have different pseudonyms
    return createHmac('sha256', this.#key(site)).update(`${site}\0${personKey}`).digest();
  }

  #key(site: string): KeyObject {
    const known = this.#keys.get(site);
    if (known) return known;
    const secret = this.#keyOf(site);
    if (secret.length !== KEY_BYTES) throw new Error(`the pseudonym key of ${site} is not 32 bytes`);
    if (this.#keys.size >= SITES_MAX) this.#keys.clear();
    const key = createSecretKey(secret);
    this.#keys.set(site, key);
    return key;
  }
}
