/**
 * The mark of a prepared database: a digest of what it was prepared for and of the roles as that left them. Who finds the
 * mark that it would leave has nothing to do. It covers whatever else could have moved: the text of every migration, the
 * roles (they are the server's: another database of it may have set a password anew) and the database itself (the
 * privileges of one that was restored are not in its dump).
 */
import { createHash } from 'node:crypto';
import { readMigrations } from './migrations.ts';
import { ownerRoleOf, roleOf, type SchemaOwner, SYSTEM_GROUP } from './schema-owner.ts';
import type { Sql } from './sql.ts';

/** The mark that the last preparation left, if there was one. */
export async function readMark(superuser: Sql): Promise<string | undefined> {
  const [place] = await superuser`SELECT 1 WHERE to_regclass('house.prepared') IS NOT NULL`;
  if (!place) return undefined;
  const [row] = await superuser<{ mark: string }[]>`SELECT mark FROM house.prepared`;
  return row?.mark;
}

/** The mark of a preparation for these owners, with the roles as they are now. */
export async function wantedMark(
  superuser: Sql,
  owners: readonly SchemaOwner[],
  passwordOf: (role: string) => string,
): Promise<string> {
  const roles = owners.flatMap(({ schema }) => [roleOf(schema), ownerRoleOf(schema)]);
  const found = await superuser<{ role: string; database: number }[]>`
    SELECT rolname || ' ' || oid || ' ' || rolcanlogin || ' ' || coalesce(rolpassword, '') AS role,
      (SELECT oid FROM pg_database WHERE datname = current_database()) AS database
    FROM pg_authid WHERE rolname IN ${superuser([SYSTEM_GROUP, ...roles])} ORDER BY rolname`;
  const digest = createHash('sha256');
  for (const owner of owners) {
    digest.update(`${owner.schema} ${owner.system ?? false} ${passwordOf(roleOf(owner.schema))}\n`);
    for (const { name, sha256 } of readMigrations(owner)) digest.update(`${name} ${sha256}\n`);
  }
  for (const { role, database } of found) digest.update(`${database} ${role}\n`);
  return digest.digest('hex');
}

/** Leaves a mark in place of the last one. */
export async function writeMark(superuser: Sql, mark: string): Promise<void> {
  await superuser`
    INSERT INTO house.prepared (mark) VALUES (${mark})
    ON CONFLICT (id) DO UPDATE SET mark = excluded.mark`;
}
