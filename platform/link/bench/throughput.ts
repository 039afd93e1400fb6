/**
 * How fast messages go through links end to end (send, envelope, signatures, receipt, acknowledgement, deletion), in
 * one process and one database, beside plain inserts of the same rows in the same run. Read the figures as ratios.
 * `node platform/link/bench/throughput.ts`, on a PostgreSQL of its own with the settings of production.
 */
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { systemClock } from '@ishizue/clock';
import { type Database, inTransaction, startCluster } from '@ishizue/db';
import { TEST_SERVER_VARIABLE } from '@ishizue/db/testing';
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

type Measurement = Parameters<typeof databaseWith>[0];

const MESSAGES = 50_000;
const AT_TOWN = { site: 'town/1' };
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

function dispatcherOf(t: Measurement, database: Database, links: readonly string[]): Dispatcher {
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

async function oneLink(t: Measurement): Promise<void> {
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
          part.map(({ follows: _none, ...message }) => ({ ...message, seq: ++seq, previous: 0 })),
        ),
      ),
    ),
  );
  console.log(`plain inserts of 500 a transaction: ${plain}/s`);
  const sent = await rate(MESSAGES, () =>
    inTurn(messages, 500, (part) =>
      inTransaction(database.pool('stranger'), AT_TOWN, (tx) => sendAll(tx, part)),
    ),
  );
  console.log(`send alone, 500 a transaction: ${sent}/s`);
  const dispatcher = dispatcherOf(t, database, links);
  const delivered = await rate(MESSAGES, () => drained(dispatcher));
  console.log(`outbox to applied, acknowledged and deleted: ${delivered}/s`);
  const both = await rate(MESSAGES, async () => {
    await inTurn(messages, 500, async (part) => {
      await inTransaction(database.pool('stranger'), AT_TOWN, (tx) => sendAll(tx, part));
      dispatcher.wake();
    });
    await drained(dispatcher);
  });
  console.log(`end to end, sending and delivering at once: ${both}/s`);
}

async function twoThousandLinks(t: Measurement): Promise<void> {
  const links = Array.from({ length: 2000 }, (_, index) => `town/1>county/${index}:recorder`);
  const database = await databaseWith(t, links);
  const messages = messagesOn(links, links.length);
  const plain = await rate(messages.length, () =>
    inTurn(messages, 1, (part) =>
      inTransaction(database.pool('recorder'), {}, (tx) =>
        record(
          tx,
          part[0]?.link ?? '',
          part.map(({ follows: _none, ...message }) => ({ ...message, seq: 1_000_000, previous: 0 })),
        ),
      ),
    ),
  );
  console.log(`plain inserts of 1 a transaction, one after the other: ${plain}/s`);
  const dispatcher = dispatcherOf(t, database, links);
  const both = await rate(messages.length, async () => {
    await inTransaction(database.pool('stranger'), AT_TOWN, (tx) => sendAll(tx, messages));
    await drained(dispatcher);
  });
  console.log(`end to end: ${both}/s (one envelope, receipt and acknowledgement each)`);
}

async function latency(t: Measurement): Promise<void> {
  const links = ['town/1>centre:recorder'];
  const database = await databaseWith(t, links);
  const dispatcher = dispatcherOf(t, database, links);
  const times: number[] = [];
  for (let round = 0; round < 200; round++) {
    const started = performance.now();
    await inTransaction(database.pool('stranger'), AT_TOWN, (tx) => sendAll(tx, messagesOn(links, 1)));
    await drained(dispatcher);
    times.push(performance.now() - started);
  }
  times.sort((a, b) => a - b);
  console.log(
    `sent, applied, acknowledged: median ${times[100]?.toFixed(1)} ms, 95th ${times[190]?.toFixed(1)} ms`,
  );
}

async function measure(work: (t: Measurement) => Promise<void>): Promise<void> {
  const cleanUps: (() => unknown)[] = [];
  try {
    await work({ after: (cleanUp) => void cleanUps.push(cleanUp as () => unknown) });
  } finally {
    for (const cleanUp of cleanUps) await cleanUp();
  }
}

const home = mkdtempSync(path.join(tmpdir(), 'ishizue-link-bench-'));
const cluster = await startCluster({ home });
process.env[TEST_SERVER_VARIABLE] = JSON.stringify(cluster.address);
try {
  for (const work of [oneLink, twoThousandLinks, latency]) await measure(work);
} finally {
  await cluster.stop();
  rmSync(home, { recursive: true, force: true });
}
