-- Card applications and cards at the national site. A row holds the state of now; each change of it is one more row of the
-- history beside it, numbered from 1 without a gap, so that an application and a card have one state at every instant.

CREATE TABLE application (
  application_id text PRIMARY KEY CHECK (application_id ~ '^[0-9]{23}$'),
  request_id text NOT NULL UNIQUE CHECK (length(request_id) BETWEEN 1 AND 64),  -- the same request is taken once
  resident_code text NOT NULL CHECK (resident_code ~ '^[0-9]{11}$'),
  state text NOT NULL
    CHECK (state IN ('received', 'accepted', 'manufacturing', 'made', 'handed-over', 'refused')),
  sequence int NOT NULL,
  received_on date NOT NULL,
  stay_expires_on date,                     -- end of the period of stay, where the holder has one
  identity_digest bytea NOT NULL CHECK (octet_length(identity_digest) = 32)  -- of the identity data at receipt
);
CREATE UNIQUE INDEX application_one_open ON application (resident_code)
  WHERE state IN ('received', 'accepted', 'manufacturing', 'made');

CREATE TABLE application_change (
  application_id text NOT NULL REFERENCES application,
  sequence int NOT NULL CHECK (sequence > 0),
  state text NOT NULL,
  reason text,
  changed_at timestamptz(3) NOT NULL,
  PRIMARY KEY (application_id, sequence)
);

CREATE TABLE card (
  card_id text PRIMARY KEY CHECK (card_id ~ '^[0-9A-Z]{16}$'),
  application_id text NOT NULL REFERENCES application,
  resident_code text NOT NULL CHECK (resident_code ~ '^[0-9]{11}$'),
  state text NOT NULL CHECK (state IN ('begun', 'made', 'active', 'suspended', 'void')),
  sequence int NOT NULL,
  issued_on date NOT NULL,
  expires_on date NOT NULL CHECK (expires_on >= issued_on),
  revocation_due text,                      -- why its certificates are to be revoked; null when that is done
  revocation_due_at timestamptz(3),
  CHECK ((revocation_due IS NULL) = (revocation_due_at IS NULL))
);
-- never two cards: neither of a person nor of an application
CREATE UNIQUE INDEX card_one_valid ON card (resident_code) WHERE state <> 'void';
CREATE INDEX card_of_application ON card (application_id);
CREATE INDEX card_revocation_due ON card (revocation_due_at) WHERE revocation_due_at IS NOT NULL;

CREATE TABLE card_change (
  card_id text NOT NULL REFERENCES card,
  sequence int NOT NULL CHECK (sequence > 0),
  state text NOT NULL,
  reason text,
  changed_at timestamptz(3) NOT NULL,
  PRIMARY KEY (card_id, sequence)
);

REVOKE DELETE ON application, card FROM ishizue_cards;
REVOKE UPDATE, DELETE ON application_change, card_change FROM ishizue_cards;
