/**
 * Token buckets in memory, for routes that must not be tried quickly (sign-in). The number of buckets is bounded: the
 * one that was used longest ago is forgotten, and a full bucket is as good as none. One process counts for itself.
 */
import type { Clock } from '@ishizue/clock';

/** How many at once, how many a minute in the long run, and how many keys are remembered. */
export interface RateLimitOptions {
  readonly clock: Clock;
  readonly burst: number;
  readonly perMinute: number;
  readonly keysMax?: number;
}

/** Taken, or the seconds until one may be taken. */
export type Taken = { readonly taken: true } | { readonly taken: false; readonly retryAfterSeconds: number };

interface Bucket {
  tokens: number;
  at: number;
}

/** A limit that is shared by everything it is given to. */
export class RateLimit {
  readonly #clock: Clock;
  readonly #burst: number;
  readonly #perMillisecond: number;
  readonly #keysMax: number;
  readonly #buckets = new Map<string, Bucket>();

  constructor(options: RateLimitOptions) {
    if (!(options.burst >= 1) || !(options.perMinute > 0))
      throw new Error('a rate limit must let some through');
    this.#clock = options.clock;
    this.#burst = options.burst;
    this.#perMillisecond = options.perMinute / 60_000;
    this.#keysMax = options.keysMax ?? 10_000;
  }

  /** Takes one for the key. */
  take(key: string): Taken {
    const now = this.#clock.now();
    const bucket = this.#buckets.get(key) ?? { tokens: this.#burst, at: now };
    // A clock that was set back must not refill, nor empty, a bucket.
    const elapsed = Math.max(0, now - bucket.at);
    bucket.tokens = Math.min(this.#burst, bucket.tokens + elapsed * this.#perMillisecond);
    bucket.at = now;
    this.#buckets.delete(key); // set again below: the map's order is the order of use
    this.#buckets.set(key, bucket);
    if (this.#buckets.size > this.#keysMax) this.#forgetOldest();
    if (bucket.tokens >= 1) {
      bucket.tokens -= 1;
      return { taken: true };
    }
    return {
      taken: false,
      retryAfterSeconds: Math.max(1, Math.ceil((1 - bucket.tokens) / this.#perMillisecond / 1000)),
    };
  }

  /** How many keys are remembered. */
  get size(): number {
    return this.#buckets.size;
  }

  #forgetOldest(): void {
    for (const key of this.#buckets.keys()) {
      this.#buckets.delete(key);
      return;
    }
  }
}

/** The key of a client address: an IPv6 client owns a whole /64, so that is what is counted. */
export function addressKey(address: string | undefined): string {
  if (address === undefined) return 'address:none';
  const mapped = /^::ffff:(\d+\.\d+\.\d+\.\d+)$/.exec(address);
  if (mapped?.[1] !== undefined) return `address:${mapped[1]}`;
  if (!address.includes(':')) return `address:${address}`;
  const [head = '', tail] = address.split('::');
  const left = head === '' ? [] : head.split(':');
  const missing = tail === undefined ? 0 : 8 - left.length - (tail === '' ? 0 : tail.split(':').length);
  const groups = [...left, ...Array.from({ length: missing }, () => '0'), ...(tail ?? '').split(':')];
  return `address:${groups.slice(0, 4).join(':')}::/64`;
}
