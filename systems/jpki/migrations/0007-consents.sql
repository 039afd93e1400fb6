-- Consents of holders to the provision of their latest attributes to a verifier. What was signed is never changed or
-- deleted; a withdrawal is final.

-- A statement that waits for its signature, some minutes.
CREATE TABLE consent_draft (
  id uuid PRIMARY KEY,
  verifier text COLLATE "C" NOT NULL REFERENCES verifier,
  asked_by text COLLATE "C" NOT NULL REFERENCES verifier,
  purpose text NOT NULL,
  items text[] NOT NULL,
  statement text NOT NULL,
  expires_at timestamptz(3) NOT NULL,        -- of the consent to be
  draft_ends_at timestamptz(3) NOT NULL
);
CREATE INDEX consent_draft_over ON consent_draft (draft_ends_at);

CREATE TABLE consent (
  id uuid PRIMARY KEY,
  verifier text COLLATE "C" NOT NULL REFERENCES verifier,  -- to whom
  asked_by text COLLATE "C" NOT NULL REFERENCES verifier,  -- by whose connection
  purpose text NOT NULL,
  items text[] NOT NULL CHECK (cardinality(items) > 0 AND items <@ ARRAY['name', 'birth-date', 'sex', 'address']),
  statement text NOT NULL,                   -- as it was shown and signed
  resident_code text NOT NULL CHECK (resident_code ~ '^[0-9]{11}$'),
  serial int NOT NULL,                       -- of the signature certificate at consent
  signature bytea NOT NULL,
  given_at timestamptz(3) NOT NULL,
  expires_at timestamptz(3) NOT NULL CHECK (expires_at > given_at),
  withdrawn_at timestamptz(3),
  withdrawn_by text CHECK (withdrawn_by IN ('holder-signature', 'counter')),
  CONSTRAINT withdrawn_whole CHECK ((withdrawn_at IS NULL) = (withdrawn_by IS NULL))
);
CREATE INDEX consent_of_person ON consent (resident_code);

CREATE FUNCTION keep_withdrawal() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
  RAISE EXCEPTION 'a withdrawal is final' USING ERRCODE = 'check_violation', CONSTRAINT = 'withdrawn_for_good';
END $$;
CREATE TRIGGER keep_withdrawal BEFORE UPDATE ON consent
  FOR EACH ROW WHEN (OLD.withdrawn_at IS NOT NULL) EXECUTE FUNCTION keep_withdrawal();

REVOKE UPDATE, DELETE ON consent FROM ishizue_jpki;
GRANT UPDATE (withdrawn_at, withdrawn_by) ON consent TO ishizue_jpki;
