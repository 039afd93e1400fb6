-- Notices of expiry (有効期限通知書; docs/flows/expiry-notices.md) at the national site: the runs that make them, each letter with
-- what became of it, and what each told. Names and addresses are in the files only.

CREATE TABLE expiry_run (
  run_id text COLLATE "C" PRIMARY KEY CHECK (run_id ~ '^[0-9a-z-]{8,40}$'),
  ends_from date NOT NULL,                  -- of the days on which something ends, both inclusive
  ends_to date NOT NULL CHECK (ends_to >= ends_from),
  opened_at timestamptz(3) NOT NULL,
  claimed_to text COLLATE "C" NOT NULL DEFAULT '',  -- the last resident code that was looked at
  claimed_at timestamptz(3),                -- all were looked at, and letters parted into bundles
  finished_at timestamptz(3)                -- all files are there
);

CREATE TABLE expiry_notice (
  notice_id int GENERATED ALWAYS AS IDENTITY PRIMARY KEY CHECK (notice_id <= 99999999),
  run_id text COLLATE "C" NOT NULL REFERENCES expiry_run,
  resident_code text NOT NULL CHECK (resident_code ~ '^[0-9]{11}$'),
  card_id text NOT NULL REFERENCES card,
  authentication_ends_on date,
  signature_ends_on date,
  card_ends_on date,
  municipality text NOT NULL CHECK (municipality ~ '^[0-9]{6}$'),
  bundle int,                               -- of the run and municipality, from 1
  state text NOT NULL CHECK (state IN ('claimed', 'made', 'left', 'handed-over', 'returned')),
  is_at_counter boolean NOT NULL DEFAULT false,  -- not posted: the municipality hands it over
  trouble text,                             -- why none was made
  state_on date NOT NULL,
  return_reason text CHECK (return_reason IN ('address-unknown', 'moved-away', 'not-collected', 'refused')),
  CONSTRAINT something_ends CHECK (num_nonnulls(authentication_ends_on, signature_ends_on, card_ends_on) > 0),
  CONSTRAINT returned_with_a_reason CHECK ((return_reason IS NOT NULL) = (state = 'returned')),
  CONSTRAINT left_with_trouble CHECK ((trouble IS NOT NULL) = (state = 'left'))
);
CREATE INDEX expiry_notice_of_bundle ON expiry_notice (run_id, municipality, bundle, notice_id);

-- What a letter told: nobody is told the same twice. Of letters that were not made the rows are taken away again.
CREATE TABLE expiry_told (
  card_id text NOT NULL REFERENCES card,
  what text NOT NULL CHECK (what IN ('authentication', 'signature', 'card')),
  ends_on date NOT NULL,
  notice_id int REFERENCES expiry_notice,   -- null only while its letter is being entered
  PRIMARY KEY (card_id, what, ends_on)
);
CREATE INDEX expiry_told_by ON expiry_told (notice_id);

CREATE TABLE expiry_file (
  run_id text COLLATE "C" NOT NULL REFERENCES expiry_run,
  name text COLLATE "C" NOT NULL,
  notices int NOT NULL,
  bytes bigint NOT NULL,
  sha256 bytea NOT NULL CHECK (octet_length(sha256) = 32),
  PRIMARY KEY (run_id, name)
);
CREATE INDEX card_expiring ON card (resident_code) INCLUDE (expires_on, card_id) WHERE state = 'active';

REVOKE DELETE ON expiry_run, expiry_notice, expiry_file FROM ishizue_cards;

-- A letter goes one way; what came back stays so.
CREATE FUNCTION keep_notice_order() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
  IF (OLD.state, NEW.state) NOT IN (('claimed', 'claimed'), ('claimed', 'made'), ('claimed', 'left'),
      ('made', 'handed-over'), ('handed-over', 'returned')) THEN
    RAISE EXCEPTION 'a notice that is % does not become %', OLD.state, NEW.state USING ERRCODE = 'check_violation';
  END IF;
  RETURN NEW;
END
$$;
CREATE TRIGGER keep_notice_order BEFORE UPDATE ON expiry_notice FOR EACH ROW EXECUTE FUNCTION keep_notice_order();
