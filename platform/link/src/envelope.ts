/**
 * The envelope: up to 500 messages of one link under one signature. It is read in the order in which it can be
 * trusted: sizes, header, signature (by the caller, who knows the key), digest, and only then the messages.
 */
import { fail, ok, type Result } from '@ishizue/outcome';
import { z } from 'zod';
import { formatLinkName, type LinkName, parseLinkName } from './link-name.ts';
import { type EncodedMessage, isSubject, isTooDeep, isTopic, type ReceivedMessage } from './message.ts';
import { type Signing, sha256Of } from './signature.ts';

/** What goes over the wire, as JSON. `header` and `body` are JSON texts, `signature` is base64. */
export interface Envelope {
  readonly header: string;
  readonly body: string;
  readonly signature: string;
}

/** A message as the outbox holds it: the body is JSON text. */
export interface OutboxMessage extends EncodedMessage {
  readonly seq: number;
  readonly previous: number;
  /** The message before it for the second subject, where it follows one. */
  readonly followedPrevious?: number | null;
}

export type EnvelopeCode = 'envelope-malformed' | 'too-large' | 'digest-mismatch' | 'sequence-range';

export const ENVELOPE_MESSAGES_MAX = 500;
export const ENVELOPE_BODY_BYTES_MAX = 4 * 1024 * 1024;
/** An envelope's length as JSON at most: the body's quotes and backslashes are escaped once more. */
export const ENVELOPE_WIRE_BYTES_MAX = 2 * ENVELOPE_BODY_BYTES_MAX + 16 * 1024;
const HEADER_LENGTH_MAX = 4096;
const SIGNATURE_LENGTH = 88; // 64 bytes in base64

const sequence = z.int().min(1);

const envelopeShape = z.strictObject({ header: z.string(), body: z.string(), signature: z.base64() });

const headerShape = z.strictObject({
  v: z.literal(1),
  kind: z.literal('envelope'),
  link: z.string(),
  from: z.string(),
  first: sequence,
  last: sequence,
  sha256: z.string().regex(/^[0-9a-f]{64}$/),
  keyId: z.string().regex(/^[0-9a-f]{16}$/),
});

/** What an envelope's header says; `sha256` is of the body's text. */
export type EnvelopeHeader = Readonly<z.infer<typeof headerShape>>;

const messagesShape = z.array(
  z.strictObject({
    seq: sequence,
    previous: z.int().min(0),
    subject: z.string().refine(isSubject),
    follows: z
      .strictObject({ subject: z.string().refine(isSubject), previous: z.int().min(0) })
      .exactOptional(),
    topic: z.string().refine(isTopic),
    body: z.unknown().refine((value) => value !== undefined && !isTooDeep(value)),
  }),
);

/** An envelope of well-formed header; nothing in it is trusted yet. */
export interface ReadEnvelope {
  readonly envelope: Envelope;
  readonly header: EnvelopeHeader;
  readonly link: LinkName;
}

/** JSON text as a value, undefined where it is not JSON. */
export function parseJson(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}

/** Reads sizes and header. */
export function readEnvelope(input: unknown): Result<ReadEnvelope, EnvelopeCode> {
  const parsed = envelopeShape.safeParse(input);
  if (!parsed.success) return fail('envelope-malformed', 'not header, body and signature');
  const envelope = parsed.data;
  if (envelope.header.length > HEADER_LENGTH_MAX || envelope.signature.length !== SIGNATURE_LENGTH)
    return fail('envelope-malformed', 'header or signature of a wrong length');
  if (Buffer.byteLength(envelope.body) > ENVELOPE_BODY_BYTES_MAX)
    return fail('too-large', 'the body is larger than 4 MiB');
  const header = headerShape.safeParse(parseJson(envelope.header));
  if (!header.success) return fail('envelope-malformed', 'the header is not of version 1');
  const link = parseLinkName(header.data.link);
  if (!link.ok) return fail('envelope-malformed', link.failure.detail);
  if (link.value.from !== header.data.from) return fail('envelope-malformed', 'not from the link’s site');
  return ok({ envelope, header: header.data, link: link.value });
}

/** Reads the messages of an envelope whose signature has been found right. */
export function readMessages(read: ReadEnvelope): Result<readonly ReceivedMessage[], EnvelopeCode> {
  const { envelope, header } = read;
  if (sha256Of(envelope.body) !== header.sha256)
    return fail('digest-mismatch', 'the body is not the one whose digest was signed');
  const values = parseJson(envelope.body);
  if (Array.isArray(values) && values.length > ENVELOPE_MESSAGES_MAX)
    return fail('too-large', 'more than 500 messages');
  const parsed = messagesShape.safeParse(values);
  if (!parsed.success) return fail('envelope-malformed', 'a message is malformed');
  if (!isInSequence(parsed.data, header))
    return fail('sequence-range', 'sequence numbers do not rise from first to last');
  return ok(parsed.data);
}

function isInSequence(messages: readonly ReceivedMessage[], header: EnvelopeHeader): boolean {
  if (messages[0]?.seq !== header.first || messages.at(-1)?.seq !== header.last) return false;
  let before = 0;
  for (const message of messages) {
    if (message.seq <= before || message.previous >= message.seq) return false;
    if (
      message.follows &&
      (message.follows.previous >= message.seq || message.follows.subject === message.subject)
    )
      return false;
    before = message.seq;
  }
  return true;
}

/** Makes and signs the envelope of messages that stand in order and within the bounds. */
export async function sealEnvelope(
  signing: Signing,
  link: LinkName,
  keyId: string,
  messages: readonly OutboxMessage[],
): Promise<Envelope> {
  const body = `[${messages.map(wireTextOf).join(',')}]`;
  const header: EnvelopeHeader = {
    v: 1,
    kind: 'envelope',
    link: formatLinkName(link),
    from: link.from,
    first: messages[0]?.seq ?? 0,
    last: messages.at(-1)?.seq ?? 0,
    sha256: sha256Of(body),
    keyId,
  };
  const text = JSON.stringify(header);
  const signature = await signing.signEnvelope(link.from, text, keyId);
  return { header: text, body, signature: signature.toString('base64') };
}

/** The body's text goes in as it is: it was made by JSON.stringify, and parsing it again would cost the most. */
function wireTextOf(message: OutboxMessage): string {
  const { seq, previous, subject, topic, body, follows, followedPrevious } = message;
  const second = follows
    ? `"follows":${JSON.stringify({ subject: follows, previous: followedPrevious ?? 0 })},`
    : '';
  return `{"seq":${seq},"previous":${previous},"subject":${JSON.stringify(subject)},${second}"topic":${JSON.stringify(topic)},"body":${body}}`;
}
