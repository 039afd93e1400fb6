-- How long closed cases and files are kept, and who may keep them longer (docs/flows/case-retention.md). Facts of a case stay; what
-- was said in it goes after its day, and no program of a system takes it before.

ALTER TABLE case_state ADD COLUMN kept_until date;    -- the last day on which what a closed case says must be there
ALTER TABLE case_state ADD CONSTRAINT kept_when_closed CHECK (kept_until IS NULL OR NOT is_open);
ALTER TABLE case_file ADD COLUMN destroyed_on date;
CREATE INDEX case_kept_until ON case_state (kind, kept_until, case_id) WHERE kept_until IS NOT NULL;

-- Which case names which file, now or in what a move replaced.
CREATE TABLE named_file (
  case_id bigint NOT NULL,
  sha256 bytea NOT NULL CHECK (octet_length(sha256) = 32),
  kind int NOT NULL,
  PRIMARY KEY (case_id, sha256)
);
CREATE INDEX named_file_by_content ON named_file (kind, sha256);
CREATE INDEX upload_of_file ON upload (kind, sha256);
CREATE INDEX upload_by_day ON upload (kind, at);
-- what a request said that moved no case
CREATE INDEX act_for_nobody ON act (kind, at) WHERE own IS NOT NULL AND answer->'moved' = '[]'::jsonb;
CREATE INDEX delegation_of_case ON delegation (case_id) WHERE case_id IS NOT NULL;
CREATE INDEX delegation_by_end ON delegation (kind, (least(valid_to, revoked_at)));

-- An officer keeps a case for a dispute, a correction or an audit, until the hold is ended.
CREATE TABLE hold (
  id bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
  kind int NOT NULL,
  case_id bigint NOT NULL,
  request text COLLATE "C" NOT NULL CHECK (octet_length(request) BETWEEN 1 AND 80),
  reason text NOT NULL CHECK (reason IN ('dispute', 'correction', 'audit')),
  held_by text NOT NULL,
  held_at timestamptz(3) NOT NULL,
  ended_by text,
  ended_at timestamptz(3),
  UNIQUE (kind, request),
  CHECK ((ended_by IS NULL) = (ended_at IS NULL))
);
CREATE INDEX hold_of_case ON hold (case_id) WHERE ended_at IS NULL;

-- What was destroyed: how many of what, under which rule, and the last day until which any of it was to be kept. Names nobody.
CREATE TABLE destruction (
  id bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
  kind int NOT NULL,
  at timestamptz(3) NOT NULL,
  what text COLLATE "C" NOT NULL CHECK (what ~ '^[a-z][a-z-]{0,39}$'),
  rule text NOT NULL CHECK (length(rule) BETWEEN 1 AND 400),
  count int NOT NULL CHECK (count > 0),
  last_day date NOT NULL
);
CREATE INDEX destruction_of_kind ON destruction (kind, id);

-- Cases from before: 15 years, the longest that a procedure of the house says; and what they name.
ALTER TABLE case_state NO FORCE ROW LEVEL SECURITY;
ALTER TABLE case_file NO FORCE ROW LEVEL SECURITY;
ALTER TABLE history NO FORCE ROW LEVEL SECURITY;
ALTER TABLE act NO FORCE ROW LEVEL SECURITY;
ALTER TABLE content NO FORCE ROW LEVEL SECURITY;
UPDATE case_state s SET kept_until = ((a.at AT TIME ZONE 'Asia/Tokyo')::date + interval '15 years')::date
FROM history h JOIN act a ON a.id = h.act
WHERE h.case_id = s.case_id AND h.sequence = s.sequence AND NOT s.is_open;
INSERT INTO named_file (case_id, sha256, kind)
SELECT DISTINCT said.case_id, c.sha256, c.kind
FROM (
  SELECT kind, id AS case_id, form::text AS words FROM case_file
  UNION ALL SELECT kind, case_id, concat(own, replaced) FROM history
  UNION ALL SELECT h.kind, h.case_id, a.own::text FROM history h JOIN act a ON a.id = h.act WHERE a.own IS NOT NULL
) said
CROSS JOIN LATERAL regexp_matches(said.words, '"([0-9a-f]{64})"', 'g') AS found(parts)
JOIN content c ON c.kind = said.kind AND c.sha256 = decode(found.parts[1], 'hex');
ALTER TABLE case_state FORCE ROW LEVEL SECURITY;
ALTER TABLE case_file FORCE ROW LEVEL SECURITY;
ALTER TABLE history FORCE ROW LEVEL SECURITY;
ALTER TABLE act FORCE ROW LEVEL SECURITY;
ALTER TABLE content FORCE ROW LEVEL SECURITY;

DO $$
DECLARE
  fenced text;
BEGIN
  FOREACH fenced IN ARRAY ARRAY['named_file', 'hold', 'destruction']
  LOOP
    EXECUTE format('ALTER TABLE %I ENABLE ROW LEVEL SECURITY, FORCE ROW LEVEL SECURITY', fenced);
    EXECUTE format('CREATE POLICY own ON %I USING (kind = ANY ((SELECT procedure.own_kinds())::int[]))', fenced);
    EXECUTE format('GRANT SELECT, INSERT ON %I TO ishizue_system', fenced);
    EXECUTE format('REVOKE INSERT, UPDATE, DELETE ON %I FROM ishizue_procedure', fenced);
  END LOOP;
END $$;

-- Whether the day of a case is over, and nobody holds it.
CREATE FUNCTION is_over(a_case bigint) RETURNS boolean LANGUAGE sql STABLE SET search_path = pg_catalog, procedure, pg_temp AS $$
  SELECT EXISTS (SELECT FROM procedure.case_state s WHERE s.case_id = a_case AND s.kept_until < current_date)
    AND NOT EXISTS (SELECT FROM procedure.hold h WHERE h.case_id = a_case AND h.ended_at IS NULL)
$$;
-- Whether every case that a request moved is destroyed.
CREATE FUNCTION moved_none_that_is_kept(answer jsonb) RETURNS boolean LANGUAGE sql STABLE
SET search_path = pg_catalog, procedure, pg_temp AS $$
  SELECT NOT EXISTS (
    SELECT FROM jsonb_array_elements(answer->'moved') m
    JOIN procedure.case_file f ON f.id = (m->>'caseId')::bigint WHERE f.destroyed_on IS NULL)
$$;
GRANT EXECUTE ON FUNCTION is_over, moved_none_that_is_kept TO ishizue_system;

GRANT UPDATE (kept_until) ON case_state TO ishizue_system;
GRANT UPDATE (subject, applicant, destroyed_on) ON case_file TO ishizue_system;
GRANT UPDATE (own, replaced, on_behalf) ON history TO ishizue_system;
GRANT UPDATE (own, actor, digest, answer) ON act TO ishizue_system;
GRANT UPDATE (ended_by, ended_at) ON hold TO ishizue_system;
GRANT UPDATE (stored_at) ON content TO ishizue_system;
GRANT UPDATE (at) ON upload TO ishizue_system;
GRANT DELETE ON notice, delegation, named_file, upload, content, content_chunk TO ishizue_system;

CREATE POLICY kept ON history AS RESTRICTIVE FOR UPDATE USING (procedure.is_over(case_id));
CREATE POLICY kept ON notice AS RESTRICTIVE FOR DELETE USING (procedure.is_over(case_id));
CREATE POLICY kept ON named_file AS RESTRICTIVE FOR DELETE USING (procedure.is_over(case_id));
CREATE POLICY kept ON act AS RESTRICTIVE FOR UPDATE USING (procedure.moved_none_that_is_kept(answer)
  AND (answer->'moved' <> '[]'::jsonb OR at < now() - interval '7 days'));
CREATE POLICY kept ON delegation AS RESTRICTIVE FOR DELETE USING (
  procedure.is_over(case_id) OR least(valid_to, revoked_at) < now() - interval '2 years');
CREATE POLICY kept ON upload AS RESTRICTIVE FOR DELETE USING (at < now() - interval '7 days');
CREATE POLICY kept ON content AS RESTRICTIVE FOR DELETE USING (
  NOT EXISTS (SELECT FROM procedure.named_file n WHERE n.kind = content.kind AND n.sha256 = content.sha256)
  AND NOT EXISTS (SELECT FROM procedure.upload u WHERE u.kind = content.kind AND u.sha256 = content.sha256));
-- chunks go after their file, or where it was there already
CREATE POLICY kept ON content_chunk AS RESTRICTIVE FOR DELETE USING (
  NOT EXISTS (SELECT FROM procedure.content c WHERE c.id = content_chunk.content_id));

-- A day is only ever put off, and struck out when the case is destroyed.
CREATE FUNCTION keep_day() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
  IF NEW.kept_until < OLD.kept_until OR (NEW.kept_until IS NULL AND NOT EXISTS (
    SELECT FROM procedure.case_file f WHERE f.id = NEW.case_id AND f.destroyed_on IS NOT NULL)) THEN
    RAISE EXCEPTION 'a case is kept until %', OLD.kept_until USING ERRCODE = 'check_violation', CONSTRAINT = 'kept_until_its_day';
  END IF;
  RETURN NEW;
END
$$;
CREATE TRIGGER kept_until_its_day BEFORE UPDATE ON case_state FOR EACH ROW
  WHEN (OLD.kept_until IS NOT NULL AND NEW.kept_until IS DISTINCT FROM OLD.kept_until) EXECUTE FUNCTION keep_day();

-- Whose a case is changes once: when it is destroyed, with all that it says, after its day. Destroyed it stays so.
CREATE FUNCTION keep_whose() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
  IF OLD.destroyed_on IS NOT NULL OR NEW.destroyed_on IS NULL OR NOT procedure.is_over(NEW.id)
    OR (NEW.form, NEW.record, NEW.subject, NEW.applicant) IS DISTINCT FROM ('{}'::jsonb, NULL::jsonb, '', 'destroyed') THEN
    RAISE EXCEPTION 'a case says what it says until its day' USING ERRCODE = 'check_violation', CONSTRAINT = 'kept_until_its_day';
  END IF;
  RETURN NEW;
END
$$;
CREATE TRIGGER kept_until_its_day BEFORE UPDATE ON case_file FOR EACH ROW
  WHEN (OLD.destroyed_on IS NOT NULL OR NEW.destroyed_on IS NOT NULL OR (NEW.subject, NEW.applicant) IS DISTINCT FROM
    (OLD.subject, OLD.applicant)) EXECUTE FUNCTION keep_whose();
