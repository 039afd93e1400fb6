-- Requests for numbers, each with an id of its own, and the change of a number (番号法 art. 7 (2)). The centre's rows hold the
-- resident code and nothing else of the person; why a number is changed, and on what evidence, stays at the
-- municipality that decided it. Which derivation a request came to is here, so a replaced number is a derivation
-- that is not the last of its code; rows are never deleted.

CREATE TABLE number_request (
  municipality_code text NOT NULL CHECK (municipality_code ~ '^[0-9]{6}$'),
  request_id text NOT NULL CHECK (request_id ~ '^[0-9A-Za-z-]{8,64}$'),
  kind text NOT NULL CHECK (kind IN ('first', 'replacement')),
  resident_code text NOT NULL CHECK (resident_code ~ '^[0-9]{11}$'),
  state text NOT NULL CHECK (state IN ('asked', 'made', 'delivered', 'recorded', 'refused')),
  cause text CHECK (cause ~ '^[a-z-]{1,40}$'),  -- what an asked one waits for; why a refused one was
  attempt smallint,                         -- the derivation that was given
  asked_at timestamptz(3) NOT NULL,
  tried_at timestamptz(3) NOT NULL,         -- when it was last looked at whether it need wait on
  made_at timestamptz(3),
  delivered_at timestamptz(3),
  recorded_at timestamptz(3),
  PRIMARY KEY (municipality_code, request_id),
  CHECK ((attempt IS NOT NULL) = (state IN ('made', 'delivered', 'recorded')))
);
CREATE INDEX number_request_person ON number_request (resident_code);
CREATE INDEX number_request_waiting ON number_request (tried_at) WHERE state = 'asked';
-- one change of a person's number at a time
CREATE UNIQUE INDEX number_request_replacement ON number_request (resident_code)
  WHERE kind = 'replacement' AND state IN ('made', 'delivered');

CREATE TABLE municipal_number_request (
  municipality_code text NOT NULL CHECK (municipality_code ~ '^[0-9]{6}$'),
  request_id text NOT NULL CHECK (request_id ~ '^[0-9A-Za-z-]{8,64}$'),
  kind text NOT NULL CHECK (kind IN ('first', 'replacement')),
  resident_code text NOT NULL CHECK (resident_code ~ '^[0-9]{11}$'),
  basis text CHECK (basis IN ('on-request', 'ex-officio')),
  evidence text CHECK (length(evidence) <= 400),
  state text NOT NULL CHECK (state IN ('asked', 'made', 'delivered', 'recorded', 'refused')),
  cause text,
  asked_by text NOT NULL,
  asked_at timestamptz(3) NOT NULL,
  told_at timestamptz(3),                   -- when the centre last said how it stands
  PRIMARY KEY (municipality_code, request_id),
  CHECK ((kind = 'replacement') = (basis IS NOT NULL AND evidence IS NOT NULL))
);

REVOKE DELETE ON number_request, municipal_number_request FROM ishizue_numbering;
ALTER TABLE number_request ENABLE ROW LEVEL SECURITY;
ALTER TABLE municipal_number_request ENABLE ROW LEVEL SECURITY;
CREATE POLICY site ON number_request USING (current_setting('ishizue.site', true) = 'national');
CREATE POLICY site ON municipal_number_request
  USING (municipality_code = split_part(current_setting('ishizue.site', true), 'municipal/', 2));
