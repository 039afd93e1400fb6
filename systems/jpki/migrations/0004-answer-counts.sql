-- How often who was told what: of verifiers and the public, never of holders.
CREATE TABLE answer_count (
  day date NOT NULL,                        -- in Japan
  verifier text NOT NULL,                   -- '' where nobody says who asks
  service text NOT NULL CHECK (service IN ('ocsp', 'crl')),
  kind text NOT NULL CHECK (kind IN ('signature', 'authentication', '')),  -- '' where none was recognised
  answer text NOT NULL CHECK (answer ~ '^[A-Za-z-]{1,40}$'),
  count bigint NOT NULL CHECK (count > 0),
  PRIMARY KEY (day, verifier, service, kind, answer)
);
REVOKE DELETE ON answer_count FROM ishizue_jpki;
