-- Moves between municipalities (住民基本台帳法 22, 24, 24-2; 施行令 13, 23 to 24-3) and the wide-area copy (12-4). All rows are
-- one municipality's; what municipalities tell each other goes by links through the national site, which stores none of it.

-- 転出届: who of a household plans to go where and when
CREATE TABLE municipal_planned_move (
  municipality_code text NOT NULL,
  move_id text NOT NULL,                    -- the request id of the declaration; printed on the certificate
  kind text NOT NULL CHECK (kind IN ('paper', 'special')),
  channel text NOT NULL CHECK (channel IN ('counter', 'portal')),
  declared_on date NOT NULL,
  planned_on date NOT NULL,
  destination_municipality text NOT NULL CHECK (destination_municipality ~ '^[0-9]{6}$'),
  destination text NOT NULL,
  request_sha256 bytea NOT NULL,
  certificates int NOT NULL DEFAULT 0,      -- papers issued, the first and those issued again
  PRIMARY KEY (municipality_code, move_id)
);

-- planned -> out | cancelled | expired; an expired one may still arrive (with a paper) or be cancelled
CREATE TABLE municipal_planned_mover (
  municipality_code text NOT NULL,
  move_id text NOT NULL,
  resident_code text NOT NULL,
  state text NOT NULL CHECK (state IN ('planned', 'out', 'cancelled', 'expired')),
  benefits jsonb NOT NULL,
  card_id text,                             -- of the card shown with the declaration
  given_to text,                            -- special: the municipality that has the information now
  asked_by text,                            -- special: the one that it was given to on request; once
  out_sequence int,                         -- the event that deleted the record, by the planned day or by the notice
  arrived_at text,                          -- the municipality whose move-in notice came
  arrived_on date,
  changed_at timestamptz(3) NOT NULL,
  PRIMARY KEY (municipality_code, move_id, resident_code),
  CHECK ((state = 'out') = (arrived_on IS NOT NULL))
);
CREATE UNIQUE INDEX municipal_planned_mover_open ON municipal_planned_mover (municipality_code, resident_code)
  WHERE state IN ('planned', 'expired');
CREATE INDEX municipal_planned_mover_person ON municipal_planned_mover (municipality_code, resident_code);

-- 転出証明書情報, at the municipality where the person is expected; the content goes when it is used or over
CREATE TABLE municipal_incoming_move (
  municipality_code text NOT NULL,
  from_municipality text NOT NULL,
  move_id text NOT NULL,
  resident_code text NOT NULL,
  planned_on date NOT NULL,
  state text NOT NULL CHECK (state IN ('here', 'used', 'withdrawn', 'over')),
  information jsonb,
  changed_at timestamptz(3) NOT NULL,
  PRIMARY KEY (municipality_code, resident_code, from_municipality, move_id),
  CHECK ((state = 'here') = (information IS NOT NULL))
);

-- the information asked for of a municipality that had sent it elsewhere
CREATE TABLE municipal_information_request (
  municipality_code text NOT NULL,
  request_id text NOT NULL,
  from_municipality text NOT NULL,
  resident_code text NOT NULL,
  state text NOT NULL CHECK (state IN ('open', 'answered', 'refused')),
  code text,
  requested_at timestamptz(3) NOT NULL,
  PRIMARY KEY (municipality_code, request_id),
  CHECK ((state = 'refused') = (code IS NOT NULL))
);

-- a move-in at a family's new municipality: the same request is recorded once
CREATE TABLE municipal_move_in (
  municipality_code text NOT NULL,
  request_id text NOT NULL,
  request_sha256 bytea NOT NULL,
  answer jsonb NOT NULL,
  recorded_at timestamptz(3) NOT NULL,
  PRIMARY KEY (municipality_code, request_id)
);

-- 転入通知 that the old municipality could not act on: an officer decides
CREATE TABLE municipal_unsettled_arrival (
  municipality_code text NOT NULL,
  arrival_id bigint GENERATED ALWAYS AS IDENTITY,
  at_municipality text NOT NULL,
  resident_code text NOT NULL,
  moved_on date NOT NULL,
  address text NOT NULL,
  code text NOT NULL,                       -- why
  received_at timestamptz(3) NOT NULL,
  settled_at timestamptz(3),
  PRIMARY KEY (municipality_code, arrival_id)
);

-- 広域交付: a request of the municipality that hands the copy out; the content goes when it is taken or over
CREATE TABLE municipal_copy_request (
  municipality_code text NOT NULL,
  request_id text NOT NULL,
  residence text NOT NULL,
  resident_code text NOT NULL,
  wish jsonb NOT NULL,
  subject_key bytea NOT NULL,
  state text NOT NULL CHECK (state IN ('open', 'answered', 'refused', 'stopped', 'taken', 'over')),
  code text,
  content jsonb,
  requested_at timestamptz(3) NOT NULL,
  expires_at timestamptz(3) NOT NULL,
  PRIMARY KEY (municipality_code, request_id),
  CHECK ((state = 'answered') = (content IS NOT NULL))
);

-- what the person's own municipality has answered: a request is answered once, whoever sends it again
CREATE TABLE municipal_copy_answer (
  municipality_code text NOT NULL,
  at_municipality text NOT NULL,
  request_id text NOT NULL,
  result text NOT NULL,
  answered_at timestamptz(3) NOT NULL,
  PRIMARY KEY (municipality_code, at_municipality, request_id)
);

ALTER TABLE municipal_planned_move ENABLE ROW LEVEL SECURITY;
ALTER TABLE municipal_planned_mover ENABLE ROW LEVEL SECURITY;
ALTER TABLE municipal_incoming_move ENABLE ROW LEVEL SECURITY;
ALTER TABLE municipal_information_request ENABLE ROW LEVEL SECURITY;
ALTER TABLE municipal_move_in ENABLE ROW LEVEL SECURITY;
ALTER TABLE municipal_unsettled_arrival ENABLE ROW LEVEL SECURITY;
ALTER TABLE municipal_copy_request ENABLE ROW LEVEL SECURITY;
ALTER TABLE municipal_copy_answer ENABLE ROW LEVEL SECURITY;
CREATE POLICY site ON municipal_planned_move
  USING (municipality_code = split_part(current_setting('ishizue.site', true), 'municipal/', 2));
CREATE POLICY site ON municipal_planned_mover
  USING (municipality_code = split_part(current_setting('ishizue.site', true), 'municipal/', 2));
CREATE POLICY site ON municipal_incoming_move
  USING (municipality_code = split_part(current_setting('ishizue.site', true), 'municipal/', 2));
CREATE POLICY site ON municipal_information_request
  USING (municipality_code = split_part(current_setting('ishizue.site', true), 'municipal/', 2));
CREATE POLICY site ON municipal_move_in
  USING (municipality_code = split_part(current_setting('ishizue.site', true), 'municipal/', 2));
CREATE POLICY site ON municipal_unsettled_arrival
  USING (municipality_code = split_part(current_setting('ishizue.site', true), 'municipal/', 2));
CREATE POLICY site ON municipal_copy_request
  USING (municipality_code = split_part(current_setting('ishizue.site', true), 'municipal/', 2));
CREATE POLICY site ON municipal_copy_answer
  USING (municipality_code = split_part(current_setting('ishizue.site', true), 'municipal/', 2));
