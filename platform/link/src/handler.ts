/**
 * What a system registers to receive messages: for each topic one handler, set-based. A handler changes its own tables
 * in the transaction that it is given, and refuses by answering a failure; it never commits and never swallows an error.
 */
import type { Clock } from '@ishizue/clock';
import type { Sql, Tx } from '@ishizue/db';
import type { Failure } from '@ishizue/outcome';
import type { AddressedMessage, ReceivedMessage } from './message.ts';

/** Where the messages come from, and how to send on in the same transaction. */
export interface HandlerContext {
  readonly link: string;
  readonly from: string;
  readonly to: string;
  readonly clock: Clock;
  /** Sends when everything of the receipt is applied: last, as `send` must be, and not if the messages are parked. */
  send(messages: readonly AddressedMessage[]): void;
}

/**
 * Applies messages of one topic, in order. Answers for each message undefined, or the failure for which it is to be
 * parked. A batch with a failure is rolled back and applied again in smaller pieces until the message stands alone:
 * a handler must come to the same result for a message whatever batch it comes in.
 */
export type Handler = (
  tx: Tx,
  context: HandlerContext,
  messages: readonly ReceivedMessage[],
) => Promise<readonly (Failure | undefined)[]>;

/** A system at this process's sites. */
export interface Registration {
  readonly system: string;
  /** The pool of the system's role. */
  readonly pool: Sql;
  readonly topics: Readonly<Record<string, Handler>>;
}
