-- Who may sign in, who is signed in, and what may be used only once. No secret and no token is kept: only scrypt hashes
-- and SHA-256 digests.

CREATE TABLE operator (
  site text COLLATE "C" NOT NULL CHECK (octet_length(site) BETWEEN 1 AND 64),
  id text COLLATE "C" NOT NULL CHECK (id ~ '^o-[0-9a-z]{6}$'),
  display_name text NOT NULL CHECK (octet_length(display_name) BETWEEN 1 AND 200),
  roles text[] NOT NULL CHECK (cardinality(roles) <= 32 AND octet_length(array_to_string(roles, ' ')) <= 1000),
  secret_hash text NOT NULL CHECK (secret_hash LIKE 'scrypt$%' AND octet_length(secret_hash) <= 200),
  -- attempts since the last success; counted before the secret is looked at
  attempts integer NOT NULL DEFAULT 0 CHECK (attempts >= 0),
  locked_until timestamptz(3),
  created_at timestamptz(3) NOT NULL,
  disabled_at timestamptz(3),
  PRIMARY KEY (site, id)
);

ALTER TABLE operator ENABLE ROW LEVEL SECURITY;
CREATE POLICY site ON operator USING (site = current_setting('ishizue.site', true));

-- A session is found by its token before anything is known of the site, so it has no fence but its 256 random bits.
CREATE TABLE session (
  token_sha256 bytea PRIMARY KEY CHECK (octet_length(token_sha256) = 32),
  kind text NOT NULL CHECK (kind IN ('person', 'operator', 'site')),
  site text COLLATE "C" NOT NULL CHECK (octet_length(site) BETWEEN 1 AND 64),
  -- the holder of a person, the operator's id, the key id of a site
  subject text COLLATE "C" NOT NULL CHECK (octet_length(subject) BETWEEN 1 AND 128),
  certificate_serial text CHECK (octet_length(certificate_serial) BETWEEN 1 AND 64),
  roles text[] NOT NULL CHECK (cardinality(roles) <= 32),
  created_at timestamptz(3) NOT NULL,
  seen_at timestamptz(3) NOT NULL,
  idle_seconds integer NOT NULL CHECK (idle_seconds > 0),
  expires_at timestamptz(3) NOT NULL,
  revoked_at timestamptz(3),
  CONSTRAINT serial_of_persons CHECK ((kind = 'person') = (certificate_serial IS NOT NULL)),
  CONSTRAINT roles_of_operators CHECK (kind = 'operator' OR cardinality(roles) = 0)
);

CREATE INDEX session_of_subject ON session (site, kind, subject, created_at);
CREATE INDEX session_by_end ON session (expires_at);

-- What a card is asked to sign. A row is deleted by whoever uses it, so it is used once.
CREATE TABLE challenge (
  id uuid PRIMARY KEY,
  purpose text COLLATE "C" NOT NULL CHECK (octet_length(purpose) BETWEEN 1 AND 64),
  nonce bytea NOT NULL CHECK (octet_length(nonce) = 32),
  expires_at timestamptz(3) NOT NULL
);

CREATE INDEX challenge_by_end ON challenge (expires_at);

-- Nonces of sites' signed requests, kept as long as the request could be shown again.
CREATE TABLE site_nonce (
  key_id text COLLATE "C" NOT NULL CHECK (octet_length(key_id) BETWEEN 1 AND 128),
  nonce text COLLATE "C" NOT NULL CHECK (octet_length(nonce) BETWEEN 16 AND 64),
  expires_at timestamptz(3) NOT NULL,
  PRIMARY KEY (key_id, nonce)
);

CREATE INDEX site_nonce_by_end ON site_nonce (expires_at);

REVOKE DELETE ON operator FROM ishizue_access;
REVOKE UPDATE ON session FROM ishizue_access;
GRANT UPDATE (seen_at, revoked_at) ON session TO ishizue_access;
