import assert from 'node:assert/strict';
import { test } from 'node:test';
import { inTransaction } from '@ishizue/db';
import { databaseWith } from '../fixtures/test-sites.ts';
import { type AddressedMessage, openLink, openSite, send, sendAll } from './index.ts';

const LINK = 'town/1>centre:recorder';
const OTHER = 'town/1>county/1:recorder';
const AT_TOWN = { site: 'town/1' };
const note = (subject: string, body: unknown = null) => ({ subject, topic: 'note', body });

test('sequence numbers have no gaps whatever is rolled back, and follow the order of commits', async (t) => {
  const database = await databaseWith(t, [LINK]);
  const sql = database.pool('stranger');
  const attempts = Array.from({ length: 40 }, (_, index) =>
    inTransaction(sql, AT_TOWN, async (tx) => {
      await send(tx, LINK, [note(`s${index}`, index), note(`s${index}`, -index)]);
      if (index % 3 === 0) throw new Error('change of mind');
    }),
  );
  const results = await Promise.allSettled(attempts);
  const kept = results.filter((result) => result.status === 'fulfilled').length;
  const rows = await database.pool('link')<{ seq: number; subject: string }[]>`
    SELECT seq, subject FROM link.outbox ORDER BY seq`;
  assert.equal(kept, 26);
  assert.deepEqual(
    rows.map((row) => row.seq),
    Array.from({ length: 52 }, (_, index) => index + 1),
  );
  for (let index = 0; index < 52; index += 2) assert.equal(rows[index]?.subject, rows[index + 1]?.subject);
});

test('messages of several links keep their order on each', async (t) => {
  const database = await databaseWith(t, [LINK, OTHER]);
  const messages: AddressedMessage[] = Array.from({ length: 9 }, (_, index) => ({
    ...note('a', `"${index}" \\ {}, NULL`),
    link: index % 3 === 0 ? OTHER : LINK,
  }));
  await inTransaction(database.pool('stranger'), AT_TOWN, (tx) => sendAll(tx, messages));
  const rows = await database.pool('link')<{ name: string; bodies: string[] }[]>`
    SELECT name, array_agg(body ORDER BY seq) AS bodies FROM link.outbox JOIN link.link ON id = link_id
    GROUP BY name ORDER BY name`;
  assert.deepEqual(
    rows.map((row) => [row.name, row.bodies.map((body) => Number(/\d/.exec(body)?.[0]))]),
    [
      [LINK, [1, 2, 4, 5, 7, 8]],
      [OTHER, [0, 3, 6]],
    ],
  );
});

test('senders to the same links in opposite orders do not wait in a circle; two sends a transaction would', async (t) => {
  const database = await databaseWith(t, [LINK, OTHER]);
  const sql = database.pool('stranger');
  const orders = Array.from({ length: 30 }, (_, index) => (index % 2 === 0 ? [LINK, OTHER] : [OTHER, LINK]));
  await Promise.all(
    orders.map((links) =>
      inTransaction(sql, AT_TOWN, (tx) =>
        sendAll(
          tx,
          links.map((link) => ({ ...note('a'), link })),
        ),
      ),
    ),
  );
  const planted = orders.slice(0, 2).map((links) =>
    inTransaction(sql, AT_TOWN, async (tx) => {
      for (const link of links) {
        await send(tx, link, [note('a')]);
        await tx`SELECT pg_sleep(0.1)`;
      }
    }),
  );
  const failures = (await Promise.allSettled(planted)).filter((result) => result.status === 'rejected');
  assert.deepEqual(
    failures.map((failure) => failure.reason.code),
    ['40P01'],
  );
});

test('a link that is not open, or a message out of bounds, sends nothing of the transaction', async (t) => {
  const database = await databaseWith(t, [LINK]);
  const sql = database.pool('stranger');
  const attempt = (messages: readonly AddressedMessage[]): Promise<void> =>
    inTransaction(sql, AT_TOWN, (tx) => sendAll(tx, messages));
  await assert.rejects(
    attempt([
      { ...note('a'), link: LINK },
      { ...note('a'), link: OTHER },
    ]),
    /not open/,
  );
  await assert.rejects(
    attempt([
      { ...note('a'), link: LINK },
      { ...note(''), link: LINK },
    ]),
    /not a subject/,
  );
  await attempt([]);
  assert.equal((await database.pool('link')`SELECT 1 FROM link.outbox`).count, 0);
});

test('opening again changes nothing but a name; another key is refused', async (t) => {
  const database = await databaseWith(t, [LINK]);
  const sql = database.pool('link');
  await inTransaction(database.pool('stranger'), AT_TOWN, (tx) => send(tx, LINK, [note('a')]));
  await openLink(sql, { from: 'town/1', to: 'centre', system: 'recorder' });
  assert.equal((await sql`SELECT last_seq FROM link.counter`)[0]?.['last_seq'], 1);
  const publicKey = (
    await sql<{ key: Buffer }[]>`
    SELECT public_key AS key FROM link.site WHERE site = 'centre'`
  )[0]?.key;
  assert.ok(publicKey);
  assert.ok((await openSite(sql, { site: 'centre', name: 'The Centre', publicKey })).ok);
  assert.equal((await sql`SELECT name FROM link.site WHERE site = 'centre'`)[0]?.['name'], 'The Centre');
  const refused = await openSite(sql, { site: 'centre', name: 'X', publicKey: Buffer.alloc(32, 7) });
  assert.equal(refused.ok || refused.failure.code, 'site-key-differs');
  assert.deepEqual(
    (await sql`SELECT public_key AS key FROM link.site WHERE site = 'centre'`)[0]?.['key'],
    publicKey,
  );
  await assert.rejects(openLink(sql, { from: 'town/1', to: 'nowhere', system: 'recorder' }), {
    code: '23503',
  });
  await assert.rejects(openLink(sql, { from: 'town 1', to: 'centre', system: 'recorder' }), /not a link/);
});
