/**
 * What the dispatcher reads and writes, each in one statement for all links of a round. All as `ishizue_link`.
 */
import type { Sql } from '@ishizue/db';
import { ENVELOPE_BODY_BYTES_MAX, ENVELOPE_MESSAGES_MAX, type OutboxMessage } from './envelope.ts';
import type { LinkName } from './link-name.ts';
import { keyIdOf } from './signature.ts';

/** A link that is sent on. */
export interface SendingLink {
  readonly id: number;
  readonly name: LinkName;
}

/** How far beyond what is acknowledged a sender goes: half of what a receiver takes beyond a gap. */
const SEQUENCES_UNACKNOWLEDGED_MAX = 5000;
/** A message's share of an envelope besides its texts: field names, numbers, quotes. */
const MESSAGE_OVERHEAD_BYTES = 100;

/**
 * The links from the sites that have sent what is not acknowledged. From the links' own rows: the outbox is filled and
 * emptied all day, and its index is full of entries that no vacuum has taken yet.
 */
export async function findBusyLinks(sql: Sql, sites: readonly string[]): Promise<readonly number[]> {
  const rows = await sql<{ id: number }[]>`
    SELECT l.id FROM link.counter c JOIN link.outbound o USING (link_id) JOIN link.link l ON l.id = c.link_id
    WHERE c.last_seq > o.acked_through AND l.from_site = ANY (${sites}::text[])`;
  return rows.map((row) => row.id);
}

/** Names of links. */
export async function loadSendingLinks(sql: Sql, ids: readonly number[]): Promise<readonly SendingLink[]> {
  if (ids.length === 0) return [];
  const rows = await sql<(LinkName & { id: number })[]>`
    SELECT l.id, l.from_site AS "from", l.to_site AS "to", l.system
    FROM link.link l WHERE l.id = ANY (${ids}::int[])`;
  return rows.map((row) => ({ id: row.id, name: { from: row.from, to: row.to, system: row.system } }));
}

/** From where to read a link's messages; `skip` is what is on its way, as an int8multirange. */
export interface ReadOrder {
  readonly linkId: number;
  readonly after: number;
  readonly skip: string;
}

/** What one envelope of a link is to carry. */
export interface Batch {
  readonly linkId: number;
  readonly ackedThrough: number;
  readonly lastSeq: number;
  /** The key with which the sender signs now: another one takes effect with the next envelope. */
  readonly senderKeyId: string;
  readonly messages: readonly OutboxMessage[];
}

interface BatchRow extends OutboxMessage {
  readonly link_id: number;
  readonly acked_through: number;
  readonly last_seq: number;
  readonly sender_key: Buffer;
}

/** Reads for each link what fits one envelope. Links without a message to send are left out. */
export async function readBatches(sql: Sql, orders: readonly ReadOrder[]): Promise<readonly Batch[]> {
  if (orders.length === 0) return [];
  const rows = await sql<BatchRow[]>`
    SELECT r.link_id, ob.acked_through, c.last_seq, s.public_key AS sender_key, m.seq, m.previous, m.subject, m.topic,
      m.body, m.follows, m.followed_previous AS "followedPrevious"
    FROM unnest(${orders.map((order) => order.linkId)}::int[], ${orders.map((order) => order.after)}::bigint[],
                ${orders.map((order) => order.skip)}::text[]) AS r (link_id, after, skip)
    JOIN link.outbound ob USING (link_id)
    JOIN link.counter c USING (link_id)
    JOIN link.link l ON l.id = r.link_id
    JOIN link.site s ON s.site = l.from_site
    CROSS JOIN LATERAL (
      SELECT w.seq, w.subject, w.topic, w.body, w.follows,
             CASE WHEN w.follows IS NOT NULL THEN coalesce((SELECT max(p.seq) FROM link.outbox p
               WHERE p.link_id = r.link_id AND p.subject = w.follows AND p.seq < w.seq), 0) END AS followed_previous,
             -- what is on its way is left out here, and may hold the predecessor
             coalesce(CASE WHEN r.skip = '{}' THEN w.previous_here END, (SELECT max(p.seq) FROM link.outbox p
               WHERE p.link_id = r.link_id AND p.subject = w.subject AND p.seq < w.seq), 0) AS previous
      FROM (
        SELECT n.*, lag(n.seq) OVER (PARTITION BY n.subject ORDER BY n.seq) AS previous_here,
               sum(octet_length(n.body) + 6 * octet_length(n.subject) + octet_length(n.topic)
                   + 6 * coalesce(octet_length(n.follows), 0) + ${MESSAGE_OVERHEAD_BYTES}) OVER (ORDER BY n.seq) AS bytes
        FROM (
          SELECT o.seq, o.subject, o.topic, o.body, o.follows FROM link.outbox o
          WHERE o.link_id = r.link_id AND o.seq > r.after
            AND o.seq <= ob.acked_through + ${SEQUENCES_UNACKNOWLEDGED_MAX} AND NOT o.seq <@ r.skip::int8multirange
          ORDER BY o.seq LIMIT ${ENVELOPE_MESSAGES_MAX}
        ) n
      ) w
      WHERE w.bytes <= ${ENVELOPE_BODY_BYTES_MAX}
    ) m
    ORDER BY r.link_id, m.seq`;
  return batchesOf(rows);
}

function batchesOf(rows: readonly BatchRow[]): readonly Batch[] {
  const messagesOf = new Map<number, OutboxMessage[]>();
  const batches: Batch[] = [];
  for (const row of rows) {
    let messages = messagesOf.get(row.link_id);
    if (!messages) {
      messages = [];
      messagesOf.set(row.link_id, messages);
      batches.push({
        linkId: row.link_id,
        ackedThrough: row.acked_through,
        lastSeq: row.last_seq,
        senderKeyId: keyIdOf(row.sender_key),
        messages,
      });
    }
    messages.push(row);
  }
  return batches;
}

/** What an acknowledgement lets the sender delete: all up to `through`, and single messages beyond. */
export interface Acknowledged {
  readonly linkId: number;
  readonly through: number;
  readonly beyond: readonly number[];
}

/** Deletes what is acknowledged; answers the links whose receivers do not claim more than was sent. */
export async function recordAcknowledged(
  sql: Sql,
  acknowledged: readonly Acknowledged[],
): Promise<ReadonlySet<number>> {
  if (acknowledged.length === 0) return new Set();
  const beyond = acknowledged.flatMap(({ linkId, beyond: seqs }) => seqs.map((seq) => ({ linkId, seq })));
  const rows = await sql<{ link_id: number }[]>`
    SELECT link_id FROM link.acknowledge(
      ${acknowledged.map((one) => one.linkId)}::int[], ${acknowledged.map((one) => one.through)}::bigint[],
      ${beyond.map((one) => one.linkId)}::int[], ${beyond.map((one) => one.seq)}::bigint[]) AS link_id`;
  return new Set(rows.map((row) => row.link_id));
}

/** Notes a failed attempt, for the network watch. */
export async function recordFailures(
  sql: Sql,
  failures: readonly { readonly linkId: number; readonly code: string }[],
): Promise<void> {
  if (failures.length === 0) return;
  await sql`
    UPDATE link.outbound o SET attempts = o.attempts + 1, last_attempt_at = now(), last_error_code = f.code
    FROM unnest(${failures.map((failure) => failure.linkId)}::int[],
                ${failures.map((failure) => failure.code)}::text[]) AS f (link_id, code)
    WHERE o.link_id = f.link_id`;
}
