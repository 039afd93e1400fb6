/**
 * The receiving end's state in the database, reached through functions that answer only to the receiving system's
 * role. `begin…` locks the link's end until the transaction is over; `end…` writes what became of the messages.
 */
import type { Tx } from '@ishizue/db';
import type { Failure } from '@ishizue/outcome';
import type { ParkedMessage } from './apply-messages.ts';
import type { Followed, ReceivedMessage } from './message.ts';
import type { HoldReason, ReceiptState } from './plan-receipt.ts';

interface StoredMessage {
  readonly seq: number;
  readonly subject: string;
  readonly previous: number;
  readonly topic: string;
  readonly body: string;
  readonly follows?: Followed | null;
}

/** What leaves the held messages, what joins them or changes its reason, and what is parked. */
export interface Settlement {
  readonly released: readonly number[];
  readonly hold: readonly { readonly message: ReceivedMessage; readonly reason: HoldReason }[];
  readonly parked: readonly ParkedMessage[];
}

const load = ({ follows, ...stored }: StoredMessage): ReceivedMessage => ({
  ...stored,
  ...(follows && { follows }),
  body: JSON.parse(stored.body),
});
const store = (message: ReceivedMessage): StoredMessage => ({
  ...message,
  body: JSON.stringify(message.body),
});

const heldText = (hold: Settlement['hold']): string =>
  JSON.stringify(hold.map(({ message, reason }) => ({ ...store(message), reason })));
const parkedText = (parked: Settlement['parked']): string =>
  JSON.stringify(parked.map(({ message, failure }) => ({ ...store(message), ...boundedFailure(failure) })));

/** A system's own words are cut, so that a careless failure cannot swell the ticket. */
function boundedFailure(failure: Failure): Failure {
  return { code: failure.code.slice(0, 100), detail: failure.detail.slice(0, 500) };
}

/** What a receipt begins with: the sender's accepted keys, the one that the receiver signs with, what there is. */
export interface ReceiptBegun {
  readonly senderKeys: readonly Buffer[];
  readonly receiverKey: Buffer;
  readonly state: ReceiptState;
}

/** Locks the link's end and reads what it has, as far as it concerns the subjects, and the keys of both ends at `at`. */
export async function beginReceipt(
  tx: Tx,
  linkId: number,
  subjects: readonly string[],
  at: number,
): Promise<ReceiptBegun> {
  const [row] = await tx<
    {
      sender_keys: Buffer[];
      receiver_key: Buffer;
      received_through: number;
      ahead: number[];
      parked_subjects: string[];
      held: StoredMessage[] | null;
    }[]
  >`SELECT * FROM link.receive_begin(${linkId}, ${subjects}::text[], ${new Date(at)})`;
  if (!row) throw new Error('link.receive_begin answered no row');
  const state = {
    receivedThrough: row.received_through,
    ahead: row.ahead,
    held: (row.held ?? []).map(load),
    parkedSubjects: new Set(row.parked_subjects),
  };
  return { senderKeys: row.sender_keys, receiverKey: row.receiver_key, state };
}

/** Writes the receipt. `aheadAdded`: messages beyond `receivedThrough` that are new. */
export async function endReceipt(
  tx: Tx,
  linkId: number,
  receivedThrough: number,
  aheadAdded: readonly number[],
  settlement: Settlement,
): Promise<void> {
  const { released, hold, parked } = settlement;
  await tx`SELECT link.receive_end(${linkId}, ${receivedThrough}, ${aheadAdded}::bigint[], ${released}::bigint[],
    ${hold.length > 0 ? heldText(hold) : null}::text::json, ${parked.length > 0 ? parkedText(parked) : null}::text::json)`;
}

/** A ticket's message and what is held behind it. */
export interface TicketState {
  readonly receivedThrough: number;
  readonly ahead: readonly number[];
  readonly parked: ReceivedMessage;
  /** Of those tied to the ticket's subject by what is held: who has a ticket too. */
  readonly parkedSubjects: ReadonlySet<string>;
  readonly held: readonly ReceivedMessage[];
}

/** Locks the link's end and reads an open ticket; undefined where it is not open. */
export async function beginTicket(
  tx: Tx,
  ticketId: number,
  linkId: number,
): Promise<TicketState | undefined> {
  const [row] = await tx<
    {
      received_through: number;
      ahead: number[];
      parked: StoredMessage | null;
      parked_subjects: string[];
      held: StoredMessage[] | null;
    }[]
  >`SELECT * FROM link.ticket_begin(${ticketId}, ${linkId})`;
  if (!row) throw new Error('link.ticket_begin answered no row');
  if (!row.parked) return undefined;
  return {
    receivedThrough: row.received_through,
    ahead: row.ahead,
    parked: load(row.parked),
    parkedSubjects: new Set(row.parked_subjects),
    held: (row.held ?? []).map(load),
  };
}

/** What is decided on a ticket: it is closed, or its message was refused again. */
export type TicketDecision =
  | { readonly resolution: 'applied' | 'dropped'; readonly reason: string | null }
  | { readonly resolution: null; readonly failure: Failure };

/** Writes the decision on a ticket and what became of the messages behind it. */
export async function endTicket(
  tx: Tx,
  ticketId: number,
  linkId: number,
  decision: TicketDecision,
  settlement: Settlement,
): Promise<void> {
  const reason = decision.resolution === null ? null : decision.reason;
  const failure = decision.resolution === null ? boundedFailure(decision.failure) : null;
  await tx`SELECT link.ticket_end(${ticketId}, ${linkId}, ${decision.resolution}, ${reason}, ${failure?.code ?? null},
    ${failure?.detail ?? null}, ${settlement.released}::bigint[], ${heldText(settlement.hold)}::text::json,
    ${parkedText(settlement.parked)}::text::json)`;
}
