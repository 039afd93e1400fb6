/**
 * The country's database: on the embedded PostgreSQL in the data directory, or on the server that a URL names. Who it is
 * that we came in as is asked before anything is made there.
 */
import { Database, nameOf, type ServerAddress, startCluster } from '@ishizue/db';
import type { DataDirectory } from './data-directory.ts';
import type { DatabasePlace } from './database-url.ts';
import { houseSchemas } from './house-schemas.ts';
import { StartRefused } from './start-refused.ts';
import { unlessAborted } from './unless-aborted.ts';

const DATABASE_NAME = 'ishizue';

export interface DatabaseOrder {
  readonly directory: DataDirectory;
  /** The server of our own choice; the embedded one where absent. */
  readonly place: DatabasePlace | undefined;
  /** Whether the embedded server is to end with us; else it is left running. */
  readonly isOwner: boolean;
  readonly signal: AbortSignal | undefined;
}

/** Opens the database and applies what migrations are missing; `opening` closes it. */
export async function openDatabase(
  { directory, place, isOwner, signal }: DatabaseOrder,
  opening: AsyncDisposableStack,
): Promise<Database> {
  const { server, name } = place ?? (await startEmbedded(directory, isOwner, opening));
  const options = { server, owners: houseSchemas, roleSecret: directory.roleSecret };
  if (place) await mustBeSuperuser(server, new Database({ ...options, name: 'postgres' }));
  const database = new Database({ ...options, name });
  opening.defer(() => database.close());
  signal?.throwIfAborted();
  await unlessAborted(signal, database.prepare());
  return database;
}

async function startEmbedded(
  directory: DataDirectory,
  isOwner: boolean,
  opening: AsyncDisposableStack,
): Promise<DatabasePlace> {
  const cluster = await startCluster({ home: directory.postgres });
  opening.defer(async () => (isOwner ? cluster.stop() : cluster.leave()));
  return { server: cluster.address, name: DATABASE_NAME };
}

/** Fails before the first migration would, half-way and with words that no operator knows. */
async function mustBeSuperuser(server: ServerAddress, maintenance: Database): Promise<void> {
  const sql = maintenance.superuser();
  try {
    const [row] = await sql<{ rolsuper: boolean }[]>`
      SELECT rolsuper FROM pg_catalog.pg_roles WHERE rolname = current_user`;
    if (row?.rolsuper === true) return;
  } catch (cause) {
    const detail = `the server of DATABASE_URL (${server.host}) does not answer us: ${nameOf(cause)}`;
    throw new StartRefused('database-unreachable', detail, { cause });
  } finally {
    await sql.end({ timeout: 5 });
  }
  const detail = 'the user of DATABASE_URL must be a superuser: it makes roles, schemas and a database';
  throw new StartRefused('database-role-not-superuser', detail);
}
