/**
 * The dispatcher's memory of a link that has something to send: how far it has read, what is on its way, how long it
 * rests. Pure; losing it costs repetitions, never messages: what is not acknowledged is still in the outbox.
 */
import { backOffMs } from './back-off.ts';
import type { Batch, ReadOrder, SendingLink } from './outbox.ts';
import type { SequenceRange } from './plan-receipt.ts';

/** An envelope on its way. */
export interface Delivery {
  readonly end: SendingEnd;
  readonly first: number;
  readonly last: number;
  readonly seqs: readonly number[];
  /** What was acknowledged when it was read: a receiver that has less has lost something. */
  readonly ackedThrough: number;
  readonly envelopeHeader: string;
  /** Failures of the link when it left: of several envelopes that fail together one counts. */
  readonly attempts: number;
}

export class SendingEnd {
  readonly link: SendingLink;
  readonly #deliveries = new Set<Delivery>();
  #cursor = 0;
  #hasMore = true;
  #attempts = 0;
  #restsUntil = 0;

  constructor(link: SendingLink) {
    this.link = link;
  }

  /** Failures in a row. */
  get attempts(): number {
    return this.#attempts;
  }

  /** Nothing to send and nothing on its way: the memory may go. */
  get isIdle(): boolean {
    return !this.#hasMore && this.#deliveries.size === 0;
  }

  /** Nothing can be done before this instant, in milliseconds since the epoch. */
  get restsUntil(): number {
    return this.#restsUntil;
  }

  /** Whether an envelope may leave now. After a failure one at a time, until an acknowledgement comes. */
  isReady(now: number, window: number): boolean {
    const places = this.#attempts > 0 ? 1 : window;
    return this.#hasMore && now >= this.#restsUntil && this.#deliveries.size < places;
  }

  /** Whether it rests and will be ready by itself. */
  isResting(now: number): boolean {
    return this.#hasMore && this.#restsUntil > now;
  }

  /** Told that the outbox holds messages of the link. */
  wake(): void {
    this.#hasMore = true;
  }

  /** What to read next: what follows the last read, without what is on its way. */
  nextRead(): ReadOrder {
    const ranges = [...this.#deliveries].map(({ first, last }) => `[${first},${last}]`);
    return { linkId: this.link.id, after: this.#cursor, skip: `{${ranges.join(',')}}` };
  }

  /** The outbox held nothing more to read. */
  foundNothing(): void {
    this.#hasMore = false;
  }

  /** An envelope leaves. */
  launch(batch: Batch, envelopeHeader: string): Delivery {
    const seqs = batch.messages.map((message) => message.seq);
    const first = seqs[0] ?? 0;
    const last = seqs.at(-1) ?? 0;
    const { ackedThrough } = batch;
    const delivery = {
      end: this,
      first,
      last,
      seqs,
      ackedThrough,
      envelopeHeader,
      attempts: this.#attempts,
    };
    this.#deliveries.add(delivery);
    this.#cursor = last;
    this.#hasMore = last < batch.lastSeq;
    return delivery;
  }

  /** The receiver has the envelope. What it misses and what is not on its way is read again. */
  succeeded(delivery: Delivery, missing: readonly SequenceRange[]): void {
    this.#deliveries.delete(delivery);
    this.#attempts = 0;
    this.#restsUntil = 0;
    this.#hasMore = true;
    const lost = missing.find(
      ([first, last]) => ![...this.#deliveries].some((other) => other.first <= first && last <= other.last),
    );
    if (lost) this.#cursor = Math.min(this.#cursor, lost[0] - 1);
  }

  /** The envelope has no acknowledgement: after a rest everything unacknowledged is read again. */
  failed(delivery: Delivery, now: number, random: number): void {
    this.#deliveries.delete(delivery);
    this.#cursor = 0;
    this.#hasMore = true;
    if (delivery.attempts !== this.#attempts) return;
    this.#attempts++;
    this.#restsUntil = now + backOffMs(this.#attempts, random);
  }

  /** Another process sends on this link, or the envelope could not be made. */
  rest(until: number): void {
    this.#hasMore = true;
    this.#restsUntil = until;
  }
}
