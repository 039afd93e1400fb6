-- Verifiers (署名検証者, 利用者証明検証者; JPKI Act 17, 36): who may be told what of certificates, by which key they are known, in
-- which state their registration is. What two persons have to decide is kept here too, whatever the program does.

CREATE TABLE verifier (
  verifier text COLLATE "C" PRIMARY KEY CHECK (verifier ~ '^verifier/[a-z0-9-]{1,40}$' AND verifier !~ '[0-9]{10}'),
  state text NOT NULL CHECK (state IN ('notified', 'technical-documents-released', 'test-environment',
    'connection-test', 'live', 'suspended', 'ended')),
  revision int NOT NULL CHECK (revision > 0),   -- of state and terms: an approval is for one of them
  kind text NOT NULL CHECK (kind IN ('administrative', 'court', 'designated-body', 'accredited-ca', 'approved-ca',
    'platform-operator', 'delegating-firm')),
  title text NOT NULL CHECK (octet_length(title) BETWEEN 1 AND 300),
  purpose text NOT NULL CHECK (octet_length(purpose) BETWEEN 1 AND 1000),
  contact text NOT NULL CHECK (octet_length(contact) BETWEEN 1 AND 300),
  fee_class text NOT NULL CHECK (fee_class IN ('free', 'per-answer')),
  certificate_kinds text[] NOT NULL CHECK (certificate_kinds <@ ARRAY['signature', 'authentication']),
  methods text[] NOT NULL CHECK (methods <@ ARRAY['crl', 'ocsp']),
  services text[] NOT NULL CHECK (
    services <@ ARRAY['older-serials', 'newer-serials', 'other-certificate', 'latest-attributes']),
  entrusted_to text COLLATE "C" REFERENCES verifier,
  certificate bytea,                            -- the client certificate, in DER
  fingerprint text COLLATE "C" GENERATED ALWAYS AS (encode(sha256(certificate), 'hex')) STORED UNIQUE,
  public_key bytea UNIQUE CHECK (octet_length(public_key) = 32),
  certificate_ends_at timestamptz(3),
  proposal uuid,                                -- by which two persons decided the last time
  changed_at timestamptz(3) NOT NULL,
  CONSTRAINT client_certificate_whole CHECK (num_nonnulls(certificate, public_key, certificate_ends_at) IN (0, 3)),
  CONSTRAINT a_firm_entrusts_everything CHECK ((kind = 'delegating-firm') = (entrusted_to IS NOT NULL)),
  CONSTRAINT a_firm_has_no_connection CHECK ((kind = 'delegating-firm') = (certificate IS NULL))
);
CREATE INDEX verifier_of_operator ON verifier (entrusted_to) WHERE entrusted_to IS NOT NULL;

CREATE TABLE verifier_proposal (
  id uuid PRIMARY KEY,
  verifier text COLLATE "C" NOT NULL REFERENCES verifier,
  act text NOT NULL CHECK (act IN ('go-live', 'restore', 'change-terms')),
  revision int NOT NULL,                        -- of the verifier when it was proposed
  terms jsonb,
  proposed_by text NOT NULL CHECK (octet_length(proposed_by) BETWEEN 1 AND 64),
  proposed_for text NOT NULL CHECK (octet_length(proposed_for) BETWEEN 1 AND 500),
  proposed_at timestamptz(3) NOT NULL,
  expires_at timestamptz(3) NOT NULL,
  approved_by text CHECK (octet_length(approved_by) BETWEEN 1 AND 64),
  approved_for text CHECK (octet_length(approved_for) BETWEEN 1 AND 500),
  approved_at timestamptz(3),
  CONSTRAINT terms_where_they_change CHECK ((terms IS NOT NULL) = (act = 'change-terms')),
  CONSTRAINT approved_whole CHECK (num_nonnulls(approved_by, approved_for, approved_at) IN (0, 3)),
  CONSTRAINT two_persons CHECK (approved_by <> proposed_by),
  CONSTRAINT approved_in_time CHECK (approved_at >= proposed_at AND approved_at < expires_at)
);

CREATE FUNCTION approve_verifier_once() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
  IF TG_OP = 'INSERT' AND NEW.approved_by IS NOT NULL OR TG_OP = 'UPDATE' AND OLD.approved_by IS NOT NULL THEN
    RAISE EXCEPTION 'jpki: a proposal is approved once, and not by being made'
      USING ERRCODE = 'check_violation', CONSTRAINT = 'approved_once';
  END IF;
  RETURN NEW;
END $$;
CREATE TRIGGER approved_once BEFORE INSERT OR UPDATE ON verifier_proposal
  FOR EACH ROW EXECUTE FUNCTION approve_verifier_once();

-- One change a revision; what gives or widens rights needs the approved proposal for that very revision.
CREATE FUNCTION check_verifier() RETURNS trigger LANGUAGE plpgsql AS $$
DECLARE
  v_needed text;
  v_is_new_terms boolean;
BEGIN
  IF TG_OP = 'INSERT' THEN
    IF NEW.state <> 'notified' OR NEW.revision <> 1 OR NEW.proposal IS NOT NULL THEN
      RAISE EXCEPTION 'jpki: a verifier begins as notified'
        USING ERRCODE = 'check_violation', CONSTRAINT = 'begins_as_notified';
    END IF;
    RETURN NEW;
  END IF;
  IF OLD.state = 'ended' THEN
    RAISE EXCEPTION 'jpki: a verifier that has ended stays as it is'
      USING ERRCODE = 'check_violation', CONSTRAINT = 'ended_for_good';
  END IF;
  v_is_new_terms := (NEW.kind, NEW.title, NEW.purpose, NEW.contact, NEW.fee_class, NEW.certificate_kinds, NEW.methods,
      NEW.services, NEW.entrusted_to, NEW.certificate)
    IS DISTINCT FROM (OLD.kind, OLD.title, OLD.purpose, OLD.contact, OLD.fee_class, OLD.certificate_kinds, OLD.methods,
      OLD.services, OLD.entrusted_to, OLD.certificate);
  IF NEW.revision <> OLD.revision + 1 OR v_is_new_terms AND NEW.state <> OLD.state THEN
    RAISE EXCEPTION 'jpki: a revision is one change' USING ERRCODE = 'check_violation', CONSTRAINT = 'one_change';
  END IF;
  v_needed := CASE
    WHEN v_is_new_terms THEN 'change-terms'
    WHEN NEW.state = 'live' AND OLD.state = 'suspended' THEN 'restore'
    WHEN NEW.state = 'live' THEN 'go-live'
  END;
  IF v_needed IS NOT NULL AND NOT EXISTS (
    SELECT FROM jpki.verifier_proposal p
    WHERE p.id = NEW.proposal AND p.verifier = NEW.verifier AND p.act = v_needed AND p.revision = OLD.revision
      AND p.approved_by IS NOT NULL
  ) THEN
    RAISE EXCEPTION 'jpki: % needs an approved proposal', v_needed
      USING ERRCODE = 'check_violation', CONSTRAINT = 'approved_by_a_second_person';
  END IF;
  RETURN NEW;
END $$;
CREATE TRIGGER approved BEFORE INSERT OR UPDATE ON verifier FOR EACH ROW EXECUTE FUNCTION check_verifier();

-- What officers did or were refused, with their purpose.
CREATE TABLE verifier_act (
  id bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
  at timestamptz(3) NOT NULL,
  act text NOT NULL,
  operator text NOT NULL CHECK (octet_length(operator) BETWEEN 1 AND 64),
  purpose text NOT NULL CHECK (octet_length(purpose) BETWEEN 1 AND 500),
  correlation text NOT NULL,
  verifier text COLLATE "C",
  proposal uuid,
  result text NOT NULL
);

REVOKE DELETE ON verifier FROM ishizue_jpki;
REVOKE UPDATE, DELETE ON verifier_proposal, verifier_act FROM ishizue_jpki;
GRANT UPDATE (approved_by, approved_for, approved_at) ON verifier_proposal TO ishizue_jpki;
