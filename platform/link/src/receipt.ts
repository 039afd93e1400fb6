/**
 * The receipt of an envelope: one transaction under the receiving system's role that locks the link's end, drops
 * duplicates, holds what follows a gap or a parked message for the same subject, applies the rest, and records it all.
 */
import type { Clock } from '@ishizue/clock';
import { inTransaction } from '@ishizue/db';
import { fail, ok, type Result } from '@ishizue/outcome';
import type { Receipt } from './acknowledgement.ts';
import { applyMessages } from './apply-messages.ts';
import type { Registration } from './handler.ts';
import { beginReceipt, endReceipt } from './inbox.ts';
import type { LinkName } from './link-name.ts';
import type { ReceivedMessage } from './message.ts';
import { planReceipt } from './plan-receipt.ts';
import { sendEncoded } from './send.ts';
import { keyIdOf } from './signature.ts';

/** How far beyond the first gap a receiver stores messages; senders keep well below it. */
const SEQUENCES_AHEAD_MAX = 10_000;

export interface ReceiptOrder {
  readonly registration: Registration;
  readonly link: LinkName;
  readonly linkId: number;
  /** The raw key under which the signature was found right. */
  readonly senderKey: Uint8Array;
  readonly clock: Clock;
  readonly messages: readonly ReceivedMessage[];
}

/** What the link's end has after the commit, and whether handlers sent messages on. */
export interface ReceiptOutcome {
  readonly receipt: Receipt;
  /** The key with which the receiving site signs now. */
  readonly receiverKeyId: string;
  readonly hasSent: boolean;
}

/** Takes the messages. Rejects with a transient error where the whole receipt is to be tried again. */
export function receiveMessages(
  order: ReceiptOrder,
): Promise<Result<ReceiptOutcome, 'sequence-range' | 'key-unknown'>> {
  const { registration, link, linkId, clock, messages } = order;
  return inTransaction(registration.pool, { site: link.to }, async (tx) => {
    const subjects = [
      ...new Set(
        messages.flatMap(({ subject, follows }) => (follows ? [subject, follows.subject] : [subject])),
      ),
    ];
    const { senderKeys, receiverKey, state } = await beginReceipt(tx, linkId, subjects, clock.now());
    if (!senderKeys.some((key) => key.equals(order.senderKey)))
      return fail('key-unknown', `the key of ${link.from} is not accepted now`);
    if ((messages.at(-1)?.seq ?? 0) > state.receivedThrough + SEQUENCES_AHEAD_MAX)
      return fail('sequence-range', 'too far beyond what has been received');
    const plan = planReceipt(state, messages);
    const done = await applyMessages(tx, { topics: registration.topics, link, clock }, plan.apply);

    const behind = done.behind.map((message) => ({ message, reason: 'behind-parked' as const }));
    const stillHeld = new Set(done.behind.map((message) => message.seq));
    const before = new Set(state.ahead);
    await endReceipt(
      tx,
      linkId,
      plan.receivedThrough,
      plan.ahead.filter((seq) => !before.has(seq)),
      {
        released: plan.released.filter((seq) => !stillHeld.has(seq)),
        hold: [...plan.hold, ...behind],
        parked: done.parked,
      },
    );
    await sendEncoded(tx, done.outgoing);
    const parked = done.parked.map(({ message }) => message.seq);
    return ok({
      receipt: { receivedThrough: plan.receivedThrough, missing: plan.missing, parked },
      receiverKeyId: keyIdOf(receiverKey),
      hasSent: done.outgoing.length > 0,
    });
  });
}
