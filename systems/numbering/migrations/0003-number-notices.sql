-- The number notice (個人番号通知書): one paper a number, sent once and never again. It belongs to the number by code and
-- derivation; name, address and number are read from the register when it is printed and are not kept here.

CREATE TABLE number_notice_batch (
  batch_id text PRIMARY KEY CHECK (batch_id ~ '^[0-9a-z-]{8,64}$'),
  opened_at timestamptz(3) NOT NULL,
  printed_at timestamptz(3),
  printed_count int CHECK ((printed_count IS NULL) = (printed_at IS NULL)),
  withdrawn_count int,
  left_count int                            -- left in the queue, each with its trouble
);

-- what a batch wrote: the address file and the papers
CREATE TABLE number_notice_file (
  batch_id text NOT NULL REFERENCES number_notice_batch,
  name text NOT NULL,
  notices int NOT NULL,
  bytes bigint NOT NULL,
  sha256 bytea NOT NULL CHECK (octet_length(sha256) = 32),
  PRIMARY KEY (batch_id, name)
);

CREATE TABLE number_notice (
  notice_id bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
  resident_code text NOT NULL,
  attempt smallint NOT NULL,
  state text NOT NULL DEFAULT 'queued' CHECK (state IN
    ('queued', 'printed', 'posted', 'delivered', 'returned', 'held', 'handed-over', 'disposed', 'withdrawn')),
  state_on date NOT NULL,
  municipality_code text CHECK (municipality_code ~ '^[0-9]{6}$'),  -- of the address it was printed for
  batch_id text REFERENCES number_notice_batch,
  trouble text,                             -- why the last batch left it in the queue
  tried_at timestamptz(3),
  posting_number text UNIQUE CHECK (posting_number ~ '^[0-9]{11,13}$'),
  return_reason text CHECK (return_reason IN ('address-unknown', 'moved-away', 'not-collected', 'refused')),
  UNIQUE (resident_code, attempt),
  FOREIGN KEY (resident_code, attempt) REFERENCES individual_number (resident_code, attempt)
);
CREATE INDEX number_notice_queue ON number_notice (tried_at NULLS FIRST, notice_id)
  WHERE state = 'queued' AND batch_id IS NULL;
CREATE INDEX number_notice_of_batch ON number_notice (batch_id) WHERE batch_id IS NOT NULL;

-- every step that a notice took, and who told of it
CREATE TABLE number_notice_step (
  notice_id bigint NOT NULL REFERENCES number_notice,
  place int NOT NULL,                       -- from 1
  step text NOT NULL,
  happened_on date NOT NULL,
  recorded_at timestamptz(3) NOT NULL,
  actor text NOT NULL,
  PRIMARY KEY (notice_id, place)
);

REVOKE DELETE ON number_notice, number_notice_batch FROM ishizue_numbering;
REVOKE UPDATE, DELETE ON number_notice_step FROM ishizue_numbering;
ALTER TABLE number_notice ENABLE ROW LEVEL SECURITY;
ALTER TABLE number_notice_batch ENABLE ROW LEVEL SECURITY;
ALTER TABLE number_notice_file ENABLE ROW LEVEL SECURITY;
ALTER TABLE number_notice_step ENABLE ROW LEVEL SECURITY;
CREATE POLICY site ON number_notice USING (current_setting('ishizue.site', true) = 'national');
CREATE POLICY site ON number_notice_batch USING (current_setting('ishizue.site', true) = 'national');
CREATE POLICY site ON number_notice_file USING (current_setting('ishizue.site', true) = 'national');
CREATE POLICY site ON number_notice_step USING (current_setting('ishizue.site', true) = 'national');

-- a municipality tells the centre what became of a notice that came back to it
INSERT INTO link.sender (system, to_system) VALUES ('numbering', 'numbering');
