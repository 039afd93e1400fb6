/**
 * Applies messages in order inside a receipt's transaction: consecutive messages of one topic go to its handler
 * together, in a savepoint. A run that is refused or throws is halved until the poison message stands alone; that one
 * is parked, later ones of its subject stay behind it, all others go on. Halving costs 2·log2(n) calls a poison message.
 */
import type { Clock } from '@ishizue/clock';
import type { Tx } from '@ishizue/db';
import { isTransient, nameOf } from '@ishizue/db';
import type { Failure } from '@ishizue/outcome';
import type { Handler, HandlerContext } from './handler.ts';
import { formatLinkName, type LinkName } from './link-name.ts';
import type { ReceivedMessage } from './message.ts';
import { type EncodedAddressedMessage, encodeAddressed } from './send.ts';

/** A message that its handler refused. */
export interface ParkedMessage {
  readonly message: ReceivedMessage;
  readonly failure: Failure;
}

/** What became of the messages. */
export interface Application {
  readonly applied: readonly ReceivedMessage[];
  readonly parked: readonly ParkedMessage[];
  /** Not tried, because one before it for the same subject is parked. */
  readonly behind: readonly ReceivedMessage[];
  /** What the handlers send on. */
  readonly outgoing: readonly EncodedAddressedMessage[];
}

export interface ApplicationPlace {
  readonly topics: Readonly<Record<string, Handler>>;
  readonly link: LinkName;
  readonly clock: Clock;
}

/** Applies the messages. A transient error rejects: the whole receipt is to be tried again. */
export async function applyMessages(
  tx: Tx,
  place: ApplicationPlace,
  messages: readonly ReceivedMessage[],
): Promise<Application> {
  const applier = new Applier(tx, place);
  for (const run of runsOfOneTopic(messages)) await applier.apply(run);
  return applier;
}

function runsOfOneTopic(messages: readonly ReceivedMessage[]): readonly ReceivedMessage[][] {
  const runs: ReceivedMessage[][] = [];
  for (const message of messages) {
    const last = runs.at(-1);
    if (last?.[0]?.topic === message.topic) last.push(message);
    else runs.push([message]);
  }
  return runs;
}

const SAVEPOINTS_LEFT_OPEN_MAX = 16;

const isUniqueViolation = (error: unknown): boolean =>
  error instanceof Error && 'code' in error && error.code === '23505';

class Refusal extends Error {
  readonly failure: Failure;

  constructor(failure: Failure) {
    super(failure.code);
    this.failure = failure;
  }
}

class Applier implements Application {
  readonly applied: ReceivedMessage[] = [];
  readonly parked: ParkedMessage[] = [];
  readonly behind: ReceivedMessage[] = [];
  readonly outgoing: EncodedAddressedMessage[] = [];
  readonly #stopped = new Set<string>();
  #savepoints = 0;
  readonly #tx: Tx;
  readonly #place: ApplicationPlace;

  constructor(tx: Tx, place: ApplicationPlace) {
    this.#tx = tx;
    this.#place = place;
  }

  /** Applies a run of one topic. */
  async apply(run: readonly ReceivedMessage[]): Promise<void> {
    const open: ReceivedMessage[] = [];
    for (const message of run) (this.#isBehind(message) ? this.behind : open).push(message);
    const [first] = open;
    if (!first) return;
    const handler = Object.hasOwn(this.#place.topics, first.topic)
      ? this.#place.topics[first.topic]
      : undefined;
    if (!handler) {
      this.#parkFirstOfEach(open, { code: 'topic-unknown', detail: `nobody handles ${first.topic}` });
      return;
    }
    const failure = await this.#attempt(handler, open);
    if (!failure) return;
    if (open.length === 1) {
      this.#park(first, failure);
      return;
    }
    const half = open.length >> 1;
    await this.apply(open.slice(0, half));
    await this.apply(open.slice(half));
  }

  #parkFirstOfEach(messages: readonly ReceivedMessage[], failure: Failure): void {
    for (const message of messages)
      if (this.#isBehind(message)) this.behind.push(message);
      else this.#park(message, failure);
  }

  /** Whether one before it is parked; then those after it wait too, also where it is the second subject that stands still. */
  #isBehind({ subject, follows }: ReceivedMessage): boolean {
    if (follows && this.#stopped.has(follows.subject)) this.#stopped.add(subject);
    return this.#stopped.has(subject);
  }

  #park(message: ReceivedMessage, failure: Failure): void {
    this.parked.push({ message, failure });
    this.#stopped.add(message.subject);
  }

  /** Calls the handler in a savepoint; the failure, if any, after everything of the attempt is undone. */
  async #attempt(
    handler: Handler,
    run: readonly ReceivedMessage[],
    isSecond = false,
  ): Promise<Failure | undefined> {
    const { link, clock } = this.#place;
    const outgoing: EncodedAddressedMessage[] = [];
    const context: HandlerContext = {
      link: formatLinkName(link),
      from: link.from,
      to: link.to,
      clock,
      // encoded at once: a message out of bounds is the handler's fault, not the receipt's
      send: (messages) => {
        for (const message of messages) outgoing.push(encodeAddressed(message));
      },
    };
    try {
      await this.#inSavepoint(async (tx) => {
        const answers = await handler(tx, context, run);
        if (answers.length !== run.length) throw new Error('a handler answers once for each message');
        const failure = answers.find((answer) => answer !== undefined);
        if (failure) throw new Refusal(failure);
      });
    } catch (error) {
      if (isTransient(error)) throw error;
      // another link's message wrote the key after this handler had looked for it, and is committed: now it is seen
      if (!isSecond && isUniqueViolation(error)) return this.#attempt(handler, run, true);
      return error instanceof Refusal ? error.failure : { code: 'handler-threw', detail: nameOf(error) };
    }
    this.applied.push(...run);
    for (const message of outgoing) this.outgoing.push(message);
    return undefined;
  }

  /** The driver never releases its savepoints, and PostgreSQL slows down past 64 open ones: later ones are enclosed. */
  async #inSavepoint(work: (inner: Tx) => Promise<void>): Promise<void> {
    const tx = this.#tx;
    this.#savepoints++;
    if (this.#savepoints <= SAVEPOINTS_LEFT_OPEN_MAX) {
      await tx.savepoint(work);
      return;
    }
    await tx`SAVEPOINT run`;
    try {
      await tx.savepoint(work);
    } finally {
      await tx`RELEASE SAVEPOINT run`;
    }
  }
}
