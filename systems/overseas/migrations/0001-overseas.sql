-- The supplementary family register (戸籍の附票) at the municipality of domicile, and its identity data at the two upper
-- tiers (住民基本台帳法 16–20, 30-41, 30-42). Domicile items stay at the municipality. No individual number is anywhere:
-- there is no column for one, and no text may hold one. All rows are fenced by the site in scope.

-- whether a text holds what could be an individual number: twelve digits in a row, or three groups of four
CREATE FUNCTION holds_individual_number(texts text) RETURNS boolean LANGUAGE sql IMMUTABLE PARALLEL SAFE
RETURN texts ~ '[0-9０-９]{12}|[0-9０-９]{4}[-－ 　][0-9０-９]{4}[-－ 　][0-9０-９]{4}';
GRANT EXECUTE ON FUNCTION holds_individual_number TO ishizue_overseas;

-- ── municipal sites ───────────────────────────────────────────────────────────────────────────────────────────

CREATE TABLE municipal_entry (
  municipality_code text NOT NULL CHECK (municipality_code ~ '^[0-9]{6}$'),  -- of domicile
  resident_code text NOT NULL CHECK (resident_code ~ '^[0-9]{11}$'),
  state text NOT NULL CHECK (state IN ('current', 'deleted')),
  family_register text NOT NULL,            -- 戸籍の表示: the domicile
  family_register_head text NOT NULL,       -- 戸籍の表示: the head of the family register
  name text NOT NULL,
  address text,                             -- null of an overseas mover
  is_overseas boolean NOT NULL,
  address_fixed_on date NOT NULL,           -- of an overseas mover the planned day of departure
  birth_date text NOT NULL CHECK (birth_date ~ '^[0-9]{4}-[0-9]{2}-[0-9]{2}$'),  -- partial: 00 where unknown
  sex smallint NOT NULL CHECK (sex IN (1, 2, 3)),
  sequence int NOT NULL CHECK (sequence > 0),  -- of the entry's changes here
  residence_code text CHECK (residence_code ~ '^[0-9]{6}$'),  -- municipality that the last notice came from
  residence_sequence int,                   -- of the person's events there; null before the first notice
  since date NOT NULL,                      -- since when it is so: tells a late notice from a new one
  loaded_sha256 bytea CHECK (octet_length(loaded_sha256) = 32),  -- of the row it was loaded from
  PRIMARY KEY (municipality_code, resident_code),
  CONSTRAINT address_or_overseas CHECK (is_overseas = (address IS NULL)),
  CONSTRAINT no_individual_number CHECK (NOT holds_individual_number(
    concat_ws(' | ', family_register, family_register_head, name, address)))
);

-- each change of an entry: what it was afterwards, or what came too late to change it
CREATE TABLE municipal_change (
  municipality_code text NOT NULL,
  resident_code text NOT NULL,
  sequence int NOT NULL,
  reason text NOT NULL,
  event_date date NOT NULL,
  is_late boolean NOT NULL,
  address text,
  is_overseas boolean NOT NULL,
  address_fixed_on date NOT NULL,
  residence_code text,
  residence_sequence int,
  recorded_at timestamptz(3) NOT NULL,
  PRIMARY KEY (municipality_code, resident_code, sequence),
  CONSTRAINT no_individual_number CHECK (NOT holds_individual_number(coalesce(address, '')))
);

-- notices to a municipality that no link leads to: they go by paper, and are here until someone sends them
CREATE TABLE municipal_paper_notice (
  municipality_code text NOT NULL,          -- of residence
  notice_id bigint GENERATED ALWAYS AS IDENTITY,
  domicile_code text NOT NULL CHECK (domicile_code ~ '^[0-9]{6}$'),
  resident_code text NOT NULL,
  notice jsonb NOT NULL,
  recorded_at timestamptz(3) NOT NULL,
  sent_at timestamptz(3),
  PRIMARY KEY (municipality_code, notice_id),
  CONSTRAINT no_individual_number CHECK (NOT holds_individual_number(notice::text))
);
CREATE INDEX municipal_paper_notice_unsent ON municipal_paper_notice (municipality_code, notice_id)
  WHERE sent_at IS NULL;

-- each file that was loaded, by its digest; not finished where its load was interrupted
CREATE TABLE municipal_load (
  municipality_code text NOT NULL,
  file_sha256 bytea NOT NULL CHECK (octet_length(file_sha256) = 32),
  operator text NOT NULL,
  started_at timestamptz(3) NOT NULL,
  finished_at timestamptz(3),
  rows_read int NOT NULL,
  rows_loaded int,                          -- in all runs of this file
  rows_rejected int NOT NULL,
  PRIMARY KEY (municipality_code, file_sha256),
  CHECK ((finished_at IS NULL) = (rows_loaded IS NULL))
);

ALTER TABLE municipal_entry ENABLE ROW LEVEL SECURITY;
ALTER TABLE municipal_change ENABLE ROW LEVEL SECURITY;
ALTER TABLE municipal_paper_notice ENABLE ROW LEVEL SECURITY;
ALTER TABLE municipal_load ENABLE ROW LEVEL SECURITY;
CREATE POLICY site ON municipal_entry
  USING (municipality_code = split_part(current_setting('ishizue.site', true), 'municipal/', 2));
CREATE POLICY site ON municipal_change
  USING (municipality_code = split_part(current_setting('ishizue.site', true), 'municipal/', 2));
CREATE POLICY site ON municipal_paper_notice
  USING (municipality_code = split_part(current_setting('ishizue.site', true), 'municipal/', 2));
CREATE POLICY site ON municipal_load
  USING (municipality_code = split_part(current_setting('ishizue.site', true), 'municipal/', 2));

-- ── prefectural and national site: no domicile, no date of the address ────────────────────────────────────────

CREATE TABLE prefectural_person (
  prefecture_code text NOT NULL CHECK (prefecture_code ~ '^[0-9]{2}$'),
  resident_code text NOT NULL CHECK (resident_code ~ '^[0-9]{11}$'),
  municipality_code text NOT NULL,          -- that keeps the entry
  state text NOT NULL CHECK (state IN ('current', 'deleted')),
  name text NOT NULL,
  address text,
  is_overseas boolean NOT NULL,
  birth_date text NOT NULL,
  sex smallint NOT NULL,
  sequence int NOT NULL,
  reason text NOT NULL,
  event_date date NOT NULL,
  applied_at timestamptz(3) NOT NULL,
  PRIMARY KEY (prefecture_code, resident_code),
  CONSTRAINT address_or_overseas CHECK (is_overseas = (address IS NULL)),
  CONSTRAINT no_individual_number CHECK (NOT holds_individual_number(concat_ws(' | ', name, address)))
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

CREATE TABLE national_person (
  resident_code text PRIMARY KEY CHECK (resident_code ~ '^[0-9]{11}$'),
  municipality_code text NOT NULL,          -- that keeps the entry
  state text NOT NULL CHECK (state IN ('current', 'deleted')),
  name text NOT NULL,
  address text,
  is_overseas boolean NOT NULL,
  birth_date text NOT NULL,
  sex smallint NOT NULL,
  sequence int NOT NULL,
  reason text NOT NULL,
  event_date date NOT NULL,
  applied_at timestamptz(3) NOT NULL,
  CONSTRAINT address_or_overseas CHECK (is_overseas = (address IS NULL)),
  CONSTRAINT no_individual_number CHECK (NOT holds_individual_number(concat_ws(' | ', name, address)))
);

CREATE TABLE national_change (
  resident_code text NOT NULL,
  municipality_code text NOT NULL,
  sequence int NOT NULL,
  reason text NOT NULL,
  event_date date NOT NULL,
  applied_at timestamptz(3) NOT NULL,
  PRIMARY KEY (resident_code, municipality_code, sequence)
);

ALTER TABLE prefectural_person ENABLE ROW LEVEL SECURITY;
ALTER TABLE prefectural_change ENABLE ROW LEVEL SECURITY;
ALTER TABLE national_person ENABLE ROW LEVEL SECURITY;
ALTER TABLE national_change ENABLE ROW LEVEL SECURITY;
CREATE POLICY site ON prefectural_person
  USING (prefecture_code = split_part(current_setting('ishizue.site', true), 'prefectural/', 2));
CREATE POLICY site ON prefectural_change
  USING (prefecture_code = split_part(current_setting('ishizue.site', true), 'prefectural/', 2));
CREATE POLICY site ON national_person USING (current_setting('ishizue.site', true) = 'national');
CREATE POLICY site ON national_change USING (current_setting('ishizue.site', true) = 'national');

-- a municipality's registry tells its own overseas system of each changed record
INSERT INTO link.sender (system, to_system) VALUES ('registry', 'overseas');
