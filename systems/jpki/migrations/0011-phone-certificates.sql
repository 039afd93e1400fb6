-- Certificates on phones (JPKI Act 16-2, 35-2; domain rules 6.8): applied for with the card's signature key, bound to the
-- card's certificates, one phone a person. What must never be is refused here, whatever the program does.

-- A statement that waits for its signature, some minutes.
CREATE TABLE phone_draft (
  id uuid PRIMARY KEY,
  device_id text COLLATE "C" NOT NULL CHECK (device_id ~ '^[0-9a-f]{32}$'),
  signature_request bytea NOT NULL,             -- PKCS#10 of each of the phone's keys
  authentication_request bytea NOT NULL,
  statement text NOT NULL,
  draft_ends_at timestamptz(3) NOT NULL
);
CREATE INDEX phone_draft_over ON phone_draft (draft_ends_at);

CREATE TABLE phone_application (
  id uuid PRIMARY KEY,
  number bigint GENERATED ALWAYS AS IDENTITY UNIQUE,  -- a later one has a higher number
  device_id text COLLATE "C" NOT NULL CHECK (device_id ~ '^[0-9a-f]{32}$'),
  resident_code text NOT NULL CHECK (resident_code ~ '^[0-9]{11}$'),
  card_id text NOT NULL,
  serial int NOT NULL,                          -- of the card's signature certificate by which it is signed
  signature_request bytea NOT NULL,
  authentication_request bytea NOT NULL,
  statement text NOT NULL,                      -- as it was shown and signed
  signature bytea NOT NULL,
  applied_at timestamptz(3) NOT NULL
);
CREATE INDEX phone_application_of_person ON phone_application (resident_code);
REVOKE UPDATE, DELETE ON phone_application FROM ishizue_jpki;

ALTER TABLE certificate
  ADD application uuid REFERENCES phone_application,
  ADD bound_serial int,                         -- of the card's certificate of the kind
  ADD CONSTRAINT a_phones_certificate_is_bound
    CHECK ((kind LIKE 'phone-%') = (application IS NOT NULL) AND (application IS NULL) = (bound_serial IS NULL));
CREATE INDEX certificate_bound ON certificate (bound_serial, kind) WHERE bound_serial IS NOT NULL;
CREATE UNIQUE INDEX certificate_of_phone ON certificate (resident_code, kind)
  WHERE application IS NOT NULL AND signature IS NOT NULL AND revoked_at IS NULL;

-- It is bound to a certificate of the same person's card that is good, and ends no later.
CREATE FUNCTION bind_phone() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
  -- the lock makes a revocation of the card's certificate wait, which then finds this one
  PERFORM FROM jpki.certificate c
  WHERE c.kind = substr(NEW.kind, 7) AND c.serial = NEW.bound_serial AND c.resident_code = NEW.resident_code
    AND c.card_id = NEW.card_id AND c.signature IS NOT NULL AND c.revoked_at IS NULL AND c.expires_at >= NEW.expires_at
  FOR SHARE;
  IF NOT FOUND THEN
    RAISE EXCEPTION 'jpki: a certificate on a phone ends no later than the one on the card'
      USING ERRCODE = 'check_violation', CONSTRAINT = 'bound_to_the_card';
  END IF;
  RETURN NEW;
END $$;
CREATE TRIGGER bind_phone BEFORE INSERT ON certificate
  FOR EACH ROW WHEN (NEW.application IS NOT NULL) EXECUTE FUNCTION bind_phone();

CREATE FUNCTION keep_one_phone() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
  IF EXISTS (SELECT FROM jpki.certificate c WHERE c.resident_code = NEW.resident_code
      AND c.application <> NEW.application AND c.signature IS NOT NULL AND c.revoked_at IS NULL) THEN
    RAISE EXCEPTION 'jpki: a person has one phone'
      USING ERRCODE = 'check_violation', CONSTRAINT = 'one_phone_a_person';
  END IF;
  RETURN NEW;
END $$;
CREATE TRIGGER keep_one_phone BEFORE UPDATE OF signature ON certificate
  FOR EACH ROW WHEN (NEW.application IS NOT NULL AND OLD.signature IS NULL AND NEW.signature IS NOT NULL)
  EXECUTE FUNCTION keep_one_phone();

-- Whoever revokes a certificate of a card, and for whatever reason, ends the phone's with it. Superseded means that
-- another stands in its place, and a key of the card says nothing of the phone's: there the phone's is no longer wanted.
CREATE FUNCTION end_phone() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
  UPDATE jpki.certificate SET revoked_at = NEW.revoked_at, reason = CASE
      WHEN signature IS NULL THEN 'unspecified'
      WHEN NEW.reason IN ('affiliationChanged', 'certificateHold') THEN NEW.reason
      ELSE 'cessationOfOperation' END
  WHERE bound_serial = NEW.serial AND kind = 'phone-' || NEW.kind AND revoked_at IS NULL;
  RETURN NULL;
END $$;
CREATE TRIGGER end_phone AFTER UPDATE OF revoked_at ON certificate
  FOR EACH ROW WHEN (NEW.application IS NULL AND OLD.revoked_at IS NULL AND NEW.revoked_at IS NOT NULL)
  EXECUTE FUNCTION end_phone();
