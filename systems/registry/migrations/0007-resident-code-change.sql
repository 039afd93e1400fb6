-- Change of the resident code (住民基本台帳法 30-4): which codes are used up, at every site that knows; the written notice to the
-- person; and at the national site, by which code a change was known at its time.

-- a code that somebody had: never given out again, and the way from it to the code that the person has now
CREATE TABLE retired_code (
  site text NOT NULL,
  resident_code text NOT NULL CHECK (resident_code ~ '^[0-9]{11}$'),
  successor text NOT NULL CHECK (successor ~ '^[0-9]{11}$' AND successor <> resident_code),
  municipality_code text NOT NULL,          -- that changed it
  retired_on date NOT NULL,
  PRIMARY KEY (resident_code, site)
);
CREATE UNIQUE INDEX retired_code_successor ON retired_code (successor, site);
ALTER TABLE retired_code ENABLE ROW LEVEL SECURITY;
CREATE POLICY site ON retired_code USING (site = current_setting('ishizue.site', true));
REVOKE UPDATE, DELETE ON retired_code FROM ishizue_registry;

-- the written notice of the new code: one a change. Name, address and code are read from the record when it is printed
CREATE TABLE municipal_code_notice (
  municipality_code text NOT NULL,
  resident_number text NOT NULL,
  sequence int NOT NULL,                    -- of the change among the person's events here
  state text NOT NULL DEFAULT 'queued' CHECK (state IN ('queued', 'printed', 'sent', 'handed-over', 'superseded')),
  state_on date NOT NULL,
  batch_id text CHECK (batch_id ~ '^[0-9a-z-]{8,64}$'),
  PRIMARY KEY (municipality_code, resident_number, sequence),
  CHECK (batch_id IS NOT NULL OR state IN ('queued', 'superseded'))
);
CREATE INDEX municipal_code_notice_queue ON municipal_code_notice (municipality_code, state_on, resident_number)
  WHERE state = 'queued';
ALTER TABLE municipal_code_notice ENABLE ROW LEVEL SECURITY;
CREATE POLICY site ON municipal_code_notice
  USING (municipality_code = split_part(current_setting('ishizue.site', true), 'municipal/', 2));
REVOKE DELETE ON municipal_code_notice FROM ishizue_registry;

-- changes are kept under the code that the person has now; whoever follows a person knew them by the code of then
ALTER TABLE national_change
  ADD COLUMN former_code text,              -- of a change of the code: the one before it
  ADD COLUMN code_then text;                -- null where it is the code of now
