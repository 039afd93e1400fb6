-- Lists that were dated by a clock that was wrong (docs/flows/clock.md): somebody says so, for a purpose, and nothing waits for
-- the time up to which they were dated to come. What they hold stays what it is.
CREATE TABLE clock_acceptance (
  number int GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
  accepted_at timestamptz(3) NOT NULL,          -- by the clock that is right
  dated_until timestamptz(3) NOT NULL,          -- the latest list of the clock that was wrong
  accepted_by text NOT NULL CHECK (octet_length(accepted_by) BETWEEN 1 AND 64),
  purpose text NOT NULL CHECK (octet_length(purpose) BETWEEN 1 AND 500),
  CONSTRAINT only_what_is_ahead CHECK (dated_until > accepted_at)
);
REVOKE UPDATE, DELETE ON clock_acceptance FROM ishizue_jpki;
