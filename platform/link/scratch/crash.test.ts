import { test } from 'node:test';
import { inTransaction } from '@ishizue/db';
import { testDatabase } from '@ishizue/db/testing';
import { linkSchema } from '../src/schema.ts';
test('self-terminate', async (t) => {
  const db = await testDatabase(t, [linkSchema]);
  const sql = db.pool('link');
  for (let i = 0; i < 5; i++) {
    try {
      await inTransaction(sql, {}, async (tx) => {
        await tx`select 1`;
        await tx`savepoint run`;
        await tx.savepoint(async (x) => { await x`select pg_terminate_backend(pg_backend_pid())`; });
      });
    } catch (e) { console.log('caught', (e as {code?: string}).code, String(e)); }
    try { console.log((await sql`select ${i}::int as n`)[0]); } catch (e) { console.log('after', String(e)); }
  }
});
test('killed between', async (t) => {
  const db = await testDatabase(t, [linkSchema]);
  const sql = db.pool('link');
  for (let i = 0; i < 3; i++) {
    try {
      await inTransaction(sql, {}, async (tx) => {
        const [r] = await tx`select pg_backend_pid() as pid`;
        await sql`select pg_terminate_backend(${r?.['pid']}::int)`;
        await new Promise((r) => setTimeout(r, 50));
        await tx`select 1`;
      });
    } catch (e) { console.log('caught', (e as {code?: string}).code, String(e)); }
    try { console.log((await sql`select ${i}::int as n`)[0]); } catch (e) { console.log('after', String(e)); }
  }
});
