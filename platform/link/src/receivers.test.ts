import assert from 'node:assert/strict';
import { test } from 'node:test';
import { systemClock } from '@ishizue/clock';
import type { Database } from '@ishizue/db';
import { envelopeOf, type HandMessage } from '../fixtures/envelopes.ts';
import {
  appliedOf,
  databaseWith,
  receiversOf,
  record,
  recorder,
  testSigning,
} from '../fixtures/test-sites.ts';
import type { AcknowledgementHeader } from './acknowledgement.ts';
import { type Handler, Receivers } from './index.ts';

const LINK = 'town/1>centre:recorder';

/** Takes messages in one envelope; answers the acknowledgement's header, or throws its failure's code. */
async function take(receivers: Receivers, messages: readonly HandMessage[]): Promise<AcknowledgementHeader> {
  const result = await receivers.receive(await envelopeOf(LINK, messages));
  if (!result.ok) throw new Error(result.failure.code);
  return JSON.parse(result.value.header);
}

const seqsApplied = async (database: Database): Promise<number[]> =>
  (await appliedOf(database, LINK)).map(({ seq }) => seq);

const ticketsOf = async (database: Database): Promise<unknown[]> => {
  const rows = await database.pool('link')`SELECT seq, code, detail FROM link.ticket ORDER BY seq`;
  return rows.map((row) => ({ ...row }));
};
const heldOf = async (database: Database): Promise<unknown[]> => {
  const rows = await database.pool('link')`SELECT seq, reason FROM link.held ORDER BY seq`;
  return rows.map((row) => ({ ...row }));
};

test('an envelope is applied once, and acknowledged as often as it comes', async (t) => {
  const database = await databaseWith(t, [LINK]);
  const receivers = receiversOf(database, ['centre']);
  const envelope = await envelopeOf(LINK, [
    { seq: 1, subject: 'a', body: { n: 1 } },
    { seq: 2, subject: 'a', previous: 1, body: ['髙', '\u0000'] },
  ]);
  const first = await receivers.receive(envelope);
  assert.ok(first.ok);
  assert.deepEqual(await receivers.receive(envelope), first);
  assert.deepEqual(
    (await appliedOf(database, LINK)).map((row) => [row.seq, JSON.parse(row.body)]),
    [
      [1, { n: 1 }],
      [2, ['髙', '\u0000']],
    ],
  );
});

test('a gap holds what follows for the same subject until it is filled, over envelopes and restarts', async (t) => {
  const database = await databaseWith(t, [LINK]);
  const early = await take(receiversOf(database, ['centre']), [
    { seq: 3, subject: 'a', previous: 1, body: { kept: '\u0000 "quoted"' } },
    { seq: 4, subject: 'b' },
  ]);
  assert.deepEqual([early.receivedThrough, early.missing], [0, [[1, 2]]]);
  assert.deepEqual(await seqsApplied(database), [4]);
  assert.deepEqual(await heldOf(database), [{ seq: 3, reason: 'gap' }]);
  const late = await take(receiversOf(database, ['centre']), [{ seq: 1, subject: 'a' }]);
  assert.deepEqual([late.receivedThrough, late.missing], [1, [[2, 2]]]);
  const last = await take(receiversOf(database, ['centre']), [{ seq: 2, subject: 'c' }]);
  assert.deepEqual([last.receivedThrough, last.missing], [4, []]);
  assert.deepEqual(await seqsApplied(database), [4, 1, 3, 2]);
  assert.deepEqual(await heldOf(database), []);
  assert.deepEqual(JSON.parse((await appliedOf(database, LINK))[2]?.body ?? ''), { kept: '\u0000 "quoted"' });
  assert.equal((await database.pool('link')`SELECT seq FROM link.ahead`).count, 0);
});

test('a refused message is parked alone; later ones of its subject wait, all others are applied', async (t) => {
  const database = await databaseWith(t, [LINK]);
  const receivers = receiversOf(database, ['centre']);
  const messages = Array.from({ length: 100 }, (_, index) => ({
    seq: index + 1,
    subject: `s${index % 10}`,
    previous: Math.max(0, index - 9),
    body: index === 42 ? { refuse: 'wrong-person' } : index === 77 ? { throw: true } : { n: index },
  }));
  const acknowledged = await take(receivers, messages);
  assert.deepEqual([acknowledged.receivedThrough, acknowledged.parked], [100, [43, 78]]);
  assert.deepEqual(await ticketsOf(database), [
    { seq: 43, code: 'wrong-person', detail: 'as asked' },
    { seq: 78, code: 'handler-threw', detail: 'TypeError' },
  ]);
  const behind = [53, 63, 73, 83, 93, 88, 98].sort((a, b) => a - b);
  assert.deepEqual(
    await heldOf(database),
    behind.map((seq) => ({ seq, reason: 'behind-parked' })),
  );
  const expected = messages.map(({ seq }) => seq).filter((seq) => ![43, 78, ...behind].includes(seq));
  assert.deepEqual(await seqsApplied(database), expected);
  await take(receivers, [
    { seq: 101, subject: 's2' },
    { seq: 102, subject: 's3' },
  ]);
  assert.deepEqual((await seqsApplied(database)).slice(expected.length), [102]);
});

test('isolating one poison message among 500 takes few calls, and leaves nothing of the attempts', async (t) => {
  const database = await databaseWith(t, [LINK]);
  let calls = 0;
  const note: Handler = (tx, context, messages) => {
    calls++;
    return recorder()(tx, context, messages);
  };
  const messages = Array.from({ length: 500 }, (_, index) => ({
    seq: index + 1,
    subject: `s${index}`,
    body: index === 333 ? { throw: true } : null,
  }));
  await take(receiversOf(database, ['centre'], { note }), messages);
  assert.equal((await seqsApplied(database)).length, 499);
  assert.ok(calls <= 2 * Math.ceil(Math.log2(500)) + 1, `${calls} calls`);
});

test('consecutive messages of one topic go to its handler together; an unknown topic is parked', async (t) => {
  const database = await databaseWith(t, [LINK]);
  const runs: string[] = [];
  const handler =
    (name: string): Handler =>
    (_tx, _context, messages) => {
      runs.push(`${name}:${messages.map(({ seq }) => seq).join()}`);
      return Promise.resolve(messages.map(() => undefined));
    };
  const receivers = receiversOf(database, ['centre'], { one: handler('one'), two: handler('two') });
  const topics = ['one', 'one', 'two', 'constructor', 'constructor', 'one'];
  await take(
    receivers,
    topics.map((topic, index) => ({ seq: index + 1, subject: `s${index % 5}`, topic })),
  );
  assert.deepEqual(runs, ['one:1,2', 'two:3', 'one:6']);
  assert.deepEqual(await ticketsOf(database), [
    { seq: 4, code: 'topic-unknown', detail: 'nobody handles constructor' },
    { seq: 5, code: 'topic-unknown', detail: 'nobody handles constructor' },
  ]);
});

test('an error of the moment fails the receipt and parks nothing', async (t) => {
  const database = await databaseWith(t, [LINK]);
  let troubles = 3;
  const note: Handler = async (tx, context, messages) => {
    await record(tx, context.link, messages);
    troubles--;
    if (troubles === 2) await tx`DO $$ BEGIN RAISE EXCEPTION USING ERRCODE = 'serialization_failure'; END $$`;
    if (troubles === 1) await tx`SELECT pg_terminate_backend(pg_backend_pid())`;
    if (troubles === 0) throw Object.assign(new Error('socket'), { code: 'CONNECTION_CLOSED' });
    return messages.map(() => undefined);
  };
  const receivers = receiversOf(database, ['centre'], { note });
  const messages = [{ seq: 1, subject: 'a' }];
  for (let attempt = 0; attempt < 3; attempt++)
    await assert.rejects(take(receivers, messages), /receiver-unavailable/);
  await take(receivers, messages).catch(() => take(receivers, messages)); // the driver may repeat a lost session's error
  assert.deepEqual(await ticketsOf(database), []);
  assert.deepEqual(await seqsApplied(database), [1]);
});

test('a constraint that would wait for the commit parks its message, not the receipt', async (t) => {
  const database = await databaseWith(t, [LINK]);
  const note: Handler = async (tx, _context, messages) => {
    for (const { seq, body } of messages)
      await tx`INSERT INTO recorder.late VALUES (${seq}, ${Number(body)})`;
    return messages.map(() => undefined);
  };
  await take(receiversOf(database, ['centre'], { note }), [
    { seq: 1, subject: 'a', body: 1 },
    { seq: 2, subject: 'b', body: 99 },
  ]);
  assert.deepEqual(await ticketsOf(database), [
    { seq: 2, code: 'handler-threw', detail: 'PostgresError 23503' },
  ]);
});

test('of two links that bring one key at the same instant, the later one is told what a question would have told it', async (t) => {
  const other = 'town/2>centre:recorder';
  const database = await databaseWith(t, [LINK, other]);
  const bothHaveLooked = Promise.withResolvers<void>();
  let looks = 0;
  const note: Handler = async (tx, _context, messages) => {
    const [known] = await tx`SELECT FROM recorder.late WHERE id = 7`;
    if (++looks === 2) bothHaveLooked.resolve();
    await bothHaveLooked.promise;
    if (known) return messages.map(() => ({ code: 'key-taken', detail: 'it is another’s' }));
    await tx`INSERT INTO recorder.late VALUES (7, NULL)`;
    return messages.map(() => undefined);
  };
  const receivers = receiversOf(database, ['centre'], { note });
  const received = await Promise.all(
    [LINK, other].map(async (link) => receivers.receive(await envelopeOf(link, [{ seq: 1, subject: link }]))),
  );
  assert.ok(received.every(({ ok }) => ok));
  assert.equal(looks, 3);
  assert.deepEqual(await ticketsOf(database), [{ seq: 1, code: 'key-taken', detail: 'it is another’s' }]);
});

test('what a handler sends on leaves with the receipt, without that of parked messages', async (t) => {
  const onward = ['centre>town/1:recorder', 'centre>centre:recorder'];
  const database = await databaseWith(t, [LINK, ...onward]);
  let woken = 0;
  const receivers = new Receivers({
    sql: database.pool('link'),
    sites: ['centre'],
    signing: testSigning,
    clock: systemClock,
    onSent: () => woken++,
  });
  const note: Handler = async (tx, context, messages) => {
    for (const link of onward)
      context.send(messages.map(({ subject, body }) => ({ link, subject, topic: 'note', body })));
    return recorder()(tx, context, messages);
  };
  receivers.register({ system: 'recorder', pool: database.pool('recorder'), topics: { note } });
  await take(receivers, [
    { seq: 1, subject: 'a' },
    { seq: 2, subject: 'b', body: { refuse: 'no' } },
    { seq: 3, subject: 'c' },
  ]);
  const sent = await database.pool('link')`
    SELECT name, seq, subject FROM link.outbox JOIN link.link ON id = link_id ORDER BY name DESC, seq`;
  assert.deepEqual(
    sent.map((row) => `${row['name']} ${row['seq']} ${row['subject']}`),
    [...onward].flatMap((link) => [`${link} 1 a`, `${link} 2 c`]),
  );
  assert.equal(woken, 1);
});

test('the same envelopes from all sides at once are applied once', async (t) => {
  const database = await databaseWith(t, [LINK]);
  const one = receiversOf(database, ['centre']);
  const other = receiversOf(database, ['centre']);
  const envelopes = await Promise.all(
    Array.from({ length: 12 }, (_, part) =>
      envelopeOf(
        LINK,
        Array.from({ length: 5 }, (_item, index) => {
          const seq = part * 5 + index + 1;
          return { seq, subject: `s${seq % 3}`, previous: Math.max(0, seq - 3) };
        }),
      ),
    ),
  );
  const results = await Promise.all(
    [...envelopes.toReversed(), ...envelopes].map((envelope, index) =>
      (index % 2 ? one : other).receive(envelope),
    ),
  );
  for (const result of results) assert.ok(result.ok, JSON.stringify(result));
  const applied = await appliedOf(database, LINK);
  assert.equal(applied.length, 60);
  for (const subject of ['s0', 's1', 's2']) {
    const seqs = applied.filter((row) => row.subject === subject).map(({ seq }) => seq);
    assert.deepEqual(
      seqs,
      seqs.toSorted((a, b) => a - b),
    );
  }
});

test('a signer that does not answer delays the acknowledgement, not the messages', async (t) => {
  const database = await databaseWith(t, [LINK]);
  const sign = t.mock.method(testSigning, 'signAcknowledgement', () =>
    Promise.reject(new Error('no signer')),
  );
  const receivers = receiversOf(database, ['centre']);
  const messages = [{ seq: 1, subject: 'a' }];
  await assert.rejects(take(receivers, messages), /signing-unavailable/);
  sign.mock.restore();
  assert.equal((await take(receivers, messages)).receivedThrough, 1);
  assert.deepEqual(await seqsApplied(database), [1]);
});
