import assert from 'node:assert/strict';
import { test } from 'node:test';
import { setTimeout as sleep } from 'node:timers/promises';
import type { Database } from '@ishizue/db';
import { fail, ok } from '@ishizue/outcome';
import { dispatcherOf, LINK, sendNotes, stateOf } from '../fixtures/dispatching.ts';
import { linkNameOf } from '../fixtures/envelopes.ts';
import { afterwards, appliedOf, databaseWith, receiversOf, testSigning } from '../fixtures/test-sites.ts';
import { signAcknowledgement } from './acknowledgement.ts';
import { type Dispatcher, inProcessTransport, type Transport } from './index.ts';

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
  const forged = await signAcknowledgement(testSigning, { ...link, to: 'town/1' }, 'x', receipt(3), 'k');
  const answers: ((header: string) => ReturnType<Transport['deliver']>)[] = [
    () => Promise.resolve(ok(forged)),
    async (header) => ok(await signAcknowledgement(testSigning, link, `${header} `, receipt(3), 'k')),
    async (header) => ok(await signAcknowledgement(testSigning, link, header, receipt(4), 'k')),
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
  dispatcherOf(t, database, transport, {
    clock: { now: () => now },
    random: () => 0,
    wait: async (ms) => {
      now += Math.min(ms, 1000);
      await new Promise(setImmediate);
    },
    onTrouble: ({ code }) => codes.push(code),
  });
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

test('a dispatcher whose database sessions ended while it rested goes on with new ones', async (t) => {
  const database = await databaseWith(t, [LINK]);
  const superuser = database.superuser();
  afterwards(t, () => superuser.end());
  const transport = inProcessTransport(receiversOf(database, ['centre']));
  const dispatcher = dispatcherOf(t, database, transport, { pollMs: 60_000 });
  for (let round = 1; round <= 3; round++) {
    await sendNotes(database, 700);
    assert.ok((await dispatcher.drain({ timeoutMs: 20_000 })).ok);
    assert.equal((await appliedOf(database, LINK)).length, 700 * round);
    await sleep(50);
    await superuser`
      SELECT pg_terminate_backend(pid, 1000) FROM pg_stat_activity
      WHERE datname = current_database() AND usename = 'ishizue_link'`;
    await sleep(50);
  }
});

test('stopping comes to an end even when the database is gone', async (t) => {
  const database = await databaseWith(t, [LINK]);
  const hasLeft = Promise.withResolvers<void>();
  const transport: Transport = {
    deliver: async () => {
      hasLeft.resolve();
      await sleep(50);
      return fail('transport-failed', 'as planned');
    },
  };
  await sendNotes(database, 1);
  const dispatcher = dispatcherOf(t, database, transport);
  await hasLeft.promise;
  void database.close();
  await sleep(20);
  await dispatcher.stop();
});
