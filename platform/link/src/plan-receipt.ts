/**
 * What to do with an envelope's messages, worked out from what the receiver has of the link. Pure: the receiver reads
 * the state under the link's lock, plans here, then acts. Invariants: no message is applied twice; a message is never
 * applied before one that precedes it for its subject, or for the second subject that it follows; others do not wait.
 */
import type { ReceivedMessage } from './message.ts';

/** Sequence numbers from the first to the second, both included. */
export type SequenceRange = readonly [first: number, last: number];

/** What the receiver has of a link, as far as it concerns the subjects of an envelope. */
export interface ReceiptState {
  /** Every message up to this sequence number is applied or stored. */
  readonly receivedThrough: number;
  /** Messages beyond `receivedThrough` that are applied or stored, rising. */
  readonly ahead: readonly number[];
  /** Messages stored because of a gap, of the envelope's subjects and those tied to them by what is held, rising. */
  readonly held: readonly ReceivedMessage[];
  /** Those of the same subjects that have a message under an open ticket. */
  readonly parkedSubjects: ReadonlySet<string>;
}

/** Why a message is stored instead of applied. */
export type HoldReason = 'gap' | 'behind-parked';

export interface ReceiptPlan {
  readonly duplicates: readonly number[];
  /** To apply in this order: messages of the envelope and held ones whose gap it fills. */
  readonly apply: readonly ReceivedMessage[];
  /** Which of `apply` were held. */
  readonly released: readonly number[];
  readonly hold: readonly { readonly message: ReceivedMessage; readonly reason: HoldReason }[];
  readonly receivedThrough: number;
  /** As in the state, afterwards. */
  readonly ahead: readonly number[];
  readonly missing: readonly SequenceRange[];
}

/** Plans the receipt of messages whose sequence numbers rise. */
export function planReceipt(state: ReceiptState, messages: readonly ReceivedMessage[]): ReceiptPlan {
  const known = new Set(state.ahead);
  const isKnown = (seq: number): boolean => seq <= state.receivedThrough || known.has(seq);
  const duplicates = messages.filter((message) => isKnown(message.seq)).map((message) => message.seq);
  const fresh = messages.filter((message) => !isKnown(message.seq));
  for (const message of fresh) known.add(message.seq);

  const heldSeqs = new Set(state.held.map((message) => message.seq));
  const order = [...state.held, ...fresh].sort((a, b) => a.seq - b.seq);
  const waiting = new Set<string>();
  const apply: ReceivedMessage[] = [];
  const hold: { message: ReceivedMessage; reason: HoldReason }[] = [];
  for (const message of order) {
    const { subject, seq } = message;
    const before = message.follows ? [message, message.follows] : [message];
    const parked = before.some((one) => state.parkedSubjects.has(one.subject));
    if (!parked && before.every((one) => !waiting.has(one.subject) && isKnown(one.previous))) {
      apply.push(message);
      continue;
    }
    waiting.add(subject);
    if (!heldSeqs.has(seq)) hold.push({ message, reason: parked ? 'behind-parked' : 'gap' });
  }
  return {
    duplicates,
    apply,
    released: apply.map((message) => message.seq).filter((seq) => heldSeqs.has(seq)),
    hold,
    ...advance(state.receivedThrough, known),
  };
}

/** Moves `receivedThrough` over what is known without a gap, and names the gaps that remain. */
function advance(
  receivedThrough: number,
  known: ReadonlySet<number>,
): Pick<ReceiptPlan, 'receivedThrough' | 'ahead' | 'missing'> {
  let through = receivedThrough;
  while (known.has(through + 1)) through++;
  const ahead = [...known].filter((seq) => seq > through).sort((a, b) => a - b);
  const missing: SequenceRange[] = [];
  let before = through;
  for (const seq of ahead) {
    if (seq > before + 1) missing.push([before + 1, seq - 1]);
    before = seq;
  }
  return { receivedThrough: through, ahead, missing };
}
