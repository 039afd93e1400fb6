/**
 * Faults that a link must not have, planted between its parts, so that the checker is seen to find them. Nothing in the
 * product has a switch for them: they tamper with the database and the wire.
 */
import { createHash } from 'node:crypto';
import type { Sql } from '@ishizue/db';
import type { Acknowledgement, Envelope, Signing } from '@ishizue/link';

export type PlantedFault =
  | 'forgets-duplicates' // a receiver that applies again what it has
  | 'deletes-before-acknowledgement' // a sender that takes an envelope sent for an envelope received
  | 'names-no-predecessor' // a sender that does not say what a gap concerns
  | 'forgets-second-subjects' // a sender that does not say whom a message follows besides
  | 'swallows-poison'; // a handler that says it has applied what it has not

interface EnvelopeHeader {
  readonly link: string;
  readonly from: string;
  readonly first: number;
  readonly last: number;
}

const headerOf = (envelope: Envelope): EnvelopeHeader => JSON.parse(envelope.header) as EnvelopeHeader;
const sha256 = (text: string): string => createHash('sha256').update(text).digest('hex');

/** Deletes from the outbox what is only about to be sent. */
export async function deleteBeforeAcknowledgement(sql: Sql, envelope: Envelope): Promise<void> {
  const { link, first, last } = headerOf(envelope);
  await sql`
    DELETE FROM link.outbox o USING link.link l
    WHERE l.name = ${link} AND o.link_id = l.id AND o.seq BETWEEN ${first} AND ${last}`;
}

/** Receives as a receiver that does not remember the envelope's messages. */
export async function receiveForgetfully<T>(
  sql: Sql,
  envelope: Envelope,
  receive: () => Promise<T>,
): Promise<T> {
  const { link, first, last } = headerOf(envelope);
  const [before] = await sql<{ id: number; through: number }[]>`
    SELECT id, received_through AS through FROM link.link JOIN link.inbound ON link_id = id WHERE name = ${link}`;
  if (!before || before.through < first) return receive();
  const { id, through } = before;
  await sql`UPDATE link.inbound SET received_through = ${first - 1} WHERE link_id = ${id}`;
  await sql`INSERT INTO link.ahead SELECT ${id}, generate_series(${last + 1}::bigint, ${through}::bigint)`;
  const result = await receive();
  await sql`UPDATE link.inbound SET received_through = greatest(received_through, ${through}) WHERE link_id = ${id}`;
  await sql`DELETE FROM link.ahead WHERE link_id = ${id} AND seq <= ${through}`;
  return result;
}

/** The envelope as a sender would make it that names no predecessors. */
export function withoutPredecessors(signing: Signing, envelope: Envelope): Promise<Envelope> {
  return resealed(signing, envelope, (message) => ({ ...message, previous: 0 }));
}

/** The envelope as a sender would make it that knows of no second subjects. */
export function withoutSecondSubjects(signing: Signing, envelope: Envelope): Promise<Envelope> {
  return resealed(signing, envelope, ({ follows: _forgotten, ...message }) => message);
}

type WireMessage = Readonly<Record<string, unknown>>;

async function resealed(
  signing: Signing,
  envelope: Envelope,
  spoil: (message: WireMessage) => WireMessage,
): Promise<Envelope> {
  const messages = JSON.parse(envelope.body) as readonly WireMessage[];
  const body = JSON.stringify(messages.map(spoil));
  const header = { ...headerOf(envelope), sha256: sha256(body) };
  const text = JSON.stringify(header);
  const signature = await signing.signEnvelope(header.from, text, '');
  return { header: text, body, signature: signature.toString('base64') };
}

/** The answer to a changed envelope as if it answered the one that the dispatcher knows. */
export async function answering(
  signing: Signing,
  envelope: Envelope,
  answer: Acknowledgement,
): Promise<Acknowledgement> {
  const header = {
    ...(JSON.parse(answer.header) as { from: string }),
    envelopeSha256: sha256(envelope.header),
  };
  const text = JSON.stringify(header);
  const signature = await signing.signAcknowledgement(header.from, text, '');
  return { header: text, signature: signature.toString('base64') };
}
