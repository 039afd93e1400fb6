/**
 * A message and its bounds. Both ends use the same bounds: what `send` takes, every receiver must be able to read, or
 * the link would stand still on a message that is refused for ever.
 */

/** What a system sends: `subject` is whom it concerns (as the systems' key), `topic` chooses the handler. */
export interface Message {
  readonly subject: string;
  readonly topic: string;
  /** Any JSON value of at most 1 MiB. */
  readonly body: unknown;
  /** Another subject whose earlier messages are to be applied first: the same person's former key. */
  readonly follows?: string;
}

/** A message with the name of the link that it goes by. */
export interface AddressedMessage extends Message {
  /** `from>to:system`. */
  readonly link: string;
}

/** A message as the receiver's handler gets it; `body` is parsed JSON that the handler checks. */
export interface ReceivedMessage extends Omit<Message, 'follows'> {
  readonly seq: number;
  /** The message before it for the same subject among those unacknowledged when it was sent; 0 if none. */
  readonly previous: number;
  readonly follows?: Followed;
}

/** A second subject that a message follows, and the message before it for that one, as `previous`. */
export interface Followed {
  readonly subject: string;
  readonly previous: number;
}

/** A message whose body is JSON text. */
export interface EncodedMessage {
  readonly subject: string;
  readonly topic: string;
  readonly body: string;
  /** The second subject; absent or null where there is none. */
  readonly follows?: string | null;
}

export const BODY_BYTES_MAX = 1024 * 1024;
const BODY_DEPTH_MAX = 64;
const SUBJECT_LENGTH_MAX = 200;
const TOPIC_LENGTH_MAX = 100;
const TOPIC = /^[a-z][a-z0-9]*(?:[.-][a-z0-9]+)*$/;
const CONTROL = /\p{Cc}/u;

/** Whether the text may name a subject: 1 to 200 characters, none of them a control character. */
export function isSubject(text: string): boolean {
  return text.length > 0 && text.length <= SUBJECT_LENGTH_MAX && !CONTROL.test(text) && text.isWellFormed();
}

/** Whether the text may name a topic: lower-case words joined by `-` or `.`, at most 100 characters. */
export function isTopic(text: string): boolean {
  return text.length <= TOPIC_LENGTH_MAX && TOPIC.test(text);
}

/** Whether arrays and objects lie deeper in each other than a message allows. */
export function isTooDeep(value: unknown, depthMax: number = BODY_DEPTH_MAX): boolean {
  if (typeof value !== 'object' || value === null) return false;
  if (depthMax === 0) return true;
  for (const member of Array.isArray(value) ? value : Object.values(value))
    if (isTooDeep(member, depthMax - 1)) return true;
  return false;
}

/** The message with its body as JSON text. A message outside the bounds is a fault of the sending system: throws. */
export function encodeMessage(message: Message): EncodedMessage {
  const { subject, topic, follows = null } = message;
  if (!isSubject(subject) || (follows !== null && !isSubject(follows)))
    throw new Error('not a subject: 1 to 200 characters without control characters');
  if (follows === subject) throw new Error('a message follows its own subject anyway');
  if (!isTopic(topic)) throw new Error(`not a topic: ${topic}`);
  const body: string | undefined = JSON.stringify(message.body);
  if (body === undefined) throw new Error(`a message of ${topic} has a body that is not JSON`);
  if (Buffer.byteLength(body) > BODY_BYTES_MAX) throw new Error(`a message of ${topic} is larger than 1 MiB`);
  if (isTooDeep(JSON.parse(body))) throw new Error(`a message of ${topic} is nested too deep`);
  return { subject, topic, body, ...(follows !== null && { follows }) };
}
