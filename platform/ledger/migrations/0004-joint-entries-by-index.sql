-- A person finds joint entries by an index over what the entries themselves hold, no longer by a row a person: half the time
-- of writing, a quarter of the disk, and nothing beside the entries that could be altered.

-- The first eight bytes of each subject: enough to find by; who reads compares the whole pseudonym. Dear, so that the planner
-- uses the index and reads no entry in vain.
CREATE FUNCTION heads(subjects bytea) RETURNS bigint[] LANGUAGE sql IMMUTABLE STRICT PARALLEL SAFE COST 5000
  RETURN ARRAY(
    SELECT substr(subjects, nth * 32 + 1, 8)::bigint FROM generate_series(0, octet_length(subjects) / 32 - 1) nth
  );

CREATE INDEX entry_heads ON entry USING gin (heads(subjects)) WHERE subjects IS NOT NULL;

CREATE OR REPLACE FUNCTION record_jointly(
  site text, at timestamptz, actor_kind text, actor text, terminal text, article text, affair text, fields text[],
  result text, correlation text, subjects bytea, roots bytea, salts bytea
) RETURNS void LANGUAGE plpgsql SECURITY DEFINER SET search_path = pg_catalog, ledger, pg_temp AS $$
DECLARE
  persons integer := octet_length(subjects) / 32;
  pieces integer := (persons + 255) / 256;
BEGIN
  IF persons > 0 AND octet_length(subjects) = persons * 32 AND octet_length(roots) = pieces * 32
    AND octet_length(salts) = pieces * 16
  THEN NULL;
  ELSE
    RAISE check_violation USING MESSAGE = 'subjects, roots and salts do not belong together', CONSTRAINT = 'joint';
  END IF;
  INSERT INTO entry (site, at, actor_kind, actor, terminal, article, affair, fields, result, correlation, salt, subjects,
    subjects_root)
  SELECT record_jointly.site, record_jointly.at, record_jointly.actor_kind, record_jointly.actor,
    record_jointly.terminal, record_jointly.article, record_jointly.affair, record_jointly.fields,
    record_jointly.result, record_jointly.correlation, substr(salts, piece * 16 + 1, 16),
    substr(record_jointly.subjects, piece * 8192 + 1, 8192), substr(roots, piece * 32 + 1, 32)
  FROM generate_series(0, pieces - 1) piece;
END
$$;

-- the function no longer looks at what it has written
DROP POLICY written ON entry;
DROP TABLE joint_subject;

REVOKE EXECUTE ON FUNCTION heads FROM PUBLIC;
GRANT EXECUTE ON FUNCTION heads TO ishizue_ledger;
