/**
 * The state of every link of a database, for the network watch: what waits at the sending end and since when, what the
 * receiving end holds and has parked. One statement; its cost grows with the links, not with the messages that wait.
 */
import type { Sql } from '@ishizue/db';

export interface LinkState {
  readonly link: string;
  /** Messages sent and not acknowledged (an upper bound while some beyond a gap are acknowledged). */
  readonly unacknowledged: number;
  /** Seconds since the oldest of them was sent, by the database's clock; null where none waits. */
  readonly oldest_s: number | null;
  readonly lastAckAt: Date | null;
  readonly lastAttemptAt: Date | null;
  /** Failed attempts since the last acknowledgement. */
  readonly attempts: number;
  readonly lastErrorCode: string | null;
  readonly receivedThrough: number;
  readonly lastReceivedAt: Date | null;
  /** Messages held behind a gap or a parked message. */
  readonly held: number;
  /** Seconds since the oldest of those behind a gap is held; null where none is. */
  readonly heldByGap_s: number | null;
  /** Open tickets. */
  readonly parked: number;
}

/** All links by name. @param sql the pool of `ishizue_link` */
export async function linkStates(sql: Sql): Promise<readonly LinkState[]> {
  return sql<LinkState[]>`
    SELECT l.name AS link, c.last_seq - o.acked_through AS unacknowledged,
           extract(epoch FROM now() - oldest.created_at)::float8 AS oldest_s,
           o.last_ack_at AS "lastAckAt", o.last_attempt_at AS "lastAttemptAt", o.attempts,
           o.last_error_code AS "lastErrorCode", i.received_through AS "receivedThrough",
           i.last_received_at AS "lastReceivedAt", coalesce(h.held, 0) AS held,
           extract(epoch FROM now() - h.gap_since)::float8 AS "heldByGap_s", coalesce(t.parked, 0) AS parked
    FROM link.link l
    JOIN link.counter c ON c.link_id = l.id
    JOIN link.outbound o ON o.link_id = l.id
    JOIN link.inbound i ON i.link_id = l.id
    LEFT JOIN LATERAL (
      SELECT x.created_at FROM link.outbox x WHERE x.link_id = l.id AND c.last_seq > o.acked_through
      ORDER BY x.seq LIMIT 1
    ) oldest ON true
    LEFT JOIN (
      SELECT link_id, count(*) AS held, min(held_since) FILTER (WHERE reason = 'gap') AS gap_since
      FROM link.held GROUP BY link_id
    ) h ON h.link_id = l.id
    LEFT JOIN (
      SELECT link_id, count(*) AS parked FROM link.ticket WHERE closed_at IS NULL GROUP BY link_id
    ) t ON t.link_id = l.id
    ORDER BY l.name`;
}

/** An open ticket, without the message's body. */
export interface OpenTicket {
  readonly id: number;
  readonly link: string;
  readonly seq: number;
  readonly subject: string;
  readonly topic: string;
  readonly code: string;
  readonly detail: string;
  readonly openedAt: Date;
  /** Messages held behind it. */
  readonly behind: number;
}

/** Open tickets, oldest first. @param limit at the most */
export async function openTickets(sql: Sql, limit: number): Promise<readonly OpenTicket[]> {
  return sql<OpenTicket[]>`
    SELECT t.id, l.name AS link, t.seq, t.subject, t.topic, t.code, t.detail, t.opened_at AS "openedAt",
           (SELECT count(*) FROM link.held h WHERE h.link_id = t.link_id AND h.subject = t.subject) AS behind
    FROM link.ticket t JOIN link.link l ON l.id = t.link_id
    WHERE t.closed_at IS NULL ORDER BY t.id LIMIT ${limit}`;
}
