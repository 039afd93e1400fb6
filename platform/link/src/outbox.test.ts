import assert from 'node:assert/strict';
import { test } from 'node:test';
import { inTransaction } from '@ishizue/db';
import { databaseWith } from '../fixtures/test-sites.ts';
import { send } from './index.ts';
import { readBatches, recordAcknowledged } from './outbox.ts';

const LINK = 'town/1>centre:recorder';

test('a message names the one before it for its subject, wherever that is: here, on its way, or acknowledged', async (t) => {
  const database = await databaseWith(t, [LINK]);
  const sql = database.pool('link');
  const subjects = ['a', 'b', 'a', 'b', 'a', 'c', 'a', 'b'];
  await inTransaction(database.pool('stranger'), { site: 'town/1' }, (tx) =>
    send(
      tx,
      LINK,
      subjects.map((subject) => ({ subject, topic: 'note', body: null })),
    ),
  );
  const chainsOf = async (after: number, skip: string): Promise<string | undefined> => {
    const [batch] = await readBatches(sql, [{ linkId: 1, after, skip }]);
    return batch?.messages.map(({ seq, previous }) => `${previous}<${seq}`).join(' ');
  };
  assert.equal(await chainsOf(0, '{}'), '0<1 0<2 1<3 2<4 3<5 0<6 5<7 4<8');
  assert.equal(await chainsOf(4, '{}'), '3<5 0<6 5<7 4<8');
  // 3 and 4 are on their way: 5 follows 3, although 1 stands before it in this envelope
  assert.equal(await chainsOf(0, '{[3,4]}'), '0<1 0<2 3<5 0<6 5<7 4<8');
  await recordAcknowledged(sql, [{ linkId: 1, through: 1, beyond: [3, 5] }]);
  assert.equal(await chainsOf(0, '{}'), '0<2 2<4 0<6 0<7 4<8');
  assert.deepEqual(await readBatches(sql, [{ linkId: 1, after: 8, skip: '{}' }]), []);
});

test('a receiver that claims more than was sent deletes nothing', async (t) => {
  const database = await databaseWith(t, [LINK]);
  const sql = database.pool('link');
  await inTransaction(database.pool('stranger'), { site: 'town/1' }, (tx) =>
    send(tx, LINK, [{ subject: 'a', topic: 'note', body: 1 }]),
  );
  assert.deepEqual(await recordAcknowledged(sql, [{ linkId: 1, through: 2, beyond: [1] }]), new Set());
  assert.equal((await sql`SELECT 1 FROM link.outbox`).count, 1);
});
