-- Joint entries: one row for up to 256 persons who were given, or refused, the same thing by the same act. The row holds
-- their pseudonyms, 32 bytes each in ascending order, and the root of the tree over them, which is in its leaf; so the
-- signed tree proves each of them. joint_subject finds them by person. Both are written by record_jointly and by nobody
-- else, together. Entries of before stay as they are.

ALTER TABLE entry ADD COLUMN subjects bytea, ADD COLUMN subjects_root bytea;

-- pseudonyms cannot be compressed
ALTER TABLE entry ALTER COLUMN subjects SET STORAGE EXTERNAL;

CREATE TABLE joint_subject (
  site text COLLATE "C" NOT NULL,
  -- the first half of the pseudonym: enough to find by; who reads compares the whole one in the entry
  head bytea NOT NULL,
  era integer NOT NULL,
  tx xid8 NOT NULL,
  id bigint NOT NULL,
  -- the place among the entry's subjects, from 0
  nth smallint NOT NULL,
  -- the site comes second: to tell two heads apart takes one comparison, and all of a site have the same site
  PRIMARY KEY (head, site, era, tx, id)
);

ALTER TABLE joint_subject ENABLE ROW LEVEL SECURITY, FORCE ROW LEVEL SECURITY;
CREATE POLICY of_scope ON joint_subject FOR INSERT
  WITH CHECK (site = (SELECT current_setting('ishizue.site', true)));
CREATE POLICY read ON joint_subject FOR SELECT TO ishizue_ledger USING (true);
-- record_jointly, which runs as the owner, learns the places of the rows that it has just written
CREATE POLICY written ON entry FOR SELECT TO ishizue_ledger_owner
  USING (site = (SELECT current_setting('ishizue.site', true)));

-- Writes the joint entries of one act: `subjects` is cut into pieces of 256, and each has its root and its salt. What
-- bounds an entry (`sound`) bounds these too; what cannot be seen here, whether a root is that of its subjects, the
-- audit sees.
CREATE FUNCTION record_jointly(
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
  WITH written AS (
    INSERT INTO entry AS e (site, at, actor_kind, actor, terminal, article, affair, fields, result, correlation, salt,
      subjects, subjects_root)
    SELECT record_jointly.site, record_jointly.at, record_jointly.actor_kind, record_jointly.actor,
      record_jointly.terminal, record_jointly.article, record_jointly.affair, record_jointly.fields,
      record_jointly.result, record_jointly.correlation, substr(salts, piece * 16 + 1, 16),
      substr(record_jointly.subjects, piece * 8192 + 1, 8192), substr(roots, piece * 32 + 1, 32)
    FROM generate_series(0, pieces - 1) piece
    RETURNING e.era, e.tx, e.id, e.subjects AS piece
  )
  INSERT INTO joint_subject (site, head, era, tx, id, nth)
  SELECT record_jointly.site, substr(w.piece, nth * 32 + 1, 16), w.era, w.tx, w.id, nth
  FROM written w CROSS JOIN LATERAL generate_series(0, octet_length(w.piece) / 32 - 1) nth;
END
$$;

-- Append-only, as entries are.
REVOKE INSERT, UPDATE, DELETE ON joint_subject FROM ishizue_ledger;
GRANT EXECUTE ON FUNCTION record_jointly TO ishizue_system;
