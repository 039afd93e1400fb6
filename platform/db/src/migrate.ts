/**
 * Forward-only migrations. Each file is applied once, in one transaction, as the schema's owner role; a file that was
 * changed after it was applied is refused. Two processes that migrate at once wait for each other.
 */
import { type Migration, readMigrations } from './migrations.ts';
import { readMark, wantedMark, writeMark } from './prepared-mark.ts';
import { ownerRoleOf, roleOf, type SchemaOwner, SYSTEM_GROUP } from './schema-owner.ts';
import type { Sql, Tx } from './sql.ts';
import { inTransaction } from './transaction.ts';

const MIGRATION_LOCK = 5_140_001; // any constant: all processes of the house take the same

/**
 * Brings a database up to date as its superuser. One that was left so, roles included, is found so at once: every verb
 * beside a running server comes by here.
 * @param passwordOf the password that each login role is to have
 * @returns the migrations applied now, as `schema/name`
 */
export async function migrate(
  superuser: Sql,
  owners: readonly SchemaOwner[],
  passwordOf: (role: string) => string,
): Promise<readonly string[]> {
  const wanted = () => wantedMark(superuser, owners, passwordOf);
  const mark = await readMark(superuser);
  if (mark !== undefined && mark === (await wanted())) return [];
  const applied: string[] = [];
  // the lock has a transaction of its own, so that each file can have one too
  await inTransaction(superuser, {}, async (lock) => {
    await lock`SELECT pg_advisory_xact_lock(${MIGRATION_LOCK})`;
    await superuser.begin((tx) => prepareHouse(tx));
    for (const owner of owners) {
      await superuser.begin((tx) => prepareSchema(tx, owner, passwordOf(roleOf(owner.schema))));
      for (const migration of readMigrations(owner)) {
        if (await superuser.begin((tx) => applyMigration(tx, owner, migration)))
          applied.push(`${owner.schema}/${migration.name}`);
      }
    }
    await writeMark(superuser, await wanted());
  });
  return applied;
}

async function ensureRole(tx: Tx, role: string, attributes: string): Promise<void> {
  const [found] = await tx`SELECT 1 FROM pg_roles WHERE rolname = ${role}`;
  await tx.unsafe(`${found ? 'ALTER' : 'CREATE'} ROLE ${role} ${attributes}`);
}

async function currentDatabase(tx: Tx): Promise<string> {
  const [row] = await tx<{ name: string }[]>`SELECT current_database() AS name`;
  if (!row) throw new Error('PostgreSQL did not tell its database');
  return row.name;
}

async function prepareHouse(tx: Tx): Promise<void> {
  // roles belong to the whole server: databases of one server take turns
  await tx`SELECT pg_advisory_xact_lock(${MIGRATION_LOCK + 1})`;
  await ensureRole(tx, SYSTEM_GROUP, 'NOLOGIN');
  const database = await currentDatabase(tx);
  await tx.unsafe(`
    REVOKE ALL ON SCHEMA public FROM PUBLIC;
    REVOKE ALL ON DATABASE "${database}" FROM PUBLIC;
    CREATE SCHEMA IF NOT EXISTS house;
    CREATE TABLE IF NOT EXISTS house.migration (
      schema text NOT NULL,
      name text NOT NULL,
      sha256 text NOT NULL,
      applied_at timestamptz NOT NULL DEFAULT now(),
      PRIMARY KEY (schema, name)
    );
    CREATE TABLE IF NOT EXISTS house.prepared (
      id boolean PRIMARY KEY DEFAULT true CHECK (id),
      mark text NOT NULL
    )`);
}

async function prepareSchema(tx: Tx, owner: SchemaOwner, password: string): Promise<void> {
  await tx`SELECT pg_advisory_xact_lock(${MIGRATION_LOCK + 1})`;
  const role = roleOf(owner.schema);
  const ownerRole = ownerRoleOf(owner.schema);
  if (!/^[\w-]+$/.test(password)) throw new Error('a role’s password has characters outside [A-Za-z0-9_-]');
  await ensureRole(tx, ownerRole, 'NOLOGIN');
  await ensureRole(tx, role, `LOGIN PASSWORD '${password}'`);
  if (owner.system) await tx.unsafe(`GRANT ${SYSTEM_GROUP} TO ${role}`);
  const database = await currentDatabase(tx);
  await tx.unsafe(`
    GRANT CONNECT, TEMPORARY ON DATABASE "${database}" TO ${role};
    CREATE SCHEMA IF NOT EXISTS ${owner.schema} AUTHORIZATION ${ownerRole};
    GRANT USAGE ON SCHEMA ${owner.schema} TO ${role};
    ALTER ROLE ${role} SET search_path = ${owner.schema}, pg_catalog;
    ALTER DEFAULT PRIVILEGES FOR ROLE ${ownerRole} REVOKE EXECUTE ON FUNCTIONS FROM PUBLIC;
    ALTER DEFAULT PRIVILEGES FOR ROLE ${ownerRole} IN SCHEMA ${owner.schema}
      GRANT SELECT, INSERT, UPDATE, DELETE ON TABLES TO ${role};
    ALTER DEFAULT PRIVILEGES FOR ROLE ${ownerRole} IN SCHEMA ${owner.schema} GRANT USAGE ON SEQUENCES TO ${role};
    ALTER DEFAULT PRIVILEGES FOR ROLE ${ownerRole} IN SCHEMA ${owner.schema} GRANT EXECUTE ON FUNCTIONS TO ${role}`);
}

async function applyMigration(tx: Tx, owner: SchemaOwner, migration: Migration): Promise<boolean> {
  const [earlier] = await tx<{ sha256: string }[]>`
    SELECT sha256 FROM house.migration WHERE schema = ${owner.schema} AND name = ${migration.name}`;
  if (earlier) {
    if (earlier.sha256 !== migration.sha256)
      throw new Error(
        `${owner.schema}/${migration.name} was changed after it was applied; add a new migration`,
      );
    return false;
  }
  await tx.unsafe(
    `SET LOCAL ROLE ${ownerRoleOf(owner.schema)}; SET LOCAL search_path = ${owner.schema}, pg_catalog`,
  );
  try {
    await tx.unsafe(migration.text);
  } catch (cause) {
    throw new Error(`migration ${owner.schema}/${migration.name} failed`, { cause });
  }
  await tx.unsafe('RESET ROLE; RESET search_path');
  await tx`
    INSERT INTO house.migration (schema, name, sha256)
    VALUES (${owner.schema}, ${migration.name}, ${migration.sha256})`;
  return true;
}
