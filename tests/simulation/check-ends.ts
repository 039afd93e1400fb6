/**
 * The checker: compares the two ends of every link after a simulation, by reading what both systems wrote down. It answers
 * sentences, one for each thing that is wrong, and knows nothing of how links work inside.
 */
import { createHash } from 'node:crypto';
import type { Sql } from '@ishizue/db';
import { idOf, type Numbered } from './simulated-system.ts';

/** The databases at the two ends of a link, as their superusers see them. */
export interface LinkEnds {
  readonly link: string;
  readonly sender: Sql;
  readonly receiver: Sql;
}

interface Sent extends Numbered {
  readonly follows: string | null;
  readonly followedN: number;
}

interface Applied extends Numbered {
  readonly seq: number;
}

/** What is wrong with a link once everything has come to rest. */
export async function violationsOf(
  ends: LinkEnds,
  isPoison: (message: Numbered) => boolean,
): Promise<readonly string[]> {
  const { link, sender, receiver } = ends;
  const sent = await sender<Sent[]>`
    SELECT link, subject, n, follows, followed_n AS "followedN" FROM simulated.sent WHERE link = ${link} ORDER BY place`;
  const applied = await receiver<Applied[]>`
    SELECT link, seq, subject, n FROM simulated.applied WHERE link = ${link} ORDER BY place`;
  const tickets = await ticketsOf(receiver, link);
  const dropped = new Set(
    [...tickets].flatMap(([seq, resolution]) => (resolution === 'dropped' ? [seq] : [])),
  );
  // sequence numbers follow the order in which the sender noted its messages
  const expected = sent.filter((_, index) => !dropped.has(index + 1));
  return [
    ...onceAndInOrder(applied),
    ...afterThoseTheyFollow(sent, applied),
    ...sameContent(link, expected, applied),
    ...ticketsForPoisonOnly(link, sent, tickets, isPoison),
    ...(await nothingLeft(ends, sent.length)),
  ];
}

/** Messages held although nothing before them is parked: wrong once all outboxes are empty. */
export async function heldWithoutTicket(sql: Sql): Promise<readonly string[]> {
  const rows = await sql<{ name: string; seq: number }[]>`
    WITH RECURSIVE waiting (link_id, subject) AS (
      SELECT link_id, subject FROM link.ticket WHERE closed_at IS NULL
      UNION
      SELECT h.link_id, h.subject FROM waiting w JOIN link.held h ON h.link_id = w.link_id AND h.follows = w.subject
    )
    SELECT l.name, h.seq FROM link.held h JOIN link.link l ON l.id = h.link_id
    WHERE NOT EXISTS (SELECT FROM waiting w WHERE w.link_id = h.link_id AND w.subject = h.subject)`;
  return rows.map(({ name, seq }) => `held behind nothing: ${name} ${seq}`);
}

async function ticketsOf(receiver: Sql, link: string): Promise<ReadonlyMap<number, string>> {
  const rows = await receiver<{ seq: number; resolution: string | null }[]>`
    SELECT t.seq, t.resolution FROM link.ticket t JOIN link.link l ON l.id = t.link_id WHERE l.name = ${link}`;
  return new Map(rows.map((row) => [row.seq, row.resolution ?? 'open']));
}

function onceAndInOrder(applied: readonly Applied[]): string[] {
  const wrong: string[] = [];
  const last = new Map<string, number>();
  const seen = new Set<string>();
  for (const message of applied) {
    if (seen.has(idOf(message))) wrong.push(`applied twice: ${idOf(message)}`);
    else if (message.n <= (last.get(message.subject) ?? 0)) wrong.push(`out of order: ${idOf(message)}`);
    seen.add(idOf(message));
    last.set(message.subject, Math.max(message.n, last.get(message.subject) ?? 0));
  }
  return wrong;
}

/** Of whom a message follows besides, everything sent before it was applied before it, if ever. */
function afterThoseTheyFollow(sent: readonly Sent[], applied: readonly Applied[]): string[] {
  const followed = new Map(sent.map((message) => [idOf(message), message]));
  const placeOf = new Map(applied.map((message, place) => [idOf(message), place]));
  return applied.flatMap((message, place) => {
    const { follows = null, followedN = 0 }: Partial<Sent> = followed.get(idOf(message)) ?? {};
    if (follows === null) return [];
    const before = Array.from({ length: followedN }, (_, index) => ({
      ...message,
      subject: follows,
      n: index + 1,
    }));
    return before.some((one) => (placeOf.get(idOf(one)) ?? -1) > place)
      ? [`before one that it follows: ${idOf(message)}`]
      : [];
  });
}

function digestOf(messages: readonly Numbered[]): string {
  return createHash('sha256').update(messages.map(idOf).sort().join('\n')).digest('hex');
}

function sameContent(link: string, expected: readonly Numbered[], applied: readonly Numbered[]): string[] {
  if (expected.length === applied.length && digestOf(expected) === digestOf(applied)) return [];
  const there = new Set(applied.map(idOf));
  const lost = expected
    .filter((message) => !there.has(idOf(message)))
    .map((message) => `lost: ${idOf(message)}`);
  return [`the ends of ${link} differ: ${expected.length} sent, ${applied.length} applied`, ...lost];
}

function ticketsForPoisonOnly(
  link: string,
  sent: readonly Numbered[],
  tickets: ReadonlyMap<number, string>,
  isPoison: (message: Numbered) => boolean,
): string[] {
  const wrong: string[] = [];
  sent.forEach((message, index) => {
    const resolution = tickets.get(index + 1);
    if (isPoison(message) && resolution === undefined)
      wrong.push(`poison without a ticket: ${idOf(message)}`);
    if (!isPoison(message) && resolution !== undefined)
      wrong.push(`a ticket without poison: ${idOf(message)}`);
    if (resolution === 'open') wrong.push(`a ticket is open: ${idOf(message)}`);
  });
  if (tickets.size > sent.length) wrong.push(`${link} has tickets of messages that were never sent`);
  return wrong;
}

async function nothingLeft({ link, sender, receiver }: LinkEnds, count: number): Promise<string[]> {
  const [out] = await sender<{ waiting: number; last: number; acked: number }[]>`
    SELECT (SELECT count(*) FROM link.outbox o WHERE o.link_id = l.id) AS waiting, c.last_seq AS last,
           b.acked_through AS acked
    FROM link.link l JOIN link.counter c ON c.link_id = l.id JOIN link.outbound b ON b.link_id = l.id
    WHERE l.name = ${link}`;
  const [into] = await receiver<{ held: number; ahead: number; through: number }[]>`
    SELECT (SELECT count(*) FROM link.held h WHERE h.link_id = l.id) AS held,
           (SELECT count(*) FROM link.ahead a WHERE a.link_id = l.id) AS ahead, i.received_through AS through
    FROM link.link l JOIN link.inbound i ON i.link_id = l.id WHERE l.name = ${link}`;
  const found = JSON.stringify({ ...out, ...into });
  const wanted = JSON.stringify({ waiting: 0, last: count, acked: count, held: 0, ahead: 0, through: count });
  return found === wanted ? [] : [`something is left on ${link}: ${found}, not ${wanted}`];
}
