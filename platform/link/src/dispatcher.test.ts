import assert from 'node:assert/strict';
import { test } from 'node:test';
import { setTimeout as sleep } from 'node:timers/promises';
import { systemClock } from '@ishizue/clock';
import { type Database, inTransaction } from '@ishizue/db';
import { fail, ok } from '@ishizue/outcome';
import { linkNameOf } from '../fixtures/envelopes.ts';
import { afterwards, appliedOf, databaseWith, receiversOf, testSigning } from '../fixtures/test-sites.ts';
import { signAcknowledgement } from './acknowledgement.ts';
import {
  Dispatcher,
  type DispatcherOptions,
  inProcessTransport,
  linkStates,
  type Message,
  send,
  sendAll,
  type Transport,
} from './index.ts';

const LINK = 'town/1>centre:recorder';
type Context = Parameters<typeof databaseWith>[0];

/** A dispatcher of the sites' links that is stopped after the test. */
function dispatcherOf(
  t: Context,
  database: Database,
  transport: Transport,
  options: Partial<DispatcherOptions> = {},
): Dispatcher {
  const dispatcher = new Dispatcher({
    sql: database.pool('link'),
    sites: ['town/1'],
    signing: testSigning,
    clock: systemClock,
    random: Math.random,
    pollMs: 20,
    transport,
    ...options,
  });
  dispatcher.start();
  afterwards(t, () => dispatcher.stop());
  return dispatcher;
}

const sendNotes = (database: Database, count: number, link = LINK, note?: Partial<Message>): Promise<void> =>
  inTransaction(database.pool('stranger'), {}, (tx) =>
    send(
      tx,
      link,
      Array.from({ length: count }, (_, index) => ({
        subject: `s${index % 7}`,
        topic: 'note',
        body: index,
        ...note,
      })),
    ),
  );

const stateOf = async (database: Database, link = LINK) => {
  const state = (await linkStates(database.pool('link'))).find((one) => one.link === link);
  assert.ok(state);
  return state;
};

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

test('a receiver that fails is asked less and less often, then served from where it was', async (t) => {
  const database = await databaseWith(t, [LINK]);
  const inProcess = inProcessTransport(receiversOf(database, ['centre']));
  let now = 0;
  let isDown = true;
  const attemptsAt: number[] = [];
  const transport: Transport = {
    deliver: (to, envelope) => {
      attemptsAt.push(now);
      return isDown ? Promise.resolve(fail('receiver-unavailable', 'down')) : inProcess.deliver(to, envelope);
    },
  };
  await sendNotes(database, 1200);
  const dispatcher = dispatcherOf(t, database, transport, {
    clock: { now: () => now },
    random: () => 0.5,
    pollMs: 1e6,
    // time goes by in one step to the end of each wait that no answer interrupts
    wait: async (ms, signal) => {
      await sleep(5);
      if (!signal.aborted) now += ms;
    },
  });
  while (attemptsAt.length < 14) await sleep(5);
  const state = await stateOf(database);
  assert.deepEqual([state.lastErrorCode, state.unacknowledged], ['receiver-unavailable', 1200]);
  assert.ok(state.attempts >= 10 && (state.oldest_s ?? -1) >= 0);
  isDown = false;
  assert.ok(await drainWithin(dispatcher, database, 1200));
  // a window of envelopes fails together and counts as one failure
  const firsts = attemptsAt.filter((at, index) => at !== attemptsAt[index - 1]);
  const pauses = firsts.slice(1, 10).map((at, index) => at - (firsts[index] ?? 0));
  const expected = [375, 750, 1500, 3000, 6000, 12_000, 24_000, 45_000, 45_000];
  pauses.forEach((pause, index) => assert.ok(Math.abs(pause - (expected[index] ?? 0)) <= 1, pauses.join()));
  assert.deepEqual([(await stateOf(database)).attempts, (await stateOf(database)).lastErrorCode], [0, null]);
});

async function drainWithin(dispatcher: Dispatcher, database: Database, count: number): Promise<boolean> {
  dispatcher.wake();
  for (let tries = 0; tries < 500; tries++) {
    const { unacknowledged } = await stateOf(database);
    if (unacknowledged === 0 && (await appliedOf(database, LINK)).length === count) return true;
    await sleep(10);
  }
  return false;
}

test('what the receiver misses is sent again at once, without a rest', async (t) => {
  const database = await databaseWith(t, [LINK]);
  const inProcess = inProcessTransport(receiversOf(database, ['centre']));
  let deliveries = 0;
  const transport: Transport = {
    // the first envelope gets no answer before all others have theirs
    deliver: async (to, envelope) => {
      deliveries++;
      if (deliveries === 1) return sleep(300).then(() => fail('transport-timeout', 'lost'));
      return inProcess.deliver(to, envelope);
    },
  };
  await sendNotes(database, 1500);
  const dispatcher = dispatcherOf(t, database, transport, { random: () => 0 });
  assert.ok((await dispatcher.drain({ timeoutMs: 5000 })).ok);
  assert.equal((await appliedOf(database, LINK)).length, 1500);
  assert.equal(deliveries, 4);
});

test('nothing is deleted on an acknowledgement that is forged, foreign, or says more or less than can be', async (t) => {
  const database = await databaseWith(t, [LINK]);
  const codes: string[] = [];
  const link = linkNameOf(LINK);
  const receipt = (receivedThrough: number) => ({ receivedThrough, missing: [], parked: [] });
  const forged = await signAcknowledgement(testSigning, { ...link, to: 'town/1' }, 'x', receipt(3));
  const answers: ((header: string) => ReturnType<Transport['deliver']>)[] = [
    () => Promise.resolve(ok(forged)),
    async (header) => ok(await signAcknowledgement(testSigning, link, `${header} `, receipt(3))),
    async (header) => ok(await signAcknowledgement(testSigning, link, header, receipt(4))),
    () => Promise.resolve(ok({ header: 'x', signature: '' })),
    () => Promise.resolve(fail('NOT A CODE', '')),
    () => Promise.reject(new TypeError('transport')),
  ];
  await sendNotes(database, 3);
  const transport: Transport = {
    deliver: (_to, envelope) =>
      answers.shift()?.(envelope.header) ?? Promise.resolve(fail('transport-failed', 'no more')),
  };
  let now = 0;
  const dispatcher = new Dispatcher({
    sql: database.pool('link'),
    sites: ['town/1'],
    signing: testSigning,
    transport,
    clock: { now: () => now },
    random: () => 0,
    wait: async (ms) => {
      now += Math.min(ms, 1000);
      await new Promise(setImmediate);
    },
    onTrouble: ({ code }) => codes.push(code),
  });
  dispatcher.start();
  afterwards(t, () => dispatcher.stop());
  while (codes.length < 6) await sleep(5);
  assert.deepEqual(codes.slice(0, 6), [
    'signature-wrong',
    'acknowledgement-foreign',
    'acknowledgement-ahead',
    'acknowledgement-malformed',
    'transport-failed',
    'receiver-threw',
  ]);
  assert.equal((await database.pool('link')`SELECT 1 FROM link.outbox`).count, 3);
});

test('a receiver that lost what it had is noticed, and nothing more is deleted', async (t) => {
  const database = await databaseWith(t, [LINK]);
  const codes: string[] = [];
  const receivers = receiversOf(database, ['centre']);
  const dispatcher = dispatcherOf(t, database, inProcessTransport(receivers), {
    onTrouble: ({ code }) => codes.push(code),
  });
  await sendNotes(database, 5);
  assert.ok((await dispatcher.drain({ timeoutMs: 5000 })).ok);
  await database.pool('link')`UPDATE link.inbound SET received_through = 2`;
  await sendNotes(database, 2);
  assert.equal((await dispatcher.drain({ timeoutMs: 300 })).ok, false);
  assert.equal(codes[0], 'acknowledgement-behind');
  assert.equal((await database.pool('link')`SELECT 1 FROM link.outbox`).count, 2);
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

test('dispatchers that lose their database sessions again and again still deliver everything once', async (t) => {
  const database = await databaseWith(t, [LINK]);
  const superuser = database.superuser();
  afterwards(t, () => superuser.end());
  const dispatcher = dispatcherOf(t, database, inProcessTransport(receiversOf(database, ['centre'])));
  for (let round = 0; round < 5; round++) {
    await sendNotes(database, 700);
    await sleep(10);
    await superuser`
      SELECT pg_terminate_backend(pid) FROM pg_stat_activity
      WHERE datname = current_database() AND usename = 'ishizue_link'`;
  }
  assert.ok((await dispatcher.drain({ timeoutMs: 20_000 })).ok);
  assert.equal((await appliedOf(database, LINK)).length, 3500);
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
  await inTransaction(database.pool('stranger'), {}, async (tx) => {
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
