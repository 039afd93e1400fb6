/** `DATABASE_URL` against a PostgreSQL with TLS, whose certificates openssl makes. */
import assert from 'node:assert/strict';
import { execFileSync } from 'node:child_process';
import { chmodSync, chownSync, copyFileSync, mkdirSync } from 'node:fs';
import { connect, createServer, type Server } from 'node:net';
import path from 'node:path';
import { type TestContext, test } from 'node:test';
import { type Cluster, Database, startCluster } from '@ishizue/db';
import { openDataDirectory } from './data-directory.ts';
import { openDatabase } from './database-of.ts';
import { readDatabaseUrl } from './database-url.ts';
import { houseSchemas } from './house-schemas.ts';
import { dataForTest } from './opened-for-test.ts';
import { StartRefused } from './start-refused.ts';

interface Secured {
  readonly folder: string;
  readonly data: string;
  readonly cluster: Cluster;
  /** The URL of the superuser by the name `localhost`. */
  readonly url: string;
  /** Gives the server another certificate. */
  readonly certify: (name: string) => Promise<void>;
}

const openssl = (folder: string, ...rest: readonly string[]): void =>
  void execFileSync('openssl', rest, { cwd: folder, stdio: 'pipe' });

const NEW_KEY = ['-newkey', 'ec', '-pkeyopt', 'ec_paramgen_curve:P-256', '-nodes', '-days', '1'];

function makeRoot(folder: string, name: string): void {
  openssl(
    folder,
    'req',
    '-x509',
    ...NEW_KEY,
    '-keyout',
    `${name}.key`,
    '-out',
    `${name}.pem`,
    '-subj',
    `/CN=${name}`,
  );
}

function makeLeaf(folder: string, name: string): void {
  const issuer = ['-CA', 'root.pem', '-CAkey', 'root.key'];
  const names = ['-subj', `/CN=${name}`, '-addext', `subjectAltName=DNS:${name}`];
  const files = ['-keyout', `${name}.key`, '-out', `${name}.pem`];
  openssl(
    folder,
    'req',
    '-x509',
    ...issuer,
    ...NEW_KEY,
    ...files,
    ...names,
    '-addext',
    'basicConstraints=CA:FALSE',
  );
}

async function secured(t: TestContext): Promise<Secured> {
  const data = dataForTest(t);
  const folder = path.join(path.dirname(data), 'tls');
  mkdirSync(folder);
  chmodSync(folder, 0o755);
  for (const name of ['root', 'stranger']) makeRoot(folder, name);
  for (const name of ['localhost', 'db.example']) makeLeaf(folder, name);
  const install = (name: string): void => {
    for (const kind of ['key', 'pem']) {
      const file = path.join(folder, `server.${kind}`);
      copyFileSync(path.join(folder, `${name}.${kind}`), file);
      chmodSync(file, 0o600);
      if (process.getuid?.() === 0) chownSync(file, 65_534, 65_534); // as whom PostgreSQL then runs
    }
  };
  install('localhost');
  const address = `127.${(process.pid >> 8) & 127}.${process.pid & 255}.5`; // of our own: the port is always the same
  const settings = {
    ssl: 'on',
    ssl_cert_file: path.join(folder, 'server.pem'),
    ssl_key_file: path.join(folder, 'server.key'),
    listen_addresses: address,
    fsync: 'off',
    shared_buffers: '32MB',
  };
  const cluster = await startCluster({ home: path.join(path.dirname(data), 'cluster'), settings });
  t.after(() => cluster.stop());
  const port = await listenAt(t, 'localhost', (socket) => {
    const server = connect(5432, address);
    server.on('error', () => socket.destroy());
    socket.on('close', () => server.destroy());
    socket.pipe(server).pipe(socket);
  });
  const url = `postgres://postgres:${cluster.address.password}@localhost:${port}/country`;
  const certify = async (name: string): Promise<void> => {
    install(name);
    await asSuperuser(cluster, 'SELECT pg_reload_conf()');
  };
  return { folder, data, cluster, url, certify };
}

async function listenAt(
  t: TestContext,
  host: string,
  handle: (socket: ReturnType<typeof connect>) => void,
): Promise<number> {
  const server: Server = createServer((socket) => {
    socket.on('error', () => undefined);
    handle(socket);
  });
  await new Promise<void>((resolve) => server.listen(0, host, resolve));
  t.after(() => server.close());
  const at = server.address();
  assert.ok(at !== null && typeof at === 'object');
  return at.port;
}

async function asSuperuser(cluster: Cluster, text: string): Promise<readonly Record<string, unknown>[]> {
  const options = { server: cluster.address, owners: houseSchemas, roleSecret: '' };
  const sql = new Database({ ...options, name: 'postgres' }).superuser();
  try {
    return await sql.unsafe(text);
  } finally {
    await sql.end({ timeout: 1 });
  }
}

/** Opens the database of a URL, asks how it is connected, and closes it; or the code of the refusal with its detail. */
async function opened(data: string, url: string): Promise<string> {
  await using opening = new AsyncDisposableStack();
  try {
    const order = {
      directory: openDataDirectory(data),
      place: readDatabaseUrl(url),
      isOwner: true,
      signal: undefined,
    };
    const database = await openDatabase(order, opening);
    const [row] = await database.pool('registry')<{ ssl: boolean; name: string }[]>`
      SELECT ssl, current_database() AS name FROM pg_stat_ssl WHERE pid = pg_backend_pid()`;
    return `${row?.name} ${row?.ssl ? 'TLS' : 'plain'}`;
  } catch (error) {
    assert.ok(error instanceof StartRefused, String(error));
    return error.message;
  }
}

const madeThere = (cluster: Cluster) =>
  asSuperuser(
    cluster,
    `SELECT rolname AS name FROM pg_roles WHERE rolname LIKE 'ishizue%' UNION SELECT datname FROM pg_database WHERE datname = 'country'`,
  );

test('a role that is no superuser, a wrong root and a wrong name end it before anything is made; the right ones open it', async (t) => {
  const { folder, data, cluster, url, certify } = await secured(t);
  await asSuperuser(cluster, `CREATE ROLE plain LOGIN CREATEDB CREATEROLE PASSWORD 'plain'`);
  const plain = url.replace(/\/\/[^@]*@/, '//plain:plain@');
  const verified = (root: string) => `?sslmode=verify-full&sslrootcert=${path.join(folder, root)}`;
  assert.match(await opened(data, plain), /^database-role-not-superuser/);
  assert.match(await opened(data, url.replace(/:[^:@]*@/, ':wrong@')), /^database-unreachable.*28P01/);
  assert.match(
    await opened(data, url + verified('stranger.pem')),
    /^database-unreachable.*(SIGNATURE|ISSUER|VERIFY)/,
  );
  await certify('db.example');
  assert.match(
    await opened(data, url + verified('root.pem')),
    /^database-unreachable.*ERR_TLS_CERT_ALTNAME_INVALID/,
  );
  assert.deepEqual([...(await madeThere(cluster))], []);
  assert.equal(await opened(data, `${url}?sslmode=require`), 'country TLS');
  await certify('localhost');
  assert.equal(await opened(data, url + verified('root.pem')), 'country TLS');
  assert.equal(await opened(data, `${url}?sslmode=disable`), 'country plain');
});

test('where TLS is required, a server that has none is sent nothing in clear', async (t) => {
  const seen: Buffer[] = [];
  const port = await listenAt(t, 'localhost', (socket) => {
    socket.once('data', () => {
      socket.write('N');
      socket.on('data', (chunk) => {
        seen.push(chunk);
        socket.destroy();
      });
    });
  });
  const refused = await opened(dataForTest(t), `postgres://boss:s3cret@localhost:${port}/x?sslmode=require`);
  assert.match(refused, /^database-unreachable/);
  const sent = Buffer.concat(seen);
  assert.ok(sent.length === 0 || sent[0] === 0x16, 'something else than a TLS greeting was sent');
  assert.doesNotMatch(sent.toString('latin1'), /boss/);
});
