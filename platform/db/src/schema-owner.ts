/**
 * Who owns what in the database. A system, or a part of the platform that stores something, owns one schema. Two roles
 * belong to it: `ishizue_<schema>_owner` (cannot log in; owns tables and functions, so that the running program can
 * neither alter a table nor pass by row-level security) and `ishizue_<schema>` (logs in; reads and writes rows).
 * What others may do with a schema is granted in its own migrations, to `ishizue_system` (every system's role) or
 * to a role by name.
 */

/** A package's share of the database. */
export interface SchemaOwner {
  /** The schema's name, which names the roles too: `registry` → `ishizue_registry`. */
  readonly schema: string;
  /** The folder of the forward-only migrations `NNNN-name.sql`. */
  readonly migrations: URL;
  /** Whether the role belongs to `ishizue_system` (business systems do, parts of the platform do not). */
  readonly system?: boolean;
  /** Connections at the most; 10 where absent. */
  readonly connections_max?: number;
}

/** The group to which every business system's role belongs. */
export const SYSTEM_GROUP = 'ishizue_system';

const SCHEMA_NAME = /^[a-z][a-z_]{0,40}$/;

/** The role that logs in for a schema. */
export function roleOf(schema: string): string {
  if (!SCHEMA_NAME.test(schema)) throw new Error(`not a schema name: ${schema}`);
  return `ishizue_${schema}`;
}

/** The role that owns a schema's objects and cannot log in. */
export function ownerRoleOf(schema: string): string {
  return `${roleOf(schema)}_owner`;
}
