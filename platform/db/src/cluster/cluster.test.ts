import assert from 'node:assert/strict';
import { mkdirSync, mkdtempSync, readdirSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { test } from 'node:test';
import { setTimeout as sleep } from 'node:timers/promises';
import { openPool } from '../sql.ts';
import { type Cluster, connectionOf, startCluster } from './cluster.ts';

function temporaryHome(t: { after(work: () => void): void }): string {
  const home = mkdtempSync(path.join(tmpdir(), 'ishizue-cluster-'));
  t.after(() => rmSync(home, { recursive: true, force: true }));
  return home;
}

async function query(cluster: Cluster, text: string): Promise<readonly Record<string, unknown>[]> {
  const sql = openPool({ ...connectionOf(cluster.address), database: 'postgres', max: 1 });
  try {
    return await sql.unsafe(text);
  } finally {
    await sql.end({ timeout: 1 });
  }
}

async function eventually<T>(work: () => Promise<T>): Promise<T> {
  for (let left = 200; ; left--) {
    try {
      return await work();
    } catch (error) {
      if (left === 0) throw error;
      await sleep(50);
    }
  }
}

test('a kill -9 of PostgreSQL loses nothing committed, and the supervisor starts it again', async (t) => {
  const cluster = await startCluster({ home: temporaryHome(t) });
  t.after(() => cluster.stop());
  await query(cluster, 'CREATE TABLE kept (id int); INSERT INTO kept VALUES (1)');
  const killed = cluster.pid();
  assert.ok(killed !== undefined);
  process.kill(killed, 'SIGKILL');
  const rows = await eventually(() => query(cluster, 'SELECT id FROM kept'));
  assert.equal(rows.length, 1);
  assert.notEqual(cluster.pid(), killed);
});

test('a second start adopts the server that a killed program left running', async (t) => {
  const home = temporaryHome(t);
  const first = await startCluster({ home });
  const second = await startCluster({ home });
  t.after(() => second.stop());
  assert.equal(second.pid(), first.pid());
  await first.stop();
});

test('what a killed initdb left behind is made anew', async (t) => {
  const home = temporaryHome(t);
  mkdirSync(path.join(home, 'data.new', 'base'), { recursive: true });
  const cluster = await startCluster({ home });
  t.after(() => cluster.stop());
  assert.equal((await query(cluster, 'SELECT 1 AS one')).length, 1);
});

test('the server listens on no network address', async (t) => {
  const cluster = await startCluster({ home: temporaryHome(t) });
  t.after(() => cluster.stop());
  const [row] = await query(cluster, 'SHOW listen_addresses');
  assert.equal(row?.['listen_addresses'], '');
  assert.deepEqual(
    readdirSync(cluster.address.host).filter((name) => name.startsWith('.s.')).length > 0,
    true,
  );
});
