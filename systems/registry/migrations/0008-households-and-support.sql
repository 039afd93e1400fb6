-- Changes of households (世帯変更) and support measures (支援措置). Both are the municipality's own: a household never leaves it,
-- a measure is told to the municipalities that hold something of the persons, by way of the national site.

-- ── households, at the municipal site ─────────────────────────────────────────────────────────────────────────

-- a household is its current members: it has no row of its own, so none can be empty
CREATE TABLE municipal_household_act (
  municipality_code text NOT NULL,
  act_number bigint GENERATED ALWAYS AS IDENTITY,
  kind text NOT NULL CHECK (kind IN ('split', 'merge', 'transfer', 'head-change', 'relationship-change',
    'sole-member', 'undo')),
  event_date date NOT NULL,
  recorded_at timestamptz(3) NOT NULL,
  request_id text,                          -- null where it followed from an event of the register
  request_sha256 bytea,
  cause_resident_number text,               -- the event that it followed from
  cause_sequence int,
  undoes bigint,
  PRIMARY KEY (municipality_code, act_number),
  CHECK ((request_id IS NULL) = (cause_sequence IS NOT NULL)),
  CHECK ((kind = 'undo') = (undoes IS NOT NULL))
);
CREATE UNIQUE INDEX municipal_household_act_request ON municipal_household_act (municipality_code, request_id);
CREATE UNIQUE INDEX municipal_household_act_undoes ON municipal_household_act (municipality_code, undoes)
  WHERE undoes IS NOT NULL;
CREATE INDEX municipal_household_act_cause
  ON municipal_household_act (municipality_code, cause_resident_number, cause_sequence)
  WHERE cause_sequence IS NOT NULL;

-- everybody in the households touched, before and after
CREATE TABLE municipal_household_act_member (
  municipality_code text NOT NULL,
  act_number bigint NOT NULL,
  resident_number text NOT NULL,
  household_before text NOT NULL,
  relationship_before text NOT NULL,
  household_after text NOT NULL,
  relationship_after text NOT NULL,
  PRIMARY KEY (municipality_code, act_number, resident_number)
);

ALTER TABLE municipal_household_act ENABLE ROW LEVEL SECURITY;
ALTER TABLE municipal_household_act_member ENABLE ROW LEVEL SECURITY;
CREATE POLICY site ON municipal_household_act
  USING (municipality_code = split_part(current_setting('ishizue.site', true), 'municipal/', 2));
CREATE POLICY site ON municipal_household_act_member
  USING (municipality_code = split_part(current_setting('ishizue.site', true), 'municipal/', 2));
REVOKE UPDATE, DELETE ON municipal_household_act, municipal_household_act_member FROM ishizue_registry;

-- Nobody becomes a second head. Whoever writes it takes turns at the household, so that of two transactions the later one
-- sees the earlier. A loaded row is checked with its file, before it is here.
CREATE FUNCTION one_head() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
  PERFORM pg_advisory_xact_lock(
    hashtextextended(NEW.municipality_code || ' household ' || NEW.household_number, 0));
  IF (SELECT count(*) FROM registry.municipal_resident r
      WHERE r.municipality_code = NEW.municipality_code AND r.household_number = NEW.household_number
        AND r.status = 'resident' AND r.relationship = '世帯主') > 1 THEN
    RAISE EXCEPTION 'household-with-several-heads: a household has one head' USING ERRCODE = 'check_violation';
  END IF;
  RETURN NULL;
END $$;
CREATE CONSTRAINT TRIGGER one_head_of_new AFTER INSERT ON municipal_resident
  DEFERRABLE INITIALLY DEFERRED FOR EACH ROW
  WHEN (NEW.loaded_sha256 IS NULL AND NEW.status = 'resident' AND NEW.relationship = '世帯主')
  EXECUTE FUNCTION one_head();
CREATE CONSTRAINT TRIGGER one_head_of_changed AFTER UPDATE ON municipal_resident
  DEFERRABLE INITIALLY DEFERRED FOR EACH ROW
  WHEN (NEW.status = 'resident' AND NEW.relationship = '世帯主'
    AND (OLD.status, OLD.relationship, OLD.household_number)
      IS DISTINCT FROM (NEW.status, NEW.relationship, NEW.household_number))
  EXECUTE FUNCTION one_head();

-- ── support measures, at the municipal site ───────────────────────────────────────────────────────────────────

-- at the municipality that was applied to
CREATE TABLE municipal_support_measure (
  municipality_code text NOT NULL,
  measure_id text NOT NULL,
  resident_code text NOT NULL,              -- who applied
  persons text[] NOT NULL,                  -- who is protected: who applied, and whom the application includes
  kind text NOT NULL,
  state text NOT NULL CHECK (state IN ('applied', 'in-force', 'refused', 'ended')),
  abusers jsonb NOT NULL,
  opinion jsonb,                            -- the latest that was given
  applied_on date NOT NULL,
  valid_from date,
  valid_until date,
  version int NOT NULL,                     -- of what others were told; 0 before that
  tell text[] NOT NULL,                     -- municipalities that the application names besides the known residences
  told text[] NOT NULL DEFAULT '{}',        -- to whom the national site passed it on
  not_reached text[] NOT NULL DEFAULT '{}', -- to be told by letter
  steps int NOT NULL,
  PRIMARY KEY (municipality_code, measure_id),
  CHECK ((state IN ('in-force', 'ended')) = (valid_until IS NOT NULL)),
  CHECK (cardinality(persons) > 0 AND resident_code = ANY (persons))
);
CREATE INDEX municipal_support_measure_person ON municipal_support_measure USING gin (persons);

CREATE TABLE municipal_support_step (
  municipality_code text NOT NULL,
  measure_id text NOT NULL,
  step int NOT NULL,
  act text NOT NULL,
  act_date date NOT NULL,
  recorded_at timestamptz(3) NOT NULL,
  operator text NOT NULL,
  request_id text NOT NULL,
  request_sha256 bytea NOT NULL,
  PRIMARY KEY (municipality_code, measure_id, step)
);
CREATE UNIQUE INDEX municipal_support_step_request ON municipal_support_step (municipality_code, request_id);

-- what every municipality concerned goes by, the deciding one too: in force from the one day to the other, both inclusive
CREATE TABLE municipal_support_flag (
  municipality_code text NOT NULL,
  resident_code text NOT NULL,
  origin text NOT NULL,
  measure_id text NOT NULL,
  version int NOT NULL,
  valid_from date NOT NULL,
  valid_until date NOT NULL,
  abusers jsonb NOT NULL,
  noted_at timestamptz(3) NOT NULL,
  PRIMARY KEY (municipality_code, resident_code, origin, measure_id)
);

ALTER TABLE municipal_support_measure ENABLE ROW LEVEL SECURITY;
ALTER TABLE municipal_support_step ENABLE ROW LEVEL SECURITY;
ALTER TABLE municipal_support_flag ENABLE ROW LEVEL SECURITY;
CREATE POLICY site ON municipal_support_measure
  USING (municipality_code = split_part(current_setting('ishizue.site', true), 'municipal/', 2));
CREATE POLICY site ON municipal_support_step
  USING (municipality_code = split_part(current_setting('ishizue.site', true), 'municipal/', 2));
CREATE POLICY site ON municipal_support_flag
  USING (municipality_code = split_part(current_setting('ishizue.site', true), 'municipal/', 2));
REVOKE UPDATE, DELETE ON municipal_support_step FROM ishizue_registry;
REVOKE DELETE ON municipal_support_measure, municipal_support_flag FROM ishizue_registry;

-- ── support measures, at the national site: who is not shown by weaker searches; nothing of anybody else ──────

CREATE TABLE national_support_flag (
  resident_code text NOT NULL,
  origin text NOT NULL,
  measure_id text NOT NULL,
  version int NOT NULL,
  valid_from date NOT NULL,
  valid_until date NOT NULL,
  PRIMARY KEY (resident_code, origin, measure_id)
);
ALTER TABLE national_support_flag ENABLE ROW LEVEL SECURITY;
CREATE POLICY site ON national_support_flag USING (current_setting('ishizue.site', true) = 'national');
REVOKE DELETE ON national_support_flag FROM ishizue_registry;
