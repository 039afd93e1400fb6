/**
 * How fast messages go through links end to end (send, envelope, signatures, receipt, acknowledgement, deletion), in
 * one process and one database, beside plain inserts of the same rows in the same run. Read the figures as ratios.
 * Run by `npm test -- platform/link/bench/throughput.ts`.
 */
import { test } from 'node:test';
import { systemClock } from '@ishizue/clock';
import { type Database, inTransaction } from '@ishizue/db';
import { mustSucceed } from '@ishizue/outcome';
import { linkNameOf } from '../fixtures/envelopes.ts';
import { afterwards, databaseWith, receiversOf, record, testSigning } from '../fixtures/test-sites.ts';
import {
  type AddressedMessage,
  Dispatcher,
  type Handler,
  inProcessTransport,
  sendAll,
} from '../src/index.ts';

const MESSAGES = 50_000;
const BODY = {
  name: '髙橋 花子',
  birth: '1984-02-29',
  address: '東京都千代田区霞が関2丁目1番2号',
  reason: 'moved-in',
  kind: 1,
};

const messagesOn = (links: readonly string[], count: number): AddressedMessage[] =>
  Array.from({ length: count }, (_, index) => ({
    link: links[index % links.length] ?? '',
    subject: `subject-${index % 9973}`,
    topic: 'note',
    body: { ...BODY, index },
  }));

const inTurn = async (
  messages: readonly AddressedMessage[],
  size: number,
  work: (part: readonly AddressedMessage[]) => Promise<void>,
) => {
  for (let at = 0; at < messages.length; at += size) await work(messages.slice(at, at + size));
};

async function rate(count: number, work: () => Promise<void>): Promise<number> {
  const started = performance.now();
  await work();
  return Math.round(count / ((performance.now() - started) / 1000));
}

const drained = async (dispatcher: Dispatcher): Promise<void> =>
  mustSucceed(await dispatcher.drain({ timeoutMs: 120_000 }), 'drain');

const trivial: Handler = async (tx, context, messages) => {
  await record(tx, context.link, messages);
  return messages.map(() => undefined);
};

function dispatcherOf(
  t: Parameters<typeof databaseWith>[0],
  database: Database,
  links: readonly string[],
): Dispatcher {
  const sites = [...new Set(links.map((link) => linkNameOf(link).to))];
  const receivers = receiversOf(database, sites, { note: trivial });
  const dispatcher = new Dispatcher({
    sql: database.pool('link'),
    sites: ['town/1'],
    signing: testSigning,
    transport: inProcessTransport(receivers),
    clock: systemClock,
    random: Math.random,
  });
  dispatcher.start();
  afterwards(t, () => dispatcher.stop());
  return dispatcher;
}

test('one link', async (t) => {
  const links = ['town/1>centre:recorder'];
  const database = await databaseWith(t, links);
  const messages = messagesOn(links, MESSAGES);
  let seq = 0;
  const plain = await rate(MESSAGES, () =>
    inTurn(messages, 500, (part) =>
      inTransaction(database.pool('recorder'), {}, (tx) =>
        record(
          tx,
          'plain',
          part.map((message) => ({ ...message, seq: ++seq, previous: 0 })),
        ),
      ),
    ),
  );
  t.diagnostic(`plain inserts of 500 a transaction: ${plain}/s`);
  const sent = await rate(MESSAGES, () =>
    inTurn(messages, 500, (part) => inTransaction(database.pool('stranger'), {}, (tx) => sendAll(tx, part))),
  );
  t.diagnostic(`send alone, 500 a transaction: ${sent}/s`);
  const dispatcher = dispatcherOf(t, database, links);
  const delivered = await rate(MESSAGES, () => drained(dispatcher));
  t.diagnostic(`outbox to applied, acknowledged and deleted: ${delivered}/s`);
  const both = await rate(MESSAGES, async () => {
    await inTurn(messages, 500, async (part) => {
      await inTransaction(database.pool('stranger'), {}, (tx) => sendAll(tx, part));
      dispatcher.wake();
    });
    await drained(dispatcher);
  });
  t.diagnostic(`end to end, sending and delivering at once: ${both}/s`);
});

test('two thousand links of one message each', async (t) => {
  const links = Array.from({ length: 2000 }, (_, index) => `town/1>county/${index}:recorder`);
  const database = await databaseWith(t, links);
  const messages = messagesOn(links, links.length);
  const plain = await rate(messages.length, () =>
    inTurn(messages, 1, (part) =>
      inTransaction(database.pool('recorder'), {}, (tx) =>
        record(
          tx,
          part[0]?.link ?? '',
          part.map((message) => ({ ...message, seq: 1_000_000, previous: 0 })),
        ),
      ),
    ),
  );
  t.diagnostic(`plain inserts of 1 a transaction, one after the other: ${plain}/s`);
  const dispatcher = dispatcherOf(t, database, links);
  const both = await rate(messages.length, async () => {
    await inTransaction(database.pool('stranger'), {}, (tx) => sendAll(tx, messages));
    await drained(dispatcher);
  });
  t.diagnostic(`end to end: ${both}/s (one envelope, receipt and acknowledgement each)`);
});

test('latency of one message on an idle link', async (t) => {
  const links = ['town/1>centre:recorder'];
  const database = await databaseWith(t, links);
  const dispatcher = dispatcherOf(t, database, links);
  const times: number[] = [];
  for (let round = 0; round < 200; round++) {
    const started = performance.now();
    await inTransaction(database.pool('stranger'), {}, (tx) => sendAll(tx, messagesOn(links, 1)));
    await drained(dispatcher);
    times.push(performance.now() - started);
  }
  times.sort((a, b) => a - b);
  t.diagnostic(
    `sent, applied, acknowledged: median ${times[100]?.toFixed(1)} ms, 95th ${times[190]?.toFixed(1)} ms`,
  );
});
