-- A municipality's own verification of authentication certificates, for its programs. Every table is the municipality's and
-- fenced by row-level security. No resident code, name or serial number is in any of them.

-- As which verifier the municipality asks the centre, and by what it learns of revocations.
CREATE TABLE municipal_setting (
  municipality_code text NOT NULL PRIMARY KEY,
  verifier text COLLATE "C" NOT NULL CHECK (verifier ~ '^verifier/[a-z0-9-]{1,40}$'),
  method text NOT NULL CHECK (method IN ('ocsp', 'crl')),
  changed_at timestamptz(3) NOT NULL
);

-- Programs that may ask, by the key of their signed requests. The same key is one program's.
CREATE TABLE municipal_program (
  municipality_code text NOT NULL,
  program text COLLATE "C" NOT NULL CHECK (program ~ '^[a-z][a-z0-9-]{0,19}$' AND program !~ '[0-9]{10}'),
  public_key bytea NOT NULL CHECK (octet_length(public_key) = 32),  -- Ed25519
  state text NOT NULL CHECK (state IN ('active', 'suspended', 'ended')),
  registered_at timestamptz(3) NOT NULL,
  changed_at timestamptz(3) NOT NULL,
  PRIMARY KEY (municipality_code, program),
  UNIQUE (municipality_code, public_key)
);
REVOKE UPDATE, DELETE ON municipal_program FROM ishizue_local_authentication;
GRANT UPDATE (state, changed_at) ON municipal_program TO ishizue_local_authentication;

CREATE FUNCTION keep_program() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
  IF OLD.state = 'ended' THEN
    RAISE EXCEPTION 'local_authentication: a program has ended for good'
      USING ERRCODE = 'check_violation', CONSTRAINT = 'ended_for_good';
  END IF;
  RETURN NEW;
END $$;
CREATE TRIGGER kept BEFORE UPDATE ON municipal_program FOR EACH ROW EXECUTE FUNCTION keep_program();

-- What officers did about programs and settings, refusals too.
CREATE TABLE municipal_act (
  id bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
  municipality_code text NOT NULL,
  at timestamptz(3) NOT NULL,
  act text NOT NULL,
  operator text NOT NULL,
  purpose text NOT NULL CHECK (octet_length(purpose) BETWEEN 1 AND 500),
  correlation text NOT NULL,
  program text COLLATE "C",
  result text NOT NULL
);
REVOKE UPDATE, DELETE ON municipal_act FROM ishizue_local_authentication;

-- What a card or phone is to sign for a program; taken by whoever deletes the row.
CREATE TABLE municipal_challenge (
  challenge uuid PRIMARY KEY,
  municipality_code text NOT NULL,
  program text COLLATE "C" NOT NULL,
  statement text NOT NULL,
  ends_at timestamptz(3) NOT NULL,
  FOREIGN KEY (municipality_code, program) REFERENCES municipal_program
);
CREATE INDEX municipal_challenge_over ON municipal_challenge (municipality_code, ends_at);

-- Which certificates are whose. A certificate stands here as an HMAC of kind and serial number under a key of the
-- municipality; several lead to one pseudonym, and none ever to another one.
CREATE TABLE municipal_enrolment (
  municipality_code text NOT NULL,
  certificate bytea NOT NULL CHECK (octet_length(certificate) = 32),
  pseudonym text COLLATE "C" NOT NULL CHECK (pseudonym ~ '^[a-z]{28}$'),
  enrolled_at timestamptz(3) NOT NULL,
  PRIMARY KEY (municipality_code, certificate)
);
REVOKE UPDATE, DELETE ON municipal_enrolment FROM ishizue_local_authentication;

-- Lists of revoked certificates as they were fetched and believed, for who asks by list.
CREATE TABLE municipal_list (
  municipality_code text NOT NULL,
  path text COLLATE "C" NOT NULL,
  der bytea NOT NULL,
  this_update timestamptz(3) NOT NULL,
  next_update timestamptz(3) NOT NULL,
  used_on date NOT NULL,
  PRIMARY KEY (municipality_code, path)
);

DO $$
DECLARE
  v_table text;
BEGIN
  FOREACH v_table IN ARRAY ARRAY['setting', 'program', 'act', 'challenge', 'enrolment', 'list'] LOOP
    EXECUTE format('ALTER TABLE municipal_%s ENABLE ROW LEVEL SECURITY', v_table);
    EXECUTE format($policy$CREATE POLICY site ON municipal_%s
      USING (municipality_code = split_part(current_setting('ishizue.site', true), 'municipal/', 2))$policy$, v_table);
  END LOOP;
END $$;
