/**
 * The supervisor of the embedded PostgreSQL: makes the cluster, starts it, watches it, stops it. A kill -9 of us, of
 * PostgreSQL or of both at any moment leaves a home that starts again: the cluster appears by one rename, a running
 * postmaster is adopted, and one that dies is started anew.
 */
import { type ChildProcess, spawn, spawnSync } from 'node:child_process';
import { createHash, randomBytes } from 'node:crypto';
import {
  chmodSync,
  chownSync,
  existsSync,
  mkdirSync,
  openSync,
  readFileSync,
  renameSync,
  rmSync,
  writeFileSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { postgres } from '../mended-driver.ts';
import { clusterIdentity, provideSoftware, reachableByOthers } from './software.ts';

/** How to reach a PostgreSQL server as its superuser (or as a role that may create roles and databases). */
export interface ServerAddress {
  /** Host name, or the folder of the Unix socket. */
  readonly host: string;
  readonly port: number;
  readonly user: string;
  readonly password: string;
  /** How the connection is secured; plain where absent. */
  readonly ssl?: TlsPolicy;
}

/** `require` encrypts without knowing the server; an object checks its certificate and name against `ca` (PEM). */
export type TlsPolicy = false | 'require' | { readonly ca?: string; readonly rejectUnauthorized: true };

export interface ClusterOptions {
  /** The folder that holds cluster, software copy and log. Made when missing. */
  readonly home: string;
  /** Overrides of postgresql.conf, e.g. `{ fsync: 'off' }` for tests. */
  readonly settings?: Readonly<Record<string, string>>;
}

export interface Cluster {
  readonly address: ServerAddress;
  /** The postmaster's process id now. */
  pid(): number | undefined;
  /** Fast shutdown: sessions are ended, a checkpoint is written. */
  stop(): Promise<void>;
  /** Watches no more and leaves the server running, for whoever else uses it. */
  leave(): void;
}

const PORT = 5432; // only names the socket file: the server listens on no address
const READY_TIMEOUT_MS = 60_000;
const RESTART_PAUSE_MS = 200;

const DEFAULT_SETTINGS: Readonly<Record<string, string>> = {
  listen_addresses: '',
  max_connections: '200',
  shared_buffers: '256MB',
  effective_cache_size: '2GB',
  work_mem: '16MB',
  maintenance_work_mem: '256MB',
  max_wal_size: '4GB',
  checkpoint_timeout: '15min',
  jit: 'off',
  timezone: 'UTC',
  log_timezone: 'UTC',
  password_encryption: 'scram-sha-256',
  // statements carry personal data: errors are logged without them
  log_min_error_statement: 'panic',
  log_statement: 'none',
};

/** Starts (or adopts) the cluster in `home`, waits until it answers, and keeps it running until `stop`. */
export async function startCluster(options: ClusterOptions): Promise<Cluster> {
  const home = reachableHome(path.resolve(options.home));
  const layout = layoutOf(home);
  mkdirSync(home, { recursive: true });
  const software = provideSoftware(home);
  if (!existsSync(path.join(layout.data, 'PG_VERSION'))) initialise(software, layout);
  prepareSocketFolder(layout.socket);

  const supervisor = new Supervisor(software, layout, options.settings ?? {});
  await supervisor.start();
  return {
    address: supervisor.address,
    pid: () => supervisor.pid,
    stop: () => supervisor.stop(),
    leave: () => supervisor.leave(),
  };
}

/** The home itself, or a folder below /var/lib where the server's uid could not reach it (a clone in /root). */
function reachableHome(home: string): string {
  if (!clusterIdentity() || reachableByOthers(home)) return home;
  if (reachableByOthers(path.dirname(home))) {
    // the folder is the cluster's own: opening it to passers-by opens nothing, for what is inside is closed itself
    mkdirSync(home, { recursive: true });
    chmodSync(home, 0o755);
    return home;
  }
  return path.join('/var/lib/ishizue', createHash('sha256').update(home).digest('hex').slice(0, 16));
}

interface Layout {
  readonly home: string;
  readonly data: string;
  readonly password: string;
  readonly log: string;
  readonly socket: string;
}

function layoutOf(home: string): Layout {
  // a socket's path is limited to 107 bytes, which a clone's path may pass: it lives in the temporary folder
  const tag = createHash('sha256').update(home).digest('hex').slice(0, 16);
  return {
    home,
    data: path.join(home, 'data'),
    password: path.join(home, 'superuser-password'),
    log: path.join(home, 'postgres.log'),
    socket: path.join(tmpdir(), `ishizue-pg-${tag}`),
  };
}

function prepareSocketFolder(folder: string): void {
  const identity = clusterIdentity();
  mkdirSync(folder, { recursive: true, mode: 0o700 });
  if (identity) chownSync(folder, identity.uid, identity.gid);
  chmodSync(folder, 0o700);
}

function initialise(software: string, layout: Layout): void {
  const identity = clusterIdentity();
  const fresh = path.join(layout.home, 'data.new');
  rmSync(fresh, { recursive: true, force: true });
  mkdirSync(fresh, { mode: 0o700 });
  const password = randomBytes(24).toString('base64url');
  const passwordFile = path.join(layout.home, 'initdb-password');
  writeFileSync(passwordFile, password, { mode: 0o600 });
  if (identity) {
    chownSync(fresh, identity.uid, identity.gid);
    chownSync(passwordFile, identity.uid, identity.gid);
  }
  const arguments_ = ['-D', fresh, '-U', 'postgres', '-A', 'scram-sha-256', `--pwfile=${passwordFile}`];
  arguments_.push('-E', 'UTF8', '--locale-provider=builtin', '--builtin-locale=C.UTF-8', '--locale=C');
  const result = spawnSync(path.join(software, 'bin/initdb'), arguments_, {
    ...identity,
    encoding: 'utf8',
    cwd: layout.home,
    env: { PATH: process.env['PATH'], LD_LIBRARY_PATH: path.join(software, 'lib') },
  });
  rmSync(passwordFile, { force: true });
  if (result.status !== 0)
    throw new Error(`initdb failed: ${result.error?.message ?? ''}${result.stderr}${result.stdout}`);
  // the password first, the cluster by one rename: whoever sees the cluster has its password
  writeFileSync(layout.password, password, { mode: 0o600 });
  renameSync(fresh, layout.data);
}

function livingPostmaster(layout: Layout): number | undefined {
  const pidFile = path.join(layout.data, 'postmaster.pid');
  if (!existsSync(pidFile)) return undefined;
  const pid = Number.parseInt(readFileSync(pidFile, 'utf8'), 10);
  try {
    process.kill(pid, 0);
    // a reused pid is not our server: its command line must name our data
    const commandLine = `/proc/${pid}/cmdline`;
    if (existsSync(commandLine) && !readFileSync(commandLine, 'utf8').includes(layout.data)) return undefined;
    return pid;
  } catch {
    return undefined;
  }
}

class Supervisor {
  readonly address: ServerAddress;
  pid: number | undefined;
  readonly #software: string;
  readonly #layout: Layout;
  readonly #settings: Readonly<Record<string, string>>;
  #stopping = false;
  #watch: NodeJS.Timeout | undefined;

  constructor(software: string, layout: Layout, settings: Readonly<Record<string, string>>) {
    this.#software = software;
    this.#layout = layout;
    this.#settings = { ...DEFAULT_SETTINGS, ...settings, unix_socket_directories: layout.socket };
    const password = readFileSync(layout.password, 'utf8');
    this.address = { host: layout.socket, port: PORT, user: 'postgres', password };
  }

  async start(): Promise<void> {
    const deadline = Date.now() + READY_TIMEOUT_MS;
    this.pid = livingPostmaster(this.#layout);
    if (this.pid === undefined) this.#spawn();
    while (!(await this.#answers())) {
      if (Date.now() > deadline) throw new Error(`PostgreSQL did not start; see ${this.#layout.log}`);
      await sleep(25);
      // after a kill -9 its orphans hold the shared memory for a moment, and the first start gives up
      if (this.pid === undefined || !isAlive(this.pid)) {
        await sleep(RESTART_PAUSE_MS);
        this.#spawn();
      }
    }
    this.#keepAlive();
  }

  #spawn(): void {
    const identity = clusterIdentity();
    const log = openSync(this.#layout.log, 'a', 0o600);
    const settings = Object.entries(this.#settings).flatMap(([name, value]) => ['-c', `${name}=${value}`]);
    const child: ChildProcess = spawn(
      path.join(this.#software, 'bin/postgres'),
      ['-D', this.#layout.data, '-p', String(PORT), ...settings],
      {
        ...identity,
        cwd: this.#layout.home,
        // a process group of its own: Ctrl-C reaches us first, and we stop it in order
        detached: true,
        stdio: ['ignore', log, log],
        env: { PATH: process.env['PATH'], LD_LIBRARY_PATH: path.join(this.#software, 'lib') },
      },
    );
    child.on('error', () => undefined); // shows as a process that is not alive
    child.unref();
    this.pid = child.pid;
  }

  async #answers(): Promise<boolean> {
    const probe = postgres({
      ...connectionOf(this.address),
      database: 'postgres',
      max: 1,
      connect_timeout: 2,
    });
    try {
      await probe`SELECT 1`;
      return true;
    } catch {
      return false;
    } finally {
      await probe.end({ timeout: 1 });
    }
  }

  #keepAlive(): void {
    this.#watch = setInterval(() => {
      if (this.#stopping || (this.pid !== undefined && isAlive(this.pid))) return;
      this.pid = livingPostmaster(this.#layout);
      if (this.pid === undefined) this.#spawn();
    }, RESTART_PAUSE_MS);
    this.#watch.unref();
  }

  leave(): void {
    this.#stopping = true;
    clearInterval(this.#watch);
  }

  async stop(): Promise<void> {
    this.leave();
    const pid = this.pid;
    if (pid === undefined || !isAlive(pid)) return;
    process.kill(pid, 'SIGINT');
    for (let waited_ms = 0; isAlive(pid); waited_ms += 20) {
      if (waited_ms > READY_TIMEOUT_MS) throw new Error(`PostgreSQL (pid ${pid}) did not stop`);
      await sleep(20);
    }
    rmSync(this.#layout.socket, { recursive: true, force: true });
  }
}

function isAlive(pid: number): boolean {
  try {
    process.kill(pid, 0);
  } catch {
    return false;
  }
  const status = `/proc/${pid}/stat`;
  // our own child that ended is a zombie until Node reaps it
  return !existsSync(status) || !/^\d+ \(.*\) Z/.test(readFileSync(status, 'utf8'));
}

/** postgres.js options for an address: a host that is a path is the folder of a Unix socket. */
export function connectionOf(address: ServerAddress): {
  host: string;
  port: number;
  username: string;
  password: string;
  ssl: TlsPolicy;
} {
  const { host, port, user, password, ssl = false } = address;
  return { host, port, username: user, password, ssl };
}
