-- Provision of identity data to agencies (住民基本台帳法 30-9, 別表第一): who may ask, what was asked in bulk, whose changes an
-- agency follows. What was given to whom is on the ledger alone. All rows are the national site's.

-- an agency as a party of its own: its rows of 別表第一, and the key that its requests are signed with
CREATE TABLE national_agency (
  agency text PRIMARY KEY CHECK (agency ~ '^agency/[a-z0-9-]{1,40}$' AND agency !~ '[0-9]{10}'),
  name text NOT NULL,
  annex_rows text[] NOT NULL,
  key_id text NOT NULL UNIQUE,
  public_key bytea NOT NULL CHECK (octet_length(public_key) = 32),
  status text NOT NULL CHECK (status IN ('active', 'suspended')),
  changed_at timestamptz(3) NOT NULL
);

-- a batch query: what its file asks for. The same id with another order is refused
CREATE TABLE national_provision_job (
  agency text NOT NULL,
  job_id text NOT NULL,
  annex_row text NOT NULL,
  affair text NOT NULL,
  person_key text NOT NULL,
  items text[] NOT NULL,
  opened_at timestamptz(3) NOT NULL,
  finished_at timestamptz(3),
  collected_at timestamptz(3),
  PRIMARY KEY (agency, job_id)
);

-- a chunk of the file that was answered: written with its ledger entries in one transaction, and so never answered again.
-- The answer goes when the agency has collected it; counts and hash stay
CREATE TABLE national_provision_chunk (
  agency text NOT NULL,
  job_id text NOT NULL,
  chunk int NOT NULL CHECK (chunk >= 0),
  asked_sha256 bytea NOT NULL,
  lines int NOT NULL,
  given int NOT NULL,
  answer text,
  PRIMARY KEY (agency, job_id, chunk)
);

-- the persons whose changes an agency follows under a row. since: changes of transactions before it are none of the list's
CREATE TABLE national_standing_list (
  agency text NOT NULL,
  list_id text NOT NULL,
  annex_row text NOT NULL,
  affair text NOT NULL,
  items text[] NOT NULL,
  acknowledged text NOT NULL,
  PRIMARY KEY (agency, list_id)
);
CREATE TABLE national_standing_member (
  resident_code text NOT NULL,
  agency text NOT NULL,
  list_id text NOT NULL,
  since xid8 NOT NULL DEFAULT pg_snapshot_xmin(pg_current_snapshot()),
  PRIMARY KEY (agency, list_id, resident_code)
);

-- where a change is in the order of all: among transactions that have ended, by position. A person's changes are applied
-- one after another under the lock of the person's row, so that position is their order
ALTER TABLE national_change
  ADD COLUMN tx xid8 NOT NULL DEFAULT pg_current_xact_id(),
  ADD COLUMN position bigint GENERATED ALWAYS AS IDENTITY;
CREATE INDEX national_change_order ON national_change (tx, position);

ALTER TABLE national_agency ENABLE ROW LEVEL SECURITY;
ALTER TABLE national_provision_job ENABLE ROW LEVEL SECURITY;
ALTER TABLE national_provision_chunk ENABLE ROW LEVEL SECURITY;
ALTER TABLE national_standing_list ENABLE ROW LEVEL SECURITY;
ALTER TABLE national_standing_member ENABLE ROW LEVEL SECURITY;
CREATE POLICY site ON national_agency USING (current_setting('ishizue.site', true) = 'national');
CREATE POLICY site ON national_provision_job USING (current_setting('ishizue.site', true) = 'national');
CREATE POLICY site ON national_provision_chunk USING (current_setting('ishizue.site', true) = 'national');
CREATE POLICY site ON national_standing_list USING (current_setting('ishizue.site', true) = 'national');
CREATE POLICY site ON national_standing_member USING (current_setting('ishizue.site', true) = 'national');
