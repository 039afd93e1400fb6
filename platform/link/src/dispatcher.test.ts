import assert from 'node:assert/strict';
import { test } from 'node:test';
import { setTimeout as sleep } from 'node:timers/promises';
import { inTransaction } from '@ishizue/db';
import { dispatcherOf, LINK, sendNotes, stateOf } from '../fixtures/dispatching.ts';
import { linkNameOf } from '../fixtures/envelopes.ts';
import { appliedOf, databaseWith, receiversOf } from '../fixtures/test-sites.ts';
import { inProcessTransport, sendAll, type Transport } from './index.ts';

test('what is sent arrives in order, and the outbox is empty afterwards', async (t) => {
  const database = await databaseWith(t, [LINK]);
  const dispatcher = dispatcherOf(t, database, inProcessTransport(receiversOf(database, ['centre'])));
  await sendNotes(database, 1700);
  assert.ok((await dispatcher.drain({ timeoutMs: 10_000 })).ok);
  const applied = await appliedOf(database, LINK);
  assert.equal(applied.length, 1700);
  for (const subject of new Set(applied.map((row) => row.subject))) {
    const seqs = applied.filter((row) => row.subject === subject).map(({ seq }) => seq);
    assert.deepEqual(
      seqs,
      seqs.toSorted((a, b) => a - b),
    );
  }
  assert.equal((await database.pool('link')`SELECT 1 FROM link.outbox`).count, 0);
  const state = await stateOf(database);
  assert.deepEqual(
    [state.unacknowledged, state.oldest_s, state.attempts, state.receivedThrough],
    [0, null, 0, 1700],
  );
  assert.ok(state.lastAckAt instanceof Date);
});

test('bodies of the largest size go one by one, small ones together', async (t) => {
  const database = await databaseWith(t, [LINK]);
  const lengths: number[] = [];
  const inProcess = inProcessTransport(receiversOf(database, ['centre']));
  const transport: Transport = {
    deliver: (to, envelope) => {
      lengths.push(JSON.parse(envelope.body).length);
      return inProcess.deliver(to, envelope);
    },
  };
  await sendNotes(database, 9, LINK, { body: 'x'.repeat(1024 * 1024 - 2) });
  await sendNotes(database, 600);
  const dispatcher = dispatcherOf(t, database, transport);
  assert.ok((await dispatcher.drain({ timeoutMs: 20_000 })).ok);
  assert.deepEqual(lengths, [3, 3, 500, 103]);
});

test('messages that another process committed are found by polling', async (t) => {
  const database = await databaseWith(t, [LINK]);
  dispatcherOf(t, database, inProcessTransport(receiversOf(database, ['centre'])));
  await sleep(60);
  await sendNotes(database, 3);
  for (let tries = 0; tries < 100 && (await appliedOf(database, LINK)).length < 3; tries++) await sleep(20);
  assert.equal((await appliedOf(database, LINK)).length, 3);
});

test('only the named sites’ links are served', async (t) => {
  const back = 'centre>town/1:recorder';
  const database = await databaseWith(t, [LINK, back]);
  const receivers = receiversOf(database, ['centre', 'town/1']);
  await sendNotes(database, 2, back);
  await sendNotes(database, 2);
  const dispatcher = dispatcherOf(t, database, inProcessTransport(receivers));
  assert.ok((await dispatcher.drain({ timeoutMs: 5000 })).ok);
  assert.deepEqual(
    [(await appliedOf(database, LINK)).length, (await appliedOf(database, back)).length],
    [2, 0],
  );
});

test('of two dispatchers one serves a link; when its process dies the other takes over', async (t) => {
  const database = await databaseWith(t, [LINK]);
  const inProcess = inProcessTransport(receiversOf(database, ['centre']));
  const served = { one: 0, other: 0 };
  const counting = (name: keyof typeof served): Transport => ({
    deliver: async (to, envelope) => {
      served[name]++;
      if (name === 'one') await sleep(200);
      return inProcess.deliver(to, envelope);
    },
  });
  await sendNotes(database, 100);
  const one = dispatcherOf(t, database, counting('one'));
  while (served.one === 0) await sleep(5);
  const other = dispatcherOf(t, database, counting('other'));
  assert.ok((await other.drain({ timeoutMs: 5000 })).ok);
  assert.deepEqual(served, { one: 1, other: 0 });
  await one.stop();
  await sendNotes(database, 100);
  assert.ok((await other.drain({ timeoutMs: 5000 })).ok);
  assert.deepEqual(served, { one: 1, other: 1 });
  assert.equal((await appliedOf(database, LINK)).length, 200);
});

test('stopping awaits what is on its way and leaves the rest in the outbox', async (t) => {
  const database = await databaseWith(t, [LINK]);
  const inProcess = inProcessTransport(receiversOf(database, ['centre']));
  const hasLeft = Promise.withResolvers<void>();
  let deliveries = 0;
  const transport: Transport = {
    deliver: async (to, envelope) => {
      deliveries++;
      hasLeft.resolve();
      await sleep(100);
      return inProcess.deliver(to, envelope);
    },
  };
  await sendNotes(database, 1500);
  const dispatcher = dispatcherOf(t, database, transport, { window: 1 });
  await hasLeft.promise;
  await dispatcher.stop();
  const state = await stateOf(database);
  assert.deepEqual([deliveries, state.receivedThrough, state.unacknowledged], [1, 500, 1000]);
});

test('envelopes on their way are bounded for a link and in all, and links take turns', async (t) => {
  const links = Array.from({ length: 6 }, (_, index) => `town/1>county/${index}:recorder`);
  const database = await databaseWith(t, links);
  const inProcess = inProcessTransport(
    receiversOf(
      database,
      links.map((link) => linkNameOf(link).to),
    ),
  );
  const now = new Map<string, number>();
  const order: string[] = [];
  const most = { link: 0, all: 0 };
  const transport: Transport = {
    deliver: async (to, envelope) => {
      order.push(to);
      now.set(to, (now.get(to) ?? 0) + 1);
      most.link = Math.max(most.link, now.get(to) ?? 0);
      most.all = Math.max(
        most.all,
        [...now.values()].reduce((sum, count) => sum + count),
      );
      await sleep(20);
      const answer = await inProcess.deliver(to, envelope);
      now.set(to, (now.get(to) ?? 0) - 1);
      return answer;
    },
  };
  for (const link of links) await sendNotes(database, link === links[0] ? 3000 : 600, link);
  const dispatcher = dispatcherOf(t, database, transport, { window: 2, deliveriesMax: 3 });
  assert.ok((await dispatcher.drain({ timeoutMs: 20_000 })).ok);
  assert.deepEqual(most, { link: 2, all: 3 });
  assert.equal(new Set(order.slice(0, 6)).size, 6);
});

test('thousands of idle links cost nothing, and thousands of busy ones a statement a round', async (t) => {
  const links = Array.from({ length: 2000 }, (_, index) => `town/1>county/${index}:recorder`);
  const database = await databaseWith(t, links);
  const inProcess = inProcessTransport(
    receiversOf(
      database,
      links.map((link) => linkNameOf(link).to),
    ),
  );
  await inTransaction(database.pool('stranger'), { site: 'town/1' }, async (tx) => {
    await sendAll(
      tx,
      links.map((link) => ({ link, subject: 'a', topic: 'note', body: null })),
    );
  });
  const started = performance.now();
  const dispatcher = dispatcherOf(t, database, inProcess);
  assert.ok((await dispatcher.drain({ timeoutMs: 60_000 })).ok);
  t.diagnostic(`2,000 links of one message each in ${Math.round(performance.now() - started)} ms`);
  const [row] = await database.pool('recorder')`SELECT count(*) FROM recorder.applied`;
  assert.equal(row?.['count'], 2000);
});
