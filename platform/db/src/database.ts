/**
 * A database of the house: one pool a role, opened when first used. Whoever holds a `Database` chooses the schema whose
 * role it works under; nobody works as the superuser but set-up and tests that tamper on purpose.
 */
import { createHmac } from 'node:crypto';
import { connectionOf, type ServerAddress } from './cluster/cluster.ts';
import { migrate } from './migrate.ts';
import { roleOf, type SchemaOwner } from './schema-owner.ts';
import { openPool, type Sql } from './sql.ts';

const CONNECTIONS_MAX = 10;

export interface DatabaseOptions {
  readonly server: ServerAddress;
  readonly name: string;
  readonly owners: readonly SchemaOwner[];
  /** From which the roles' passwords are derived: a secret of the installation. */
  readonly roleSecret: string;
}

export class Database {
  readonly #options: DatabaseOptions;
  readonly #pools = new Map<string, Sql>();

  constructor(options: DatabaseOptions) {
    this.#options = options;
  }

  /** The pool of a schema's role. */
  pool(schema: string): Sql {
    const existing = this.#pools.get(schema);
    if (existing) return existing;
    const owner = this.#options.owners.find((candidate) => candidate.schema === schema);
    if (!owner) throw new Error(`no owner of schema ${schema} was named for this database`);
    const pool = this.#open(schema, owner.connections_max ?? CONNECTIONS_MAX);
    this.#pools.set(schema, pool);
    return pool;
  }

  #open(schema: string, connections_max: number): Sql {
    const role = roleOf(schema);
    return openPool({
      ...connectionOf(this.#options.server),
      username: role,
      password: this.passwordOf(role),
      database: this.#options.name,
      max: connections_max,
    });
  }

  /** One connection of a schema's role for work that needs a session of its own (temporary tables). The caller ends it. */
  session(schema: string): Sql {
    return this.#open(schema, 1);
  }

  /** A role's password, the same for the same installation secret. */
  passwordOf(role: string): string {
    return createHmac('sha256', this.#options.roleSecret).update(role).digest('base64url');
  }

  /** A small pool of the superuser: set-up, snapshots, and tests that tamper. The caller ends it. */
  superuser(): Sql {
    return openPool({ ...connectionOf(this.#options.server), database: this.#options.name, max: 3 });
  }

  /** Makes the database if it is not there, and applies the migrations that are missing. */
  async prepare(): Promise<readonly string[]> {
    await createDatabase(this.#options.server, this.#options.name);
    const superuser = this.superuser();
    try {
      return await migrate(superuser, this.#options.owners, (role) => this.passwordOf(role));
    } finally {
      await superuser.end({ timeout: 5 });
    }
  }

  async close(): Promise<void> {
    await Promise.all([...this.#pools.values()].map((pool) => pool.end({ timeout: 5 })));
    this.#pools.clear();
  }
}

async function createDatabase(server: ServerAddress, name: string): Promise<void> {
  const maintenance = openPool({ ...connectionOf(server), database: 'postgres', max: 1 });
  try {
    const [found] = await maintenance`SELECT 1 FROM pg_database WHERE datname = ${name}`;
    if (!found) await maintenance.unsafe(`CREATE DATABASE "${name}" TEMPLATE template0`);
  } finally {
    await maintenance.end({ timeout: 5 });
  }
}
