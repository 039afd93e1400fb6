import assert from 'node:assert/strict';
import { test } from 'node:test';
import type { Database } from '@ishizue/db';
import { envelopeOf, type HandMessage } from '../fixtures/envelopes.ts';
import { appliedOf, databaseWith, receiversOf, recorder } from '../fixtures/test-sites.ts';
import { linkStates, openTickets, type Receivers } from './index.ts';

const LINK = 'town/1>centre:recorder';

/** Six messages of subject a, of which the second and the fourth are poison, and one of b. */
const MESSAGES: readonly HandMessage[] = [
  { seq: 1, subject: 'a' },
  { seq: 2, subject: 'a', previous: 1, body: { refuse: 'no-such-person' } },
  { seq: 3, subject: 'b' },
  { seq: 4, subject: 'a', previous: 2, body: { throw: true } },
  { seq: 5, subject: 'a', previous: 4 },
  { seq: 6, subject: 'a', previous: 5 },
];

interface Stage {
  readonly database: Database;
  readonly receivers: Receivers;
  readonly cure: () => void;
  readonly ticketOf: (seq: number) => Promise<number>;
  readonly applied: () => Promise<readonly number[]>;
}

async function stage(t: Parameters<typeof databaseWith>[0], messages = MESSAGES): Promise<Stage> {
  const database = await databaseWith(t, [LINK]);
  let isPoison = true;
  const receivers = receiversOf(database, ['centre'], { note: recorder(() => isPoison) });
  const result = await receivers.receive(await envelopeOf(LINK, messages));
  assert.ok(result.ok);
  return {
    database,
    receivers,
    cure: () => {
      isPoison = false;
    },
    ticketOf: async (seq) => {
      const tickets = await openTickets(database.pool('link'), 10);
      return tickets.find((ticket) => ticket.seq === seq)?.id ?? 0;
    },
    applied: async () => (await appliedOf(database, LINK)).map(({ seq }) => seq),
  };
}

test('a ticket tells what is parked and what waits behind it, without the message', async (t) => {
  const { database } = await stage(t);
  const [ticket, ...others] = await openTickets(database.pool('link'), 10);
  assert.deepEqual(others, []);
  assert.ok(ticket?.openedAt instanceof Date);
  const { id, openedAt, ...rest } = ticket;
  assert.ok(id > 0 && openedAt.getTime() > 0);
  assert.deepEqual(rest, {
    link: LINK,
    seq: 2,
    subject: 'a',
    topic: 'note',
    code: 'no-such-person',
    detail: 'as asked',
    behind: 3,
  });
  const [state] = await linkStates(database.pool('link'));
  assert.deepEqual([state?.held, state?.parked, state?.receivedThrough], [3, 1, 6]);
});

test('retrying after the cure applies the message and what was held behind it, in order and once', async (t) => {
  const { database, receivers, cure, ticketOf, applied } = await stage(t);
  const ticket = await ticketOf(2);
  cure();
  const both = await Promise.all([receivers.retryTicket(ticket), receivers.retryTicket(ticket)]);
  const outcomes = both.map((result) => (result.ok ? result.value.applied : result.failure.code));
  assert.deepEqual(new Set<unknown>(outcomes), new Set<unknown>([4, 'ticket-closed']));
  assert.deepEqual(await applied(), [1, 3, 2, 4, 5, 6]);
  const [row] = await database.pool('link')`SELECT body, resolution FROM link.ticket`;
  assert.deepEqual({ ...row }, { body: null, resolution: 'applied' });
  assert.equal((await database.pool('link')`SELECT 1 FROM link.held`).count, 0);
});

test('retrying without a cure keeps the ticket and changes nothing else', async (t) => {
  const { receivers, ticketOf, applied } = await stage(t);
  const ticket = await ticketOf(2);
  const result = await receivers.retryTicket(ticket);
  assert.equal(result.ok || result.failure.code, 'ticket-refused-again');
  assert.equal(await ticketOf(2), ticket);
  assert.deepEqual(await applied(), [1, 3]);
});

test('dropping leaves the message out; the next poison behind it gets a ticket of its own', async (t) => {
  const { database, receivers, cure, ticketOf, applied } = await stage(t);
  const first = await ticketOf(2);
  assert.throws(() => receivers.dropTicket(first, ' '));
  const dropped = await receivers.dropTicket(first, 'entered twice');
  assert.deepEqual(dropped.ok && dropped.value, { applied: 0, parked: 1, hasSent: false });
  assert.deepEqual(await applied(), [1, 3]);
  const [row] = await database.pool('link')`SELECT body, closed_reason FROM link.ticket WHERE id = ${first}`;
  assert.deepEqual({ ...row }, { body: '{"refuse":"no-such-person"}', closed_reason: 'entered twice' });
  cure();
  const retried = await receivers.retryTicket(await ticketOf(4));
  assert.equal(retried.ok && retried.value.applied, 3);
  assert.deepEqual(await applied(), [1, 3, 4, 5, 6]);
});

test('what is held behind a gap stays held when the ticket before it closes', async (t) => {
  const messages = MESSAGES.filter(({ seq }) => seq !== 4);
  const { database, receivers, cure, ticketOf, applied } = await stage(t, messages);
  cure();
  const result = await receivers.retryTicket(await ticketOf(2));
  assert.equal(result.ok && result.value.applied, 1);
  assert.deepEqual(await applied(), [1, 3, 2]);
  const held = await database.pool('link')`SELECT seq, reason FROM link.held ORDER BY seq`;
  assert.deepEqual(
    held.map((row) => [row['seq'], row['reason']]),
    [
      [5, 'gap'],
      [6, 'gap'],
    ],
  );
  await receivers.receive(await envelopeOf(LINK, [{ seq: 4, subject: 'a', previous: 2 }]));
  assert.deepEqual(await applied(), [1, 3, 2, 4, 5, 6]);
});

test('a ticket is unknown where its system is not served', async (t) => {
  const { database, receivers, ticketOf } = await stage(t);
  const codeOf = async (result: ReturnType<Receivers['retryTicket']>): Promise<unknown> => {
    const outcome = await result;
    return outcome.ok || outcome.failure.code;
  };
  assert.equal(await codeOf(receivers.retryTicket(999)), 'ticket-unknown');
  assert.equal(
    await codeOf(receiversOf(database, ['town/1']).retryTicket(await ticketOf(2))),
    'ticket-unknown',
  );
});

test('tickets of chosen codes are retried together; what still fails keeps its ticket, and others are left alone', async (t) => {
  const { database, receivers, cure, applied } = await stage(t, [
    ...MESSAGES,
    { seq: 7, subject: 'c', body: { refuse: 'not-yet' } },
    { seq: 8, subject: 'd', body: { refuse: 'not-yet' } },
  ]);
  assert.deepEqual(await receivers.retryWaiting(['not-yet']), { applied: 0, last: 0 });
  assert.equal((await openTickets(database.pool('link'), 10)).length, 3);
  cure();
  assert.deepEqual(await receivers.retryWaiting([]), { applied: 0, last: 0 });
  assert.deepEqual(await receivers.retryWaiting(['not-yet']), { applied: 2, last: 0 });
  assert.deepEqual(
    (await openTickets(database.pool('link'), 10)).map(({ code }) => code),
    ['no-such-person'],
  );
  assert.deepEqual(await applied(), [1, 3, 7, 8]);
});
