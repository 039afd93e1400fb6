-- The written notice of a resident code (住民票コード通知票) as a paper: the batches in which it is printed, and what became of each
-- notice in them. A batch holds the same notices for good; it is finished once its files are written.

ALTER TABLE municipal_code_notice
  DROP CONSTRAINT municipal_code_notice_state_check,
  ADD CONSTRAINT municipal_code_notice_state_check
    CHECK (state IN ('queued', 'printed', 'sent', 'handed-over', 'superseded', 'withdrawn')),
  ADD COLUMN is_at_counter boolean NOT NULL DEFAULT false,  -- not posted: handed over at the counter
  ADD COLUMN trouble text,                                  -- why it could not be printed when it was last tried
  ADD COLUMN tried_at timestamptz(3);

CREATE TABLE municipal_code_notice_batch (
  municipality_code text NOT NULL,
  batch_id text NOT NULL CHECK (batch_id ~ '^[0-9a-z-]{8,64}$'),
  opened_at timestamptz(3) NOT NULL,
  printed_at timestamptz(3),
  printed_count int,                        -- those at the counter among them
  at_counter_count int,
  withdrawn_count int,                      -- whose record is not current any more, or whose code changed again
  left_count int,                           -- back in the queue
  PRIMARY KEY (municipality_code, batch_id),
  CHECK ((printed_at IS NULL) = (printed_count IS NULL))
);
CREATE TABLE municipal_code_notice_file (
  municipality_code text NOT NULL,
  batch_id text NOT NULL,
  name text NOT NULL,
  notices int NOT NULL,
  bytes bigint NOT NULL,
  sha256 bytea NOT NULL CHECK (octet_length(sha256) = 32),
  PRIMARY KEY (municipality_code, batch_id, name)
);
CREATE INDEX municipal_code_notice_of_batch ON municipal_code_notice (municipality_code, batch_id)
  WHERE batch_id IS NOT NULL;

-- what was printed from the data alone, before there was a paper, is finished
INSERT INTO municipal_code_notice_batch
SELECT municipality_code, batch_id, min(state_on), min(state_on), count(*), 0, 0, 0
FROM municipal_code_notice WHERE batch_id IS NOT NULL GROUP BY 1, 2;

ALTER TABLE municipal_code_notice_batch ENABLE ROW LEVEL SECURITY;
ALTER TABLE municipal_code_notice_file ENABLE ROW LEVEL SECURITY;
CREATE POLICY site ON municipal_code_notice_batch
  USING (municipality_code = split_part(current_setting('ishizue.site', true), 'municipal/', 2));
CREATE POLICY site ON municipal_code_notice_file
  USING (municipality_code = split_part(current_setting('ishizue.site', true), 'municipal/', 2));
REVOKE DELETE ON municipal_code_notice_batch, municipal_code_notice_file FROM ishizue_registry;
