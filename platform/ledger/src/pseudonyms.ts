/**
 * Pseudonyms: HMAC-SHA-256 of a person's key under a secret of the site (FIPS 198-1). Whoever holds the ledger without
 * the secret can neither find a person in it nor join two sites' ledgers. The secret must not be changed while
 * entries under it are asked for: a person's older entries would no longer be found.
 */
import { hash } from 'node:crypto';

const KEY_BYTES = 32;
const HASH_BYTES = 32;
const BLOCK_BYTES = 64; // of SHA-256
const SITES_MAX = 10_000; // more than Japan has bodies: keys are held for every site that is asked for

/** Where the sites' secrets come from: 32 bytes each. */
export type PseudonymKeyOf = (site: string) => Uint8Array;

export class Pseudonyms {
  readonly #keyOf: PseudonymKeyOf;
  readonly #macs = new Map<string, SiteMac>();

  constructor(keyOf: PseudonymKeyOf) {
    this.#keyOf = keyOf;
  }

  /**
   * The pseudonym (32 bytes) of a person at a site.
   * @param personKey the key that the system knows the person by, e.g. the resident code
   */
  of(site: string, personKey: string): Buffer {
    return Buffer.from(this.#macOf(site).of(personKey), 'binary');
  }

  #macOf(site: string): SiteMac {
    const known = this.#macs.get(site);
    if (known) return known;
    const secret = this.#keyOf(site);
    if (secret.length !== KEY_BYTES) throw new Error(`the pseudonym key of ${site} is not 32 bytes`);
    if (this.#macs.size >= SITES_MAX) this.#macs.clear();
    const mac = new SiteMac(secret, site);
    this.#macs.set(site, mac);
    return mac;
  }
}

/**
 * HMAC-SHA-256 under one site's secret. Written out as the two hashes that it is: an Hmac object for every person costs
 * three times as much, and pseudonyms are most of what bulk provision computes here.
 */
class SiteMac {
  readonly #prefix: string;
  readonly #outer = Buffer.alloc(BLOCK_BYTES + HASH_BYTES);
  #inner: Buffer;

  constructor(secret: Uint8Array, site: string) {
    // the site is hashed too, so that two sites given one secret by mistake still have different pseudonyms
    this.#prefix = `${site}\0`;
    this.#inner = padded(secret, INNER_PAD);
    this.#outer.set(padded(secret, OUTER_PAD));
  }

  /** The 32 bytes as characters. */
  of(personKey: string): string {
    const message = this.#prefix + personKey;
    const end = BLOCK_BYTES + Buffer.byteLength(message);
    if (end > this.#inner.length) this.#inner = Buffer.concat([this.#inner], end);
    this.#inner.write(message, BLOCK_BYTES);
    this.#outer.write(hash('sha256', this.#inner.subarray(0, end), 'binary'), BLOCK_BYTES, 'binary');
    return hash('sha256', this.#outer, 'binary');
  }
}

// RFC 2104 section 2
const INNER_PAD = 0x36;
const OUTER_PAD = 0x5c;

/** The secret, filled up to a block, each byte with `pad`. */
function padded(secret: Uint8Array, pad: number): Buffer {
  const block = Buffer.alloc(BLOCK_BYTES);
  block.set(secret);
  return Buffer.from(block.map((byte) => byte ^ pad));
}
