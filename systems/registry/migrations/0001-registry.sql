-- The resident registry's three tiers. All rows are fenced by the site in scope: several municipalities, prefectures
-- and the national site may be hosted in one database, and none sees another's rows.
-- National tables are keyed by resident code, municipal ones by municipality code first (the distribution columns).

-- ── municipal site ────────────────────────────────────────────────────────────────────────────────────────────

CREATE TABLE municipal_resident (
  municipality_code text NOT NULL CHECK (municipality_code ~ '^[0-9]{6}$'),
  resident_number text NOT NULL,            -- 宛名番号, the municipality's own
  resident_code text NOT NULL CHECK (resident_code ~ '^[0-9]{11}$'),
  individual_number text CHECK (individual_number ~ '^[0-9]{12}$'),
  status text NOT NULL CHECK (status IN ('resident', 'moved-out', 'deceased', 'removed')),
  household_number text NOT NULL,
  relationship text NOT NULL,
  name text NOT NULL,
  name_kana text NOT NULL,
  former_surname text,
  former_surname_kana text,
  alias text,
  alias_kana text,
  birth_date text NOT NULL CHECK (birth_date ~ '^[0-9]{4}-[0-9]{2}-[0-9]{2}$'),  -- partial: 00 where unknown
  sex smallint NOT NULL CHECK (sex IN (1, 2, 3)),
  nationality text NOT NULL,
  residence_status text,
  stay_expires_on date,
  ward_code text CHECK (ward_code ~ '^[0-9]{6}$'),
  postal_code text,
  town text NOT NULL,
  lot text NOT NULL,
  building text,
  domicile text,
  family_register_head text,
  became_resident_on date NOT NULL,
  address_fixed_on date NOT NULL,
  previous_address text,
  ended_on date,
  moved_to text,
  sequence int NOT NULL,                    -- of the person's events in this municipality, from 1
  loaded_sha256 bytea,                      -- of the row it was loaded from: a second load changes nothing
  PRIMARY KEY (municipality_code, resident_number)
);
CREATE UNIQUE INDEX municipal_resident_code ON municipal_resident (municipality_code, resident_code);
CREATE INDEX municipal_resident_birth ON municipal_resident (municipality_code, birth_date);
CREATE INDEX municipal_resident_household ON municipal_resident (municipality_code, household_number);

CREATE TABLE municipal_event (
  municipality_code text NOT NULL,
  resident_number text NOT NULL,
  sequence int NOT NULL,
  reason text NOT NULL,
  event_date date NOT NULL,
  recorded_at timestamptz(3) NOT NULL,
  request_id text NOT NULL,                 -- given by the caller: the same request is recorded once
  request_sha256 bytea,                     -- of the event asked for: an id is good for one; null where no counter asked
  before jsonb,
  after jsonb NOT NULL,
  PRIMARY KEY (municipality_code, resident_number, sequence)
);
CREATE UNIQUE INDEX municipal_event_request ON municipal_event (municipality_code, request_id);

-- codes that the national site has allocated and nobody has yet
CREATE TABLE municipal_free_code (
  municipality_code text NOT NULL,
  position bigint GENERATED ALWAYS AS IDENTITY,
  resident_code text NOT NULL CHECK (resident_code ~ '^[0-9]{11}$'),
  PRIMARY KEY (municipality_code, position)
);
CREATE UNIQUE INDEX municipal_free_code_once ON municipal_free_code (resident_code);

CREATE TABLE municipal_counter (
  municipality_code text PRIMARY KEY,
  last_resident_number bigint NOT NULL DEFAULT 0,
  codes_requested bigint NOT NULL DEFAULT 0,
  codes_received bigint NOT NULL DEFAULT 0
);

-- each load of a register file: what it brought and who ran it
CREATE TABLE municipal_load (
  municipality_code text NOT NULL,
  load_id text NOT NULL,
  operator text NOT NULL,
  started_at timestamptz(3) NOT NULL,
  finished_at timestamptz(3) NOT NULL,
  rows_read int NOT NULL,
  rows_loaded int NOT NULL,
  rows_unchanged int NOT NULL,
  rows_rejected int NOT NULL,
  PRIMARY KEY (municipality_code, load_id)
);

ALTER TABLE municipal_resident ENABLE ROW LEVEL SECURITY;
ALTER TABLE municipal_event ENABLE ROW LEVEL SECURITY;
ALTER TABLE municipal_free_code ENABLE ROW LEVEL SECURITY;
ALTER TABLE municipal_counter ENABLE ROW LEVEL SECURITY;
ALTER TABLE municipal_load ENABLE ROW LEVEL SECURITY;
CREATE POLICY site ON municipal_resident
  USING (municipality_code = split_part(current_setting('ishizue.site', true), 'municipal/', 2));
CREATE POLICY site ON municipal_event
  USING (municipality_code = split_part(current_setting('ishizue.site', true), 'municipal/', 2));
CREATE POLICY site ON municipal_free_code
  USING (municipality_code = split_part(current_setting('ishizue.site', true), 'municipal/', 2));
CREATE POLICY site ON municipal_load
  USING (municipality_code = split_part(current_setting('ishizue.site', true), 'municipal/', 2));
CREATE POLICY site ON municipal_counter
  USING (municipality_code = split_part(current_setting('ishizue.site', true), 'municipal/', 2));

-- ── prefectural site ──────────────────────────────────────────────────────────────────────────────────────────

CREATE TABLE prefectural_person (
  prefecture_code text NOT NULL CHECK (prefecture_code ~ '^[0-9]{2}$'),
  resident_code text NOT NULL,
  municipality_code text NOT NULL,
  status text NOT NULL CHECK (status IN ('resident', 'moved-out', 'deceased', 'removed')),
  name text NOT NULL,
  former_surname text,
  alias text,
  birth_date text NOT NULL,
  sex smallint NOT NULL,
  address text NOT NULL,
  individual_number text,
  entered_on date NOT NULL,                 -- since when in this municipality: tells a late notice from a new one
  sequence int NOT NULL,
  reason text NOT NULL,
  event_date date NOT NULL,
  applied_at timestamptz(3) NOT NULL,
  PRIMARY KEY (prefecture_code, resident_code)
);

CREATE TABLE prefectural_change (
  prefecture_code text NOT NULL,
  resident_code text NOT NULL,
  municipality_code text NOT NULL,
  sequence int NOT NULL,
  reason text NOT NULL,
  event_date date NOT NULL,
  applied_at timestamptz(3) NOT NULL,
  PRIMARY KEY (prefecture_code, resident_code, municipality_code, sequence)
);

ALTER TABLE prefectural_person ENABLE ROW LEVEL SECURITY;
ALTER TABLE prefectural_change ENABLE ROW LEVEL SECURITY;
CREATE POLICY site ON prefectural_person
  USING (prefecture_code = split_part(current_setting('ishizue.site', true), 'prefectural/', 2));
CREATE POLICY site ON prefectural_change
  USING (prefecture_code = split_part(current_setting('ishizue.site', true), 'prefectural/', 2));

-- ── national site ─────────────────────────────────────────────────────────────────────────────────────────────

CREATE TABLE national_person (
  resident_code text PRIMARY KEY,
  municipality_code text NOT NULL,
  status text NOT NULL CHECK (status IN ('resident', 'moved-out', 'deceased', 'removed')),
  name text NOT NULL,
  former_surname text,
  alias text,
  birth_date text NOT NULL,
  sex smallint NOT NULL,
  address text NOT NULL,
  individual_number text,
  entered_on date NOT NULL,                 -- since when in this municipality: tells a late notice from a new one
  sequence int NOT NULL,
  reason text NOT NULL,
  event_date date NOT NULL,
  applied_at timestamptz(3) NOT NULL
);
CREATE UNIQUE INDEX national_person_number ON national_person (individual_number) WHERE individual_number IS NOT NULL;

CREATE TABLE national_change (
  resident_code text NOT NULL,
  municipality_code text NOT NULL,
  sequence int NOT NULL,
  reason text NOT NULL,
  event_date date NOT NULL,
  applied_at timestamptz(3) NOT NULL,
  PRIMARY KEY (resident_code, municipality_code, sequence)
);

-- resident codes are the keyed permutation of a counter: random to look at, never twice, nothing to store
CREATE TABLE national_code_counter (
  is_only boolean PRIMARY KEY DEFAULT true CHECK (is_only),
  next bigint NOT NULL CHECK (next BETWEEN 0 AND 10000000000)
);
INSERT INTO national_code_counter (next) VALUES (0);

CREATE TABLE national_code_allocation (
  municipality_code text NOT NULL,
  request_id text NOT NULL,                 -- the municipality's own: answered once
  first bigint NOT NULL,
  count int NOT NULL,
  allocated_at timestamptz(3) NOT NULL,
  PRIMARY KEY (municipality_code, request_id)
);

ALTER TABLE national_person ENABLE ROW LEVEL SECURITY;
ALTER TABLE national_change ENABLE ROW LEVEL SECURITY;
ALTER TABLE national_code_counter ENABLE ROW LEVEL SECURITY;
ALTER TABLE national_code_allocation ENABLE ROW LEVEL SECURITY;
CREATE POLICY site ON national_person USING (current_setting('ishizue.site', true) = 'national');
CREATE POLICY site ON national_change USING (current_setting('ishizue.site', true) = 'national');
CREATE POLICY site ON national_code_counter USING (current_setting('ishizue.site', true) = 'national');
CREATE POLICY site ON national_code_allocation USING (current_setting('ishizue.site', true) = 'national');
