/**
 * A schema as text, from PostgreSQL's catalogues: tables, columns, constraints, indexes, policies, functions and
 * grants in a stable order. Kept beside the migrations as `schema.txt`, so that a review sees what a migration did and
 * the tests see drift.
 */
import { ownerRoleOf } from './schema-owner.ts';
import type { Sql } from './sql.ts';

/** The text of one schema; lines are sorted by kind, then by name. */
export async function describeSchema(superuser: Sql, schema: string): Promise<string> {
  const rows = await superuser<{ line: string }[]>`
    WITH objects AS (
      SELECT c.oid, c.relname, c.relkind, c.relrowsecurity, c.relforcerowsecurity, c.relacl, c.relowner
      FROM pg_class c JOIN pg_namespace n ON n.oid = c.relnamespace
      WHERE n.nspname = ${schema} AND c.relkind IN ('r', 'p', 'v', 'm', 'S')
    ), lines AS (
      SELECT 1 AS kind, relname AS name, 0 AS position,
        CASE relkind WHEN 'S' THEN 'sequence ' WHEN 'v' THEN 'view ' WHEN 'm' THEN 'materialised view ' ELSE 'table ' END || relname
        || CASE WHEN relrowsecurity THEN ' row-level-security' ELSE '' END
        || CASE WHEN relforcerowsecurity THEN ' forced' ELSE '' END AS line
      FROM objects
      UNION ALL
      SELECT 2, o.relname, a.attnum, '  ' || o.relname || '.' || a.attname || ' ' || format_type(a.atttypid, a.atttypmod)
        || CASE WHEN a.attnotnull THEN ' not null' ELSE '' END
        || CASE WHEN a.attidentity <> '' THEN ' identity' ELSE '' END
        || CASE WHEN a.attgenerated <> '' THEN ' generated ' ELSE '' END
        || coalesce(' default ' || pg_get_expr(d.adbin, d.adrelid), '')
      FROM objects o JOIN pg_attribute a ON a.attrelid = o.oid AND a.attnum > 0 AND NOT a.attisdropped
      LEFT JOIN pg_attrdef d ON d.adrelid = o.oid AND d.adnum = a.attnum
      WHERE o.relkind <> 'S'
      UNION ALL
      SELECT 3, o.relname || c.conname, 0, 'constraint ' || o.relname || '.' || c.conname || ' ' || pg_get_constraintdef(c.oid)
      FROM objects o JOIN pg_constraint c ON c.conrelid = o.oid WHERE c.contype <> 'n'
      UNION ALL
      SELECT 4, indexname, 0, indexdef FROM pg_indexes WHERE schemaname = ${schema}
      UNION ALL
      SELECT 5, tablename || policyname, 0, 'policy ' || tablename || '.' || policyname || ' ' || cmd || ' to '
        || array_to_string(roles, ',') || coalesce(' using ' || qual, '') || coalesce(' check ' || with_check, '')
      FROM pg_policies WHERE schemaname = ${schema}
      UNION ALL
      SELECT 6, p.proname || p.oid::regprocedure::text, 0, pg_get_functiondef(p.oid)
      FROM pg_proc p JOIN pg_namespace n ON n.oid = p.pronamespace WHERE n.nspname = ${schema} AND p.prokind IN ('f', 'p')
      UNION ALL
      SELECT 7, o.relname || r.rolname || g.privilege_type, 0,
        'grant ' || g.privilege_type || ' on ' || o.relname || ' to ' || coalesce(r.rolname, 'public')
      FROM objects o CROSS JOIN aclexplode(o.relacl) g LEFT JOIN pg_roles r ON r.oid = g.grantee
      WHERE g.grantee <> o.relowner
      UNION ALL
      SELECT 8, p.proname || r.rolname, 0,
        'grant ' || g.privilege_type || ' on function ' || p.proname || ' to ' || coalesce(r.rolname, 'public')
      FROM pg_proc p JOIN pg_namespace n ON n.oid = p.pronamespace
      CROSS JOIN aclexplode(coalesce(p.proacl, acldefault('f', p.proowner))) g LEFT JOIN pg_roles r ON r.oid = g.grantee
      WHERE n.nspname = ${schema} AND g.grantee <> p.proowner
      UNION ALL
      SELECT 9, r.rolname, 0, 'grant ' || g.privilege_type || ' on schema to ' || coalesce(r.rolname, 'public')
      FROM pg_namespace n CROSS JOIN aclexplode(n.nspacl) g LEFT JOIN pg_roles r ON r.oid = g.grantee
      WHERE n.nspname = ${schema} AND coalesce(r.rolname, '') <> ${ownerRoleOf(schema)}
    )
    SELECT line FROM lines ORDER BY kind, name COLLATE "C", position, line COLLATE "C"`;
  return `${rows.map((row) => row.line.trimEnd()).join('\n')}\n`;
}
