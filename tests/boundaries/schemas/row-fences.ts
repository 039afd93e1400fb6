/**
 * Municipalities (and prefectures) may share one database, and none may see another's rows: a table of the municipal or
 * prefectural tier is fenced by row-level security with at least one policy, and says whose each row is.
 * Asked of PostgreSQL's catalogues, so that it holds for what the migrations really made.
 */
import type { Sql } from '@ishizue/db';

/** The tables `municipal_…` and `prefectural_…` of the schemas that are not fenced, each with what it lacks. */
export async function findUnfenced(superuser: Sql, schemas: readonly string[]): Promise<readonly string[]> {
  const rows = await superuser<{ table: string; lacks: string }[]>`
    WITH tiers (prefix, key) AS (
      VALUES ('municipal', 'municipality_code'), ('prefectural', 'prefecture_code')
    ), tables AS (
      SELECT c.oid, n.nspname || '.' || c.relname AS table, c.relrowsecurity, t.key,
        EXISTS (SELECT 1 FROM pg_attribute a
          WHERE a.attrelid = c.oid AND a.attname = t.key AND a.attnotnull AND NOT a.attisdropped) AS has_key,
        EXISTS (SELECT 1 FROM pg_policy p WHERE p.polrelid = c.oid) AS has_policy
      FROM pg_class c JOIN pg_namespace n ON n.oid = c.relnamespace JOIN tiers t ON starts_with(c.relname, t.prefix || '_')
      WHERE n.nspname = ANY (${[...schemas]}) AND c.relkind IN ('r', 'p')
    )
    SELECT tables.table, lack.lacks FROM tables CROSS JOIN LATERAL (VALUES
      (NOT relrowsecurity, 'row-level security'), (NOT has_policy, 'a policy'), (NOT has_key, key || ' NOT NULL')
    ) AS lack (is_lacking, lacks)
    WHERE lack.is_lacking ORDER BY 1, 2`;
  return rows.map(({ table, lacks }) => `${table} lacks ${lacks}`);
}
