-- Certificates at the kiosk. The centre's tables (national_*) know requests by a random id and persons by pseudonym. All
-- rows are fenced by the site in scope: municipalities and centre may be hosted in one database and none sees another's.

-- ── centre ────────────────────────────────────────────────────────────────────────────────────────────────────

CREATE TABLE national_request (
  request_id text PRIMARY KEY CHECK (request_id ~ '^[0-9a-f]{32}$'),
  state text NOT NULL CHECK (state IN ('opened', 'authenticated', 'accepted', 'routed', 'rendered', 'delivered',
    'refused', 'timed-out', 'stopped')),
  step int NOT NULL,                        -- of the history, from 1
  deadline_at timestamptz(3) NOT NULL,      -- when the whole request is over, whoever still works on it
  refusal text,
  class text NOT NULL,
  extent text NOT NULL CHECK (extent IN ('person', 'household')),
  with_relationship boolean NOT NULL,
  with_domicile boolean NOT NULL,
  kiosk text NOT NULL,
  challenge_id text NOT NULL,
  opened_at timestamptz(3) NOT NULL,
  submitted_at timestamptz(3),              -- set by the one submission that is let in
  municipality_code text CHECK (municipality_code ~ '^[0-9]{6}$'),
  subject bytea,                            -- the person's pseudonym at the centre
  subject_echo text,                        -- what the issuer must answer, computed from the person it printed
  certificate_serial text,
  token_sha256 bytea,                       -- of the token with which the document is collected
  certificate_id text UNIQUE,
  issued_on date,
  pages int,
  sha256 text CHECK (sha256 ~ '^[0-9a-f]{64}$')
);
CREATE INDEX national_request_deadline ON national_request (deadline_at)
  WHERE state IN ('opened', 'authenticated', 'accepted', 'routed', 'rendered');

CREATE TABLE national_history (
  request_id text NOT NULL,
  step int NOT NULL,
  event text NOT NULL,
  state text NOT NULL,                      -- after the event
  code text,
  at timestamptz(3) NOT NULL,
  PRIMARY KEY (request_id, step)
);
REVOKE UPDATE, DELETE ON national_history FROM ishizue_certificates;

-- the paper between its arrival and its delivery; nothing stays here
CREATE TABLE national_document (
  request_id text PRIMARY KEY,
  certificate_id text NOT NULL UNIQUE,
  bytes bytea NOT NULL CHECK (octet_length(bytes) <= 1048576)
);

-- what was delivered, for verification: no person in it
CREATE TABLE national_certificate (
  certificate_id text PRIMARY KEY,
  request_id text NOT NULL UNIQUE,
  class text NOT NULL,
  municipality_code text NOT NULL,
  issued_on date NOT NULL,
  pages int NOT NULL,
  sha256 text NOT NULL,
  withdrawn_at timestamptz(3),
  withdrawn_reason text
);

-- an answer that did not belong to its request: both artefacts are kept until the cause is shown
CREATE TABLE national_ticket (
  ticket_id bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
  request_id text NOT NULL,
  code text NOT NULL,
  opened_at timestamptz(3) NOT NULL,
  expected jsonb NOT NULL,
  answered jsonb NOT NULL,
  document bytea,                           -- what came
  waiting_document bytea,                   -- what had come before and waited for collection
  closed_at timestamptz(3),
  closed_by text,
  cause text,
  CHECK ((closed_at IS NULL) = (cause IS NULL))
);

-- switches: issue of a class (or all) in a municipality (or all) is suspended while a row is not lifted
CREATE TABLE national_suspension (
  suspension_id bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
  municipality_code text,
  class text,
  reason text NOT NULL,
  ticket_id bigint,
  set_by text NOT NULL,
  set_at timestamptz(3) NOT NULL,
  lifted_by text,
  lifted_at timestamptz(3)
);
CREATE INDEX national_suspension_open ON national_suspension (municipality_code, class) WHERE lifted_at IS NULL;

ALTER TABLE national_request ENABLE ROW LEVEL SECURITY;
ALTER TABLE national_history ENABLE ROW LEVEL SECURITY;
ALTER TABLE national_document ENABLE ROW LEVEL SECURITY;
ALTER TABLE national_certificate ENABLE ROW LEVEL SECURITY;
ALTER TABLE national_ticket ENABLE ROW LEVEL SECURITY;
ALTER TABLE national_suspension ENABLE ROW LEVEL SECURITY;
CREATE POLICY site ON national_request USING (current_setting('ishizue.site', true) = 'national');
CREATE POLICY site ON national_history USING (current_setting('ishizue.site', true) = 'national');
CREATE POLICY site ON national_document USING (current_setting('ishizue.site', true) = 'national');
CREATE POLICY site ON national_certificate USING (current_setting('ishizue.site', true) = 'national');
CREATE POLICY site ON national_ticket USING (current_setting('ishizue.site', true) = 'national');
CREATE POLICY site ON national_suspension USING (current_setting('ishizue.site', true) = 'national');

-- ── municipality ──────────────────────────────────────────────────────────────────────────────────────────────

CREATE TABLE municipal_issue (
  municipality_code text NOT NULL CHECK (municipality_code ~ '^[0-9]{6}$'),
  request_id text NOT NULL CHECK (request_id ~ '^[0-9a-f]{32}$'),
  class text NOT NULL,
  extent text NOT NULL,
  kiosk text NOT NULL,
  subject bytea NOT NULL,                   -- the person's pseudonym at the municipality
  requested_at timestamptz(3) NOT NULL,
  answered_at timestamptz(3) NOT NULL,
  result text NOT NULL,                     -- rendered, or the code of the refusal
  certificate_id text,
  issued_on date,
  pages int,
  sha256 text,
  content_sha256 text,
  outcome text CHECK (outcome IN ('delivered', 'refused', 'timed-out', 'stopped')),
  outcome_at timestamptz(3),
  PRIMARY KEY (municipality_code, request_id),
  CHECK ((result = 'rendered') = (certificate_id IS NOT NULL))
);
CREATE UNIQUE INDEX municipal_issue_certificate ON municipal_issue (municipality_code, certificate_id);

-- persons of whom nothing is issued at kiosks: support measures (支援措置), or their own wish
CREATE TABLE municipal_stop (
  municipality_code text NOT NULL CHECK (municipality_code ~ '^[0-9]{6}$'),
  resident_code text NOT NULL CHECK (resident_code ~ '^[0-9]{11}$'),
  reason text NOT NULL CHECK (reason IN ('support-measure', 'own-wish')),
  set_by text NOT NULL,
  set_at timestamptz(3) NOT NULL,
  PRIMARY KEY (municipality_code, resident_code)
);

ALTER TABLE municipal_issue ENABLE ROW LEVEL SECURITY;
ALTER TABLE municipal_stop ENABLE ROW LEVEL SECURITY;
CREATE POLICY site ON municipal_issue
  USING (municipality_code = split_part(current_setting('ishizue.site', true), 'municipal/', 2));
CREATE POLICY site ON municipal_stop
  USING (municipality_code = split_part(current_setting('ishizue.site', true), 'municipal/', 2));
