/**
 * Sending: the message is written in the transaction that makes the change, so that neither is there without the
 * other. It locks the counters of its links until the commit: it is called once a transaction, as the last statement.
 */
import type { Tx } from '@ishizue/db';
import { type AddressedMessage, type EncodedMessage, encodeMessage, type Message } from './message.ts';

/** A message on its way to the outbox. */
export interface EncodedAddressedMessage extends EncodedMessage {
  readonly link: string;
}

const MESSAGES_MAX = 200_000;

/** Checks the message's bounds (throws outside them) and makes its body text. */
export function encodeAddressed(message: AddressedMessage): EncodedAddressedMessage {
  return { ...encodeMessage(message), link: message.link };
}

/**
 * Sends messages on one link, in their order.
 * @throws where the link is not open, a message is out of bounds, or the transaction may not speak on the link
 *   (`link-sender-not-scope`): its scope is not the link's sender, or its system not one that sends there
 */
export function send(tx: Tx, link: string, messages: readonly Message[]): Promise<void> {
  return sendEncoded(
    tx,
    messages.map((message) => ({ ...encodeMessage(message), link })),
  );
}

/** Sends messages on several links: all links are locked in one order, so that senders never wait in a circle. */
export function sendAll(tx: Tx, messages: readonly AddressedMessage[]): Promise<void> {
  return sendEncoded(tx, messages.map(encodeAddressed));
}

/** For each message the second subject that it follows; null where none follows one. */
function followedBy(messages: readonly EncodedMessage[]): readonly (string | null)[] | null {
  return messages.some(({ follows }) => follows) ? messages.map(({ follows }) => follows ?? null) : null;
}

/** The one statement: messages as arrays, links named once. */
export async function sendEncoded(tx: Tx, messages: readonly EncodedAddressedMessage[]): Promise<void> {
  if (messages.length === 0) return;
  if (messages.length > MESSAGES_MAX)
    throw new Error(`more than ${MESSAGES_MAX} messages in one transaction`);
  const places = new Map<string, number>();
  const linkOf = messages.map(({ link }) => {
    const place = places.get(link) ?? places.size + 1;
    places.set(link, place);
    return place;
  });
  await tx`SELECT link.send(${[...places.keys()]}::text[], ${linkOf}::int[],
    ${messages.map((message) => message.subject)}::text[], ${messages.map((message) => message.topic)}::text[],
    ${messages.map((message) => message.body)}::text[], ${followedBy(messages)}::text[])`;
}
