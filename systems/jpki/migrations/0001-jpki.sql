-- The citizen PKI: authorities, certificates and their revocation, lists. A to-be-signed part is stored before it is
-- signed, so that whatever was ever signed can be accounted for; a revocation is never taken back.

-- Generations of the two certification authorities; all generations of one kind have the same name.
CREATE TABLE authority (
  kind text NOT NULL CHECK (kind IN ('signature', 'authentication')),
  generation smallint NOT NULL CHECK (generation BETWEEN 1 AND 127),
  key_name text NOT NULL UNIQUE,
  tbs bytea NOT NULL,
  signature bytea,                          -- null until it is signed
  performed_by text NOT NULL,
  performed_at timestamptz(3) NOT NULL,
  PRIMARY KEY (kind, generation)
);

-- Keys to which a generation has delegated its OCSP answers.
CREATE TABLE responder (
  kind text NOT NULL,
  generation smallint NOT NULL,
  number int NOT NULL CHECK (number BETWEEN 1 AND 65535),
  key_name text NOT NULL UNIQUE,
  tbs bytea NOT NULL,
  signature bytea,
  expires_at timestamptz(3) NOT NULL,
  PRIMARY KEY (kind, generation, number),
  FOREIGN KEY (kind, generation) REFERENCES authority
);

-- Areas into which the lists are parted, by the names that certificates carry.
CREATE TABLE distribution_point (
  id int GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
  kind text NOT NULL CHECK (kind IN ('signature', 'authentication')),
  prefecture text NOT NULL,
  area text NOT NULL,
  UNIQUE (kind, prefecture, area)
);

-- One row a to-be-signed certificate. Pending: no signature, not revoked. Issued: signed, not revoked. Revoked: final; one
-- that was never handed out is revoked without a signature ("unspecified": destroyed before hand-over).
CREATE TABLE certificate (
  kind text NOT NULL CHECK (kind IN ('signature', 'authentication')),
  serial int NOT NULL CHECK (serial >= 8388608),  -- four octets
  generation smallint NOT NULL,
  point int NOT NULL REFERENCES distribution_point,
  request_id text NOT NULL,
  request_sha256 bytea NOT NULL CHECK (octet_length(request_sha256) = 32),
  resident_code text NOT NULL CHECK (resident_code ~ '^[0-9]{11}$'),
  card_id text NOT NULL,
  identity_sha256 bytea CHECK (octet_length(identity_sha256) = 32),  -- of the four items, of signature certificates
  issued_at timestamptz(3) NOT NULL,        -- notBefore
  expires_at timestamptz(3) NOT NULL,       -- notAfter
  tbs bytea NOT NULL,
  signature bytea,
  revoked_at timestamptz(3),
  reason text CHECK (reason IN ('unspecified', 'keyCompromise', 'cACompromise', 'affiliationChanged', 'superseded',
    'cessationOfOperation', 'certificateHold')),
  PRIMARY KEY (kind, serial),
  FOREIGN KEY (kind, generation) REFERENCES authority,
  CHECK ((revoked_at IS NULL) = (reason IS NULL))
);
-- a request has one certificate; what was abandoned before hand-over makes room for another
CREATE UNIQUE INDEX certificate_of_request ON certificate (request_id)
  WHERE signature IS NOT NULL OR revoked_at IS NULL;
CREATE UNIQUE INDEX certificate_of_card ON certificate (card_id, kind)
  WHERE signature IS NOT NULL AND revoked_at IS NULL;
CREATE INDEX certificate_of_person ON certificate (resident_code) WHERE revoked_at IS NULL;
CREATE INDEX certificate_pending ON certificate (card_id) WHERE signature IS NULL AND revoked_at IS NULL;
CREATE INDEX certificate_revoked ON certificate (point, generation, serial) WHERE revoked_at IS NOT NULL;

-- The hold is never lifted (practice statement 4.9.9), and neither is any other revocation.
CREATE FUNCTION keep_revocation() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
  RAISE EXCEPTION 'a revocation is final' USING ERRCODE = 'check_violation';
END
$$;
CREATE TRIGGER keep_revocation BEFORE UPDATE ON certificate
  FOR EACH ROW WHEN (OLD.revoked_at IS NOT NULL) EXECUTE FUNCTION keep_revocation();

REVOKE UPDATE, DELETE ON certificate FROM ishizue_jpki;
GRANT UPDATE (signature, identity_sha256, revoked_at, reason) ON certificate TO ishizue_jpki;

-- The latest list of each distribution point (point 0: of the whole generation).
CREATE TABLE crl (
  kind text NOT NULL,
  generation smallint NOT NULL,
  point int NOT NULL,
  number bigint NOT NULL,
  this_update timestamptz(3) NOT NULL,
  next_update timestamptz(3) NOT NULL,
  entries int NOT NULL,
  der bytea NOT NULL,
  sha256 bytea NOT NULL GENERATED ALWAYS AS (sha256(der)) STORED,
  PRIMARY KEY (kind, generation, point),
  FOREIGN KEY (kind, generation) REFERENCES authority
);
ALTER TABLE crl ALTER der SET STORAGE EXTERNAL;  -- does not compress
