import { test } from 'node:test';
import { inTransaction } from '@ishizue/db';
import { databaseWith } from '../fixtures/test-sites.ts';
let uncaught = 0;
process.on('uncaughtException', () => { uncaught++; });
test('storm', async (t) => {
  const database = await databaseWith(t, []);
  const superuser = database.superuser();
  const sql = database.pool('recorder');
  let stop = false; let done = 0; let failed = 0; let partial = 0;
  const worker = async (w: number) => { let i = 0; while (!stop) { i++; const id = w * 1_000_000 + i * 2;
    try { await inTransaction(sql, {}, async (tx) => { await tx`INSERT INTO recorder.late VALUES (${id})`; await tx.savepoint(async (x) => { await x`SELECT pg_sleep(0.001)`; }); await tx`INSERT INTO recorder.late VALUES (${id + 1})`; }); done++; } catch { failed++; await new Promise((r) => setTimeout(r, 5)); } } };
  const workers = Array.from({ length: 8 }, (_, w) => worker(w + 1));
  for (let k = 0; k < 20; k++) { await new Promise((r) => setTimeout(r, 100)); await superuser`SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE datname = current_database() AND usename = 'ishizue_recorder'`; }
  stop = true; 
  const finished = await Promise.race([Promise.all(workers).then(() => true), new Promise((r) => setTimeout(() => r(false), 15000))]);
  let slow = 0;
  for (let k = 0; k < 20; k++) { const s = performance.now(); await Promise.race([sql`SELECT 1`.catch(() => undefined), new Promise((r) => setTimeout(r, 2000))]); if (performance.now() - s > 1500) slow++; }
  const rows = await superuser<{ id: number }[]>`SELECT id FROM recorder.late`;
  const ids = new Set(rows.map((r) => r.id)); for (const id of ids) if (!ids.has(id % 2 ? id - 1 : id + 1)) partial++;
  console.log(JSON.stringify({ done, failed, rows: ids.size / 2, partial, uncaught, workersFinished: finished, deadQueries: slow }));
  await superuser.end({ timeout: 1 });
});
