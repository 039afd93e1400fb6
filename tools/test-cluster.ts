/**
 * The PostgreSQL of one test run, in a temporary home that names our process: what a killed run left behind is stopped
 * and removed by the next.
 */
import { chmodSync, existsSync, mkdirSync, mkdtempSync, readdirSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { type ServerAddress, startCluster } from '@ishizue/db';

const HOME = /^ishizue-test-(\d+)-/;

// what a test loses when the machine (not the process) dies is of no use afterwards
const SETTINGS = { fsync: 'off', shared_buffers: '128MB', max_connections: '300', autovacuum: 'off' };

/** Runs `work` with a server and a folder that live as long as the work. */
export async function withTestCluster<T>(
  work: (server: ServerAddress, folder: string) => Promise<T>,
): Promise<T> {
  await removeLeftBehind();
  const home = mkdtempSync(path.join(tmpdir(), `ishizue-test-${process.pid}-`));
  // PostgreSQL runs as another user where we are root, and must get through
  chmodSync(home, 0o755);
  const cluster = await startCluster({ home, settings: SETTINGS });
  try {
    const shared = path.join(home, 'shared');
    mkdirSync(shared);
    return await work(cluster.address, shared);
  } finally {
    await cluster.stop();
    rmSync(home, { recursive: true, force: true });
  }
}

async function removeLeftBehind(): Promise<void> {
  for (const name of readdirSync(tmpdir())) {
    const pid = HOME.exec(name)?.[1];
    if (pid === undefined || isAlive(Number(pid))) continue;
    const home = path.join(tmpdir(), name);
    // adopted, for only its supervisor knows all that belongs to it
    if (existsSync(path.join(home, 'data/postmaster.pid')))
      await (await startCluster({ home, settings: SETTINGS })).stop();
    rmSync(home, { recursive: true, force: true });
  }
}

function isAlive(pid: number): boolean {
  try {
    process.kill(pid, 0);
    return true;
  } catch (error) {
    return error instanceof Error && 'code' in error && error.code === 'EPERM';
  }
}
