/**
 * The PostgreSQL and the temporary files of one test run, in a home that names our process: what a killed run left behind
 * is stopped and removed by the next. The home is in memory where there is room: thousands of databases are cloned and
 * dropped, and no test outlives the machine.
 */
import {
  accessSync,
  chmodSync,
  constants,
  existsSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  rmSync,
  statfsSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { type ServerAddress, startCluster } from '@ishizue/db';

/** Short: a socket's path is limited to 107 bytes, and tests have folders in folders. */
const HOME = /^itest-(\d+)-/;

// what a test loses when the machine (not the process) dies is of no use afterwards
const SETTINGS = {
  fsync: 'off',
  full_page_writes: 'off',
  wal_level: 'minimal',
  max_wal_senders: '0',
  max_wal_size: '256MB',
  shared_buffers: '128MB',
  max_connections: '300',
  autovacuum: 'off',
};

const MEMORY = '/dev/shm';
/** A run has had at most a tenth of this. */
const ROOM_BYTES = 6 * 2 ** 30;

/** What the tests of a run share. */
export interface TestRun {
  readonly server: ServerAddress;
  /** For what tests share. */
  readonly folder: string;
  /** For temporary files, of tests and of all that they start. */
  readonly temporary: string;
}

/** Runs `work` with a server and folders that live as long as the work. */
export async function withTestCluster<T>(work: (run: TestRun) => Promise<T>): Promise<T> {
  await removeLeftBehind();
  const place = hasRoom(MEMORY) ? MEMORY : tmpdir();
  const home = mkdtempSync(path.join(place, `itest-${process.pid}-`));
  // PostgreSQL runs as another user where we are root, and must get through
  chmodSync(home, 0o755);
  const cluster = await startCluster({ home, settings: SETTINGS });
  try {
    const folder = path.join(home, 'shared');
    mkdirSync(folder);
    const temporary = path.join(home, 't');
    mkdirSync(temporary);
    chmodSync(temporary, 0o1777); // as of the machine's own: PostgreSQL's user is another than ours
    return await work({ server: cluster.address, folder, temporary });
  } finally {
    await cluster.stop();
    rmSync(home, { recursive: true, force: true });
  }
}

/** Whether a folder in memory is there, takes a run, and lets programs be started in it. */
function hasRoom(folder: string): boolean {
  try {
    accessSync(folder, constants.W_OK);
    const { bavail, bsize } = statfsSync(folder);
    const [, , type, options = ''] =
      readFileSync('/proc/mounts', 'utf8')
        .split('\n')
        .map((line) => line.split(' '))
        .find(([, mounted]) => mounted === folder) ?? [];
    return (
      type === 'tmpfs' &&
      !options.split(',').includes('noexec') &&
      Math.min(bavail * bsize, process.availableMemory()) >= ROOM_BYTES
    );
  } catch {
    return false;
  }
}

async function removeLeftBehind(): Promise<void> {
  for (const place of [tmpdir(), MEMORY].filter((folder) => existsSync(folder)))
    for (const name of readdirSync(place)) await removeIfLeft(place, name);
}

async function removeIfLeft(place: string, name: string): Promise<void> {
  const pid = HOME.exec(name)?.[1];
  if (pid === undefined || isAlive(Number(pid))) return;
  const home = path.join(place, name);
  // adopted, for only its supervisor knows all that belongs to it
  if (existsSync(path.join(home, 'data/postmaster.pid')))
    await (await startCluster({ home, settings: SETTINGS })).stop();
  rmSync(home, { recursive: true, force: true });
}

function isAlive(pid: number): boolean {
  try {
    process.kill(pid, 0);
    return true;
  } catch (error) {
    return error instanceof Error && 'code' in error && error.code === 'EPERM';
  }
}
