/** A message that follows a second subject, from the outbox over real envelopes into the other end's tables. */
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { inTransaction } from '@ishizue/db';
import { envelopeOf, type HandMessage } from '../fixtures/envelopes.ts';
import { appliedOf, databaseWith, receiversOf, recorder } from '../fixtures/test-sites.ts';
import { readBatches } from './outbox.ts';
import { send } from './send.ts';

const LINK = 'town/1>centre:recorder';

const OLD: HandMessage = { seq: 1, subject: 'old', body: { refuse: 'no' } };
const CHANGE: HandMessage = { seq: 2, subject: 'new', follows: 'old', followedPrevious: 1, topic: 'rare' };
const NEW: HandMessage = { seq: 3, subject: 'new', previous: 2 };
const OTHER: HandMessage = { seq: 4, subject: 'other' };
const NEWER: HandMessage = { seq: 5, subject: 'newer', follows: 'new', followedPrevious: 3 };

async function stage(t: Parameters<typeof databaseWith>[0]) {
  const database = await databaseWith(t, [LINK]);
  let isPoison = true;
  const handler = recorder(() => isPoison);
  const receivers = receiversOf(database, ['centre'], { note: handler, rare: handler });
  const take = async (...messages: readonly HandMessage[]): Promise<void> => {
    assert.ok((await receivers.receive(await envelopeOf(LINK, messages))).ok);
  };
  const applied = async (): Promise<number[]> => (await appliedOf(database, LINK)).map(({ seq }) => seq);
  const held = async (): Promise<number[]> => {
    const rows = await database.pool('link')<{ seq: number }[]>`SELECT seq FROM link.held ORDER BY seq`;
    return rows.map(({ seq }) => seq);
  };
  const ticketOf = async (seq: number): Promise<number> => {
    const [row] = await database.pool('link')<{ id: number }[]>`
      SELECT id FROM link.ticket WHERE seq = ${seq} AND closed_at IS NULL`;
    assert.ok(row, `no ticket of ${seq}`);
    return row.id;
  };
  return { database, receivers, take, applied, held, ticketOf, cure: () => (isPoison = false) };
}

test('a message says which it follows, however the two are sent', async (t) => {
  const { database } = await stage(t);
  await inTransaction(database.pool('recorder'), { site: 'town/1' }, (tx) =>
    send(tx, LINK, [
      { subject: 'old', topic: 'note', body: 1 },
      { subject: 'new', topic: 'note', body: 2, follows: 'old' },
    ]),
  );
  const [link] = await database.pool('link')<{ id: number }[]>`SELECT id FROM link.link WHERE name = ${LINK}`;
  const batches = await readBatches(database.pool('link'), [{ linkId: link?.id ?? 0, after: 0, skip: '{}' }]);
  const [, second] = batches[0]?.messages ?? [];
  assert.deepEqual([second?.previous, second?.follows, second?.followedPrevious], [0, 'old', 1]);
  const tooLate = await readBatches(database.pool('link'), [
    { linkId: link?.id ?? 0, after: 1, skip: '{[1,1]}' },
  ]);
  assert.equal(tooLate[0]?.messages[0]?.followedPrevious, 1, 'the one before is on its way');
  await assert.rejects(
    inTransaction(database.pool('recorder'), { site: 'town/1' }, (tx) =>
      send(tx, LINK, [{ subject: 'old', topic: 'note', body: 1, follows: 'old' }]),
    ),
    /own subject/,
  );
});

test('a gap under the old subject holds the change and all behind it, over envelopes, until it is filled', async (t) => {
  const { take, applied, held, cure } = await stage(t);
  cure();
  await take(CHANGE);
  await take(NEW, OTHER);
  await take(NEWER);
  assert.deepEqual([await applied(), await held()], [[4], [2, 3, 5]]);
  await take(OLD);
  assert.deepEqual([await applied(), await held()], [[4, 1, 2, 3, 5], []]);
});

test('a ticket under the old subject holds the change and all behind it, until it is decided', async (t) => {
  for (const decide of ['retry', 'drop'] as const) {
    const { receivers, take, applied, held, ticketOf, cure } = await stage(t);
    await take(OLD, CHANGE, NEW, OTHER);
    await take(NEWER);
    assert.deepEqual([await applied(), await held()], [[4], [2, 3, 5]]);
    const ticket = await ticketOf(1);
    if (decide === 'retry') cure();
    const result =
      decide === 'retry' ? await receivers.retryTicket(ticket) : await receivers.dropTicket(ticket, 'wrong');
    assert.ok(result.ok);
    assert.deepEqual(
      [await applied(), await held()],
      [decide === 'retry' ? [4, 1, 2, 3, 5] : [4, 2, 3, 5], []],
    );
  }
});

test('a change that is refused has its ticket under the new subject, and the old one goes on', async (t) => {
  const { take, applied, held, ticketOf, receivers, cure } = await stage(t);
  await take({ ...OLD, body: null }, { ...CHANGE, body: { refuse: 'no' } }, NEW, OTHER, NEWER);
  await take({ seq: 6, subject: 'old', previous: 1 });
  assert.deepEqual(
    [await applied(), await held()],
    [
      [1, 4, 6],
      [3, 5],
    ],
  );
  cure();
  assert.ok((await receivers.retryTicket(await ticketOf(2))).ok);
  assert.deepEqual([await applied(), await held()], [[1, 4, 6, 2, 3, 5], []]);
});

test('of two subjects that are parked each waits for its own ticket', async (t) => {
  const { take, applied, held, ticketOf, receivers, cure } = await stage(t);
  await take(OLD, { ...OTHER, seq: 2, subject: 'new', body: { refuse: 'no' } });
  await take({ ...CHANGE, seq: 3, previous: 2 }, { ...NEW, seq: 4, previous: 3 });
  cure();
  assert.ok((await receivers.retryTicket(await ticketOf(1))).ok);
  assert.deepEqual([await applied(), await held()], [[1], [3, 4]]);
  assert.ok((await receivers.retryTicket(await ticketOf(2))).ok);
  assert.deepEqual([await applied(), await held()], [[1, 2, 3, 4], []]);
});

test('an envelope whose message follows itself, or one that is yet to come, is refused', async (t) => {
  const { receivers, applied } = await stage(t);
  for (const wrong of [
    { ...CHANGE, follows: 'new', followedPrevious: 0 },
    { ...CHANGE, followedPrevious: 2 },
  ]) {
    const answer = await receivers.receive(await envelopeOf(LINK, [wrong]));
    assert.equal(answer.ok || answer.failure.code, 'sequence-range');
  }
  assert.deepEqual(await applied(), []);
});
