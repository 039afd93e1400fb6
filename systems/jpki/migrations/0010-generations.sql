-- Generations of an authority: which one issues from when, when one has ended. What takes two persons is kept here too,
-- whatever the program does: a next generation, the day from which it issues, the end of an old one.

CREATE TABLE ceremony (
  id uuid PRIMARY KEY,
  number int GENERATED ALWAYS AS IDENTITY UNIQUE,
  act text NOT NULL CHECK (act IN ('next-generation', 'switch-issuing', 'retire')),
  kind text NOT NULL CHECK (kind IN ('signature', 'authentication', 'phone-signature', 'phone-authentication')),
  generation smallint NOT NULL CHECK (generation BETWEEN 1 AND 127),
  issues_from timestamptz(3),                   -- of a switch
  proposed_by text NOT NULL CHECK (octet_length(proposed_by) BETWEEN 1 AND 64),
  proposed_for text NOT NULL CHECK (octet_length(proposed_for) BETWEEN 1 AND 500),
  proposed_at timestamptz(3) NOT NULL,
  expires_at timestamptz(3) NOT NULL,
  approved_by text CHECK (octet_length(approved_by) BETWEEN 1 AND 64),
  approved_for text CHECK (octet_length(approved_for) BETWEEN 1 AND 500),
  approved_at timestamptz(3),
  finished_at timestamptz(3),
  place int UNIQUE,                             -- in the chain of transcripts
  transcript text,
  CONSTRAINT a_switch_is_dated CHECK ((act = 'switch-issuing') = (issues_from IS NOT NULL)),
  CONSTRAINT approved_whole CHECK (num_nonnulls(approved_by, approved_for, approved_at) IN (0, 3)),
  CONSTRAINT two_persons CHECK (approved_by <> proposed_by),
  CONSTRAINT approved_in_time CHECK (approved_at >= proposed_at AND approved_at < expires_at),
  CONSTRAINT finished_whole CHECK (num_nonnulls(finished_at, place, transcript) IN (0, 3)),
  CONSTRAINT finished_after_approval CHECK (finished_at IS NULL OR approved_at IS NOT NULL)
);

-- What was approved stays approved, what is finished stays as it was written.
CREATE FUNCTION keep_ceremony() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
  IF TG_OP = 'INSERT' AND (NEW.approved_by IS NOT NULL OR NEW.finished_at IS NOT NULL)
    OR TG_OP = 'UPDATE' AND (OLD.finished_at IS NOT NULL
      OR OLD.approved_by IS NOT NULL AND (NEW.approved_by, NEW.approved_for, NEW.approved_at)
        IS DISTINCT FROM (OLD.approved_by, OLD.approved_for, OLD.approved_at)) THEN
    RAISE EXCEPTION 'jpki: a ceremony is approved once and finished once'
      USING ERRCODE = 'check_violation', CONSTRAINT = 'ceremony_kept';
  END IF;
  RETURN NEW;
END $$;
CREATE TRIGGER kept BEFORE INSERT OR UPDATE ON ceremony FOR EACH ROW EXECUTE FUNCTION keep_ceremony();
REVOKE UPDATE, DELETE ON ceremony FROM ishizue_jpki;
GRANT UPDATE (approved_by, approved_for, approved_at, finished_at, place, transcript) ON ceremony TO ishizue_jpki;

ALTER TABLE authority
  ADD issues_from timestamptz(3),               -- null until it is decided
  ADD retired_at timestamptz(3);                -- signs nothing from then on
-- until now a generation issued from its first day, the newest before the others
UPDATE authority SET issues_from = performed_at;

CREATE FUNCTION check_generation() RETURNS trigger LANGUAGE plpgsql AS $$
DECLARE
  v_needed text;
BEGIN
  IF TG_OP = 'INSERT' THEN
    -- the first is made at set-up, and issues at once
    IF NEW.generation = 1 THEN RETURN NEW; END IF;
    IF NEW.issues_from IS NOT NULL OR NEW.retired_at IS NOT NULL THEN
      RAISE EXCEPTION 'jpki: a generation begins without issuing'
        USING ERRCODE = 'check_violation', CONSTRAINT = 'begins_without_issuing';
    END IF;
    v_needed := 'next-generation';
  ELSIF OLD.retired_at IS NOT NULL THEN
    RAISE EXCEPTION 'jpki: a generation has ended for good'
      USING ERRCODE = 'check_violation', CONSTRAINT = 'retired_for_good';
  ELSIF NEW.retired_at IS NOT NULL THEN
    v_needed := 'retire';
    IF EXISTS (SELECT FROM jpki.certificate c WHERE c.kind = NEW.kind AND c.generation = NEW.generation
        AND c.expires_at >= NEW.retired_at) THEN
      RAISE EXCEPTION 'jpki: certificates of this generation are still in date'
        USING ERRCODE = 'check_violation', CONSTRAINT = 'nothing_depends_on_it';
    END IF;
  ELSIF NEW.issues_from IS DISTINCT FROM OLD.issues_from THEN
    v_needed := 'switch-issuing';
  END IF;
  IF v_needed IS NOT NULL AND NOT EXISTS (
    SELECT FROM jpki.ceremony p
    WHERE p.act = v_needed AND p.kind = NEW.kind AND p.generation = NEW.generation AND p.approved_by IS NOT NULL
      AND p.finished_at IS NULL AND p.issues_from IS NOT DISTINCT FROM
        CASE WHEN v_needed = 'switch-issuing' THEN NEW.issues_from END
  ) THEN
    RAISE EXCEPTION 'jpki: % needs an approved ceremony', v_needed
      USING ERRCODE = 'check_violation', CONSTRAINT = 'approved_by_a_second_person';
  END IF;
  RETURN NEW;
END $$;
CREATE TRIGGER checked BEFORE INSERT OR UPDATE ON authority FOR EACH ROW EXECUTE FUNCTION check_generation();
REVOKE UPDATE, DELETE ON authority FROM ishizue_jpki;
GRANT UPDATE (signature, issues_from, retired_at) ON authority TO ishizue_jpki;
