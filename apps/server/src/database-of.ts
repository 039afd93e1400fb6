/** The country's database: on the embedded PostgreSQL in the data directory, or on the server that a URL names. */
import path from 'node:path';
import { type Cluster, Database, type ServerAddress, startCluster } from '@ishizue/db';
import type { DataDirectory } from './data-directory.ts';
import { houseSchemas } from './house-schemas.ts';

const DATABASE_NAME = 'ishizue';

export interface OpenedDatabase {
  readonly database: Database;
  /** The migrations that were applied now. */
  readonly applied: readonly string[];
  close(): Promise<void>;
}

/** @param isOwner whether the embedded server is to end with us; else it is left running */
export async function openDatabase(
  directory: DataDirectory,
  databaseUrl: string | undefined,
  isOwner: boolean,
): Promise<OpenedDatabase> {
  const cluster = databaseUrl === undefined ? await startCluster({ home: directory.postgres }) : undefined;
  const { server, name } = cluster ? ofCluster(cluster) : ofUrl(databaseUrl ?? '');
  const database = new Database({ server, name, owners: houseSchemas, roleSecret: directory.roleSecret });
  const applied = await database.prepare();
  return {
    database,
    applied,
    close: async () => {
      await database.close();
      if (isOwner) await cluster?.stop();
      else cluster?.leave();
    },
  };
}

interface Place {
  readonly server: ServerAddress;
  readonly name: string;
}

const ofCluster = (cluster: Cluster): Place => ({ server: cluster.address, name: DATABASE_NAME });

function ofUrl(text: string): Place {
  const url = URL.parse(text);
  if (!url || !/^postgres(ql)?:$/.test(url.protocol)) throw new Error('DATABASE_URL is not postgres://…');
  const server = {
    host: url.searchParams.get('host') ?? url.hostname,
    port: url.port === '' ? 5432 : Number(url.port),
    user: decodeURIComponent(url.username),
    password: decodeURIComponent(url.password),
  };
  return { server, name: path.posix.basename(url.pathname) || DATABASE_NAME };
}
