/**
 * The sending side of a process: one loop over all links that start at its sites. Each round settles what came back,
 * looks for links with messages (when woken, and by polling for what other processes committed), and lets envelopes
 * leave: a window a link, a bounded number in all. Time and chance are passed in, so that a simulation can replay it.
 */
import type { Clock } from '@ishizue/clock';
import type { Sql } from '@ishizue/db';
import { nameOf } from '@ishizue/db';
import { fail, ok, type Result } from '@ishizue/outcome';
import type { Acknowledgement } from './acknowledgement.ts';
import { DispatchLocks } from './dispatch-locks.ts';
import { type Envelope, sealEnvelope } from './envelope.ts';
import { judge, type Outcome } from './judge-outcome.ts';
import { type KeyTrust, trustPinned } from './key-trust.ts';
import { formatLinkName } from './link-name.ts';
import {
  type Batch,
  findBusyLinks,
  loadSendingLinks,
  readBatches,
  recordAcknowledged,
  recordFailures,
} from './outbox.ts';
import { ReceiverKeys } from './receiver-keys.ts';
import { type Delivery, SendingEnd } from './sending-end.ts';
import type { Signing } from './signature.ts';
import type { Transport } from './transport.ts';

/** Waits some milliseconds, or less when the signal aborts; resolves in both cases. */
export type Wait = (ms: number, signal: AbortSignal) => Promise<void>;

export interface DispatcherOptions {
  /** The pool of `ishizue_link`. */
  readonly sql: Sql;
  /** The sites from whose links this process sends. */
  readonly sites: readonly string[];
  readonly signing: Signing;
  readonly transport: Transport;
  readonly clock: Clock;
  /** A number from 0 (included) to 1 (excluded). */
  readonly random: () => number;
  /** Which keys of the directory are believed; all where absent. */
  readonly trusts?: KeyTrust;
  readonly wait?: Wait;
  /** How often the outbox is looked at without being woken; 500 where absent. */
  readonly pollMs?: number;
  /** Envelopes on their way at once for one link; 4 where absent, 8 at the most. */
  readonly window?: number;
  /** Envelopes on their way at once for all links; 16 where absent. */
  readonly deliveriesMax?: number;
  /** Told what goes wrong, without personal data. */
  readonly onTrouble?: (trouble: {
    readonly link?: string;
    readonly code: string;
    readonly detail: string;
  }) => void;
}

/** Under load, wakes come faster than looks pay: between two looks at all links, what is known is served. */
const LOOK_PAUSE_MS = 20;
const WINDOW_MAX = 8; // with 500 messages an envelope, below what goes unacknowledged at the most

const waitByTimer: Wait = (ms, signal) =>
  new Promise((resolve) => {
    if (signal.aborted) return resolve();
    const timer = setTimeout(resolve, Math.min(ms, 2 ** 31 - 1));
    signal.addEventListener('abort', () => {
      clearTimeout(timer);
      resolve();
    });
  });

export class Dispatcher {
  readonly #options: DispatcherOptions;
  readonly #wait: Wait;
  readonly #pollMs: number;
  readonly #window: number;
  readonly #deliveriesMax: number;
  readonly #locks: DispatchLocks;
  readonly #receiverKeys: ReceiverKeys;
  readonly #ends = new Map<number, SendingEnd>();
  #outcomes: Outcome[] = [];
  #onTheirWay = 0;
  #pollsAt = 0;
  #looksAt = 0;
  #isWoken = true;
  #isStopping = false;
  #signal = new AbortController();
  #running: Promise<void> | undefined;
  #drains: (() => void)[] = [];

  constructor(options: DispatcherOptions) {
    this.#options = options;
    this.#wait = options.wait ?? waitByTimer;
    this.#pollMs = options.pollMs ?? 500;
    this.#window = Math.min(options.window ?? 4, WINDOW_MAX);
    this.#deliveriesMax = options.deliveriesMax ?? 16;
    this.#locks = new DispatchLocks(options.sql);
    this.#receiverKeys = new ReceiverKeys(options.sql, options.trusts ?? trustPinned);
  }

  /** Starts the loop. */
  start(): void {
    this.#running ??= this.#run();
  }

  /** Told after a commit that sent messages. Cheap: calls between two rounds count once. */
  wake(): void {
    this.#isWoken = true;
    this.#signal.abort();
  }

  /** Lets nothing more leave, awaits what is on its way (the transport limits its time), and ends the loop. */
  async stop(): Promise<void> {
    this.#isStopping = true;
    this.#signal.abort();
    await this.#running;
  }

  /** Waits until the outboxes of the sites are empty: everything sent is applied, held or parked at its receiver. */
  async drain(limit: { readonly timeoutMs: number }): Promise<Result<void, 'drain-timed-out'>> {
    const deadline = new AbortController();
    let isDrained = false;
    const drained = (): void => {
      isDrained = true;
      deadline.abort();
    };
    this.#drains.push(drained);
    this.wake();
    await this.#wait(limit.timeoutMs, deadline.signal);
    this.#drains = this.#drains.filter((drain) => drain !== drained);
    return isDrained ? ok(undefined) : fail('drain-timed-out', `not empty after ${limit.timeoutMs} ms`);
  }

  async #run(): Promise<void> {
    while (!this.#isStopping || this.#onTheirWay > 0 || this.#outcomes.length > 0) {
      this.#signal = new AbortController();
      let pause_ms = this.#pollMs;
      try {
        pause_ms = await this.#round();
      } catch (error) {
        this.#signal = new AbortController(); // what was lost is found again: no hurry while the database fails
        this.#trouble('dispatch-failed', nameOf(error));
        if (this.#isStopping && this.#onTheirWay === 0) break; // what is not settled is sent again, and dropped there
      }
      if (pause_ms > 0 && !this.#signal.signal.aborted) await this.#wait(pause_ms, this.#signal.signal);
    }
    await this.#locks.close().catch(() => undefined);
  }

  /** One round; answers how long nothing is to be done. */
  async #round(): Promise<number> {
    await this.#settle();
    if (this.#isStopping) return this.#onTheirWay > 0 ? Number.POSITIVE_INFINITY : 0;
    const now = this.#options.clock.now();
    if (now >= (this.#isWoken ? this.#looksAt : this.#pollsAt)) await this.#look(now);
    if (await this.#launch(now)) return 0;
    await this.#forgetIdle(now);
    if (this.#drains.length > 0 && this.#ends.size === 0) {
      this.#isWoken = true; // to look whether that was all
    }
    let next = this.#isWoken ? this.#looksAt : this.#pollsAt;
    for (const end of this.#ends.values()) if (end.isResting(now)) next = Math.min(next, end.restsUntil);
    return Math.max(1, next - now);
  }

  /** Finds the links that have messages. */
  async #look(now: number): Promise<void> {
    const { sql, sites } = this.#options;
    this.#isWoken = false;
    const waiting = [...this.#drains]; // whoever comes during the query may know of a message that it does not see
    const busy = await findBusyLinks(sql, sites);
    this.#pollsAt = now + this.#pollMs;
    this.#looksAt = now + LOOK_PAUSE_MS;
    for (const id of busy) this.#ends.get(id)?.wake();
    const unknown = busy.filter((id) => !this.#ends.has(id));
    for (const link of await loadSendingLinks(sql, unknown)) this.#ends.set(link.id, new SendingEnd(link));
    if (busy.length > 0 || this.#onTheirWay > 0) return;
    this.#drains = this.#drains.filter((drain) => !waiting.includes(drain));
    for (const drain of waiting) drain();
  }

  /** Lets an envelope leave for each link that is ready, in turn. */
  async #launch(now: number): Promise<boolean> {
    const ready = this.#nextReady(now);
    if (ready.length === 0) return false;
    const mine = await this.#locks.take(ready.map((end) => end.link.id));
    const reading = ready.filter((end) => mine.has(end.link.id));
    for (const end of ready) if (!mine.has(end.link.id)) end.rest(now + this.#pollMs);
    const batches = await readBatches(
      this.#options.sql,
      reading.map((end) => end.nextRead()),
    );
    const found = new Map(batches.map((batch) => [batch.linkId, batch]));
    const sealed = await Promise.all(reading.map((end) => this.#seal(end, found.get(end.link.id), now)));
    for (const leave of sealed) leave?.();
    return sealed.length > 0;
  }

  /** Ready links, those served longest ago first, as many as may leave. */
  #nextReady(now: number): readonly SendingEnd[] {
    const ready: SendingEnd[] = [];
    for (const end of this.#ends.values()) {
      if (ready.length + this.#onTheirWay >= this.#deliveriesMax) break;
      if (end.isReady(now, this.#window)) ready.push(end);
    }
    for (const end of ready) {
      this.#ends.delete(end.link.id);
      this.#ends.set(end.link.id, end);
    }
    return ready;
  }

  /** Makes the envelope; answers what lets it leave, undefined where there is none. */
  async #seal(end: SendingEnd, batch: Batch | undefined, now: number): Promise<(() => void) | undefined> {
    if (!batch) {
      end.foundNothing();
      return undefined;
    }
    try {
      const { name } = end.link;
      const envelope = await sealEnvelope(this.#options.signing, name, batch.senderKeyId, batch.messages);
      return () => void this.#deliver(end.launch(batch, envelope.header), envelope);
    } catch (error) {
      this.#trouble('signing-failed', nameOf(error), end);
      end.rest(now + this.#pollMs);
      return undefined;
    }
  }

  async #deliver(delivery: Delivery, envelope: Envelope): Promise<void> {
    this.#onTheirWay++;
    let answer: Result<Acknowledgement>;
    try {
      answer = await this.#options.transport.deliver(delivery.end.link.name.to, envelope);
    } catch (error) {
      answer = fail('receiver-threw', nameOf(error));
    }
    this.#onTheirWay--;
    this.#outcomes.push({ delivery, answer });
    this.#signal.abort();
  }

  /** Settles what came back since the last round. Outcomes stay until the database has them. */
  async #settle(): Promise<void> {
    const { sql, clock, random } = this.#options;
    const outcomes = [...this.#outcomes];
    if (outcomes.length === 0) return;
    const keysOf = await this.#receiverKeys.load(
      outcomes.map(({ delivery }) => delivery.end.link.id),
      clock.now(),
    );
    const verdicts = outcomes.map((outcome) => judge(outcome, keysOf(outcome.delivery.end.link.id)));
    const acknowledged = verdicts.flatMap(({ verdict }) => (verdict.ok ? [verdict.value.acknowledged] : []));
    const taken = await recordAcknowledged(sql, acknowledged);
    const failures = verdicts.flatMap(({ delivery, verdict }) => {
      const linkId = delivery.end.link.id;
      if (!verdict.ok) return [{ delivery, linkId, ...verdict.failure }];
      if (taken.has(linkId)) return [];
      const detail = 'the receiver has messages that were never sent from here';
      return [{ delivery, linkId, code: 'acknowledgement-ahead', detail }];
    });
    await recordFailures(sql, failures);
    this.#outcomes = this.#outcomes.slice(outcomes.length);

    const failed = new Set(failures.map(({ delivery }) => delivery));
    for (const { delivery, verdict } of verdicts)
      if (verdict.ok && !failed.has(delivery)) delivery.end.succeeded(delivery, verdict.value.missing);
    for (const { delivery, code, detail } of failures) {
      delivery.end.failed(delivery, clock.now(), random());
      this.#trouble(code, detail, delivery.end);
    }
  }

  /** Gives up links with nothing to send, and the locks of those that rest; their keys are read anew next time. */
  async #forgetIdle(now: number): Promise<void> {
    const released: number[] = [];
    for (const [id, end] of this.#ends) {
      if (end.isIdle) this.#ends.delete(id);
      if (end.isIdle || end.isResting(now)) released.push(id);
    }
    await this.#locks.release(released);
  }

  #trouble(code: string, detail: string, end?: SendingEnd): void {
    const link = end && formatLinkName(end.link.name);
    this.#options.onTrouble?.({ code, detail, ...(link !== undefined && { link }) });
  }
}
