-- Renewals at a desk (公的個人認証法 3, 22; docs/flows/renewal.md): who checked what, what the holder owes, and how far the new
-- certificate came. While it is offered its row in `certificate` is pending: it is good only once the card was read back.

-- Post offices that a municipality has authorised to take applications (郵便局事務取扱法), each with its own place code.
CREATE TABLE issuing_office (
  office text COLLATE "C" NOT NULL CHECK (office ~ '^[0-9]{5}$'),
  municipality text NOT NULL CHECK (municipality ~ '^[0-9]{6}$'),
  valid_from date NOT NULL,
  valid_to date NOT NULL CHECK (valid_to >= valid_from),
  PRIMARY KEY (office, municipality, valid_from)
);

CREATE TABLE renewal (
  request_id text COLLATE "C" PRIMARY KEY CHECK (request_id ~ '^[0-9A-Za-z-]{8,48}$'),
  facts_sha256 bytea NOT NULL CHECK (octet_length(facts_sha256) = 32),  -- tells a repetition from another request
  state text NOT NULL CHECK (state IN ('begun', 'offered', 'handed-out', 'given-up')),
  kind text NOT NULL CHECK (kind IN ('signature', 'authentication')),
  resident_code text NOT NULL CHECK (resident_code ~ '^[0-9]{11}$'),
  card_id text NOT NULL,
  serial int,                               -- of the new certificate
  renewed_serial int,                       -- of the one that it superseded; null where none was live
  signature bytea,                          -- of the new certificate, as the card was offered it
  desk text NOT NULL CHECK (desk IN ('municipal-counter', 'post-office')),
  municipality text NOT NULL CHECK (municipality ~ '^[0-9]{6}$'),
  office text,
  documents text[] NOT NULL CHECK (cardinality(documents) BETWEEN 1 AND 8),
  checked_by text NOT NULL CHECK (octet_length(checked_by) BETWEEN 1 AND 64),
  by_representative boolean NOT NULL,
  ground text NOT NULL CHECK (ground IN ('expiring', 'data-changed', 'stay-extended', 'office-fault', 'own-wish')),
  visit_id text NOT NULL,
  fee_yen int NOT NULL CHECK (fee_yen >= 0),
  begun_at timestamptz(3) NOT NULL,
  ends_at timestamptz(3) NOT NULL CHECK (ends_at > begun_at),   -- an offer that is not confirmed by then is given up
  done_at timestamptz(3),
  outcome text,                             -- why it was given up
  FOREIGN KEY (kind, serial) REFERENCES certificate,
  FOREIGN KEY (kind, renewed_serial) REFERENCES certificate,
  CONSTRAINT office_of_a_post_office CHECK ((desk = 'post-office') = (office IS NOT NULL)),
  CONSTRAINT offered_whole CHECK (state = 'begun' OR state = 'given-up' OR num_nulls(serial, signature) = 0),
  CONSTRAINT done_at_its_end CHECK ((done_at IS NULL) = (state IN ('begun', 'offered'))),
  CONSTRAINT outcome_of_what_was_given_up CHECK ((outcome IS NOT NULL) = (state = 'given-up'))
);
CREATE INDEX renewal_open ON renewal (ends_at) WHERE state IN ('begun', 'offered');
CREATE INDEX renewal_of_visit ON renewal (resident_code, visit_id);

-- What was handed out or given up stays so.
CREATE FUNCTION keep_renewal() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
  RAISE EXCEPTION 'a renewal that ended stays as it is' USING ERRCODE = 'check_violation';
END
$$;
CREATE TRIGGER keep_renewal BEFORE UPDATE ON renewal
  FOR EACH ROW WHEN (OLD.done_at IS NOT NULL) EXECUTE FUNCTION keep_renewal();

REVOKE UPDATE, DELETE ON renewal FROM ishizue_jpki;
GRANT UPDATE (state, serial, renewed_serial, signature, done_at, outcome) ON renewal TO ishizue_jpki;
