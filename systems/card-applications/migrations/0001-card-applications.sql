-- Applications in the free area of cards (条例利用領域; card-application loading system). National tables: owners and what they
-- may load, and of each card what was loaded. An owner sees a card by a hash of its own; contents are on the card only.

CREATE TABLE owner (
  owner text COLLATE "C" PRIMARY KEY CHECK (owner ~ '^[a-z][a-z0-9-]{0,39}$'),
  name text NOT NULL CHECK (length(name) BETWEEN 1 AND 100),
  municipality_code text CHECK (municipality_code ~ '^[0-9]{6}$'),  -- null of a private body
  basis text NOT NULL CHECK (basis IN ('ordinance', 'ministers-check')),
  basis_reference text NOT NULL CHECK (length(basis_reference) BETWEEN 1 AND 200),  -- name and number
  registered_at timestamptz(3) NOT NULL,
  -- a municipality by its ordinance, a private body after the ministers' check
  CHECK ((municipality_code IS NOT NULL) = (basis = 'ordinance'))
);
REVOKE UPDATE, DELETE ON owner FROM ishizue_card_applications;

CREATE TABLE application (
  aid text COLLATE "C" PRIMARY KEY CHECK (aid ~ '^([0-9A-F]{2}){5,16}$'),
  owner text COLLATE "C" NOT NULL REFERENCES owner,
  version int NOT NULL CHECK (version BETWEEN 0 AND 65535),
  area_bytes int NOT NULL CHECK (area_bytes BETWEEN 1 AND 65535),
  key_version int NOT NULL CHECK (key_version BETWEEN 1 AND 127),
  state text NOT NULL CHECK (state IN ('registered', 'ended')),
  registered_at timestamptz(3) NOT NULL,
  changed_at timestamptz(3) NOT NULL
);
REVOKE UPDATE, DELETE ON application FROM ishizue_card_applications;
GRANT UPDATE (state, changed_at) ON application TO ishizue_card_applications;

-- One application on one card, from the holder's consent on.
CREATE TABLE loading (
  loading_id uuid PRIMARY KEY,
  request_id text NOT NULL UNIQUE CHECK (length(request_id) BETWEEN 1 AND 64),
  aid text COLLATE "C" NOT NULL REFERENCES application,
  card_id text COLLATE "C" NOT NULL CHECK (card_id ~ '^[0-9A-Z]{16}$'),
  card_hash bytea NOT NULL CHECK (octet_length(card_hash) = 32),        -- as the owner knows the card
  contents_digest bytea NOT NULL CHECK (octet_length(contents_digest) = 32),
  version int NOT NULL,
  key_version int NOT NULL,
  area_bytes int NOT NULL,
  state text NOT NULL CHECK (state IN
    ('consented', 'authentic', 'installed', 'personalised', 'loaded', 'blocked', 'deleted', 'refused')),
  sequence int NOT NULL,
  changed_at timestamptz(3) NOT NULL,
  card_void_at timestamptz(3)                                           -- when its owner was told
);
-- an application is once on a card
CREATE UNIQUE INDEX loading_one_on_card ON loading (aid, card_id) WHERE state NOT IN ('deleted', 'refused');
CREATE INDEX loading_standing ON loading (card_id)
  WHERE state NOT IN ('deleted', 'refused') AND card_void_at IS NULL;

CREATE TABLE loading_change (
  loading_id uuid NOT NULL REFERENCES loading,
  sequence int NOT NULL CHECK (sequence > 0),
  state text NOT NULL,
  changed_at timestamptz(3) NOT NULL,
  PRIMARY KEY (loading_id, sequence)
);
REVOKE UPDATE, DELETE ON loading_change FROM ishizue_card_applications;
REVOKE DELETE ON loading FROM ishizue_card_applications;

-- What owners are told: that a card with their application is void. Loading it onto another card is nobody's but the holder's wish.
CREATE TABLE owner_notice (
  id bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
  owner text COLLATE "C" NOT NULL REFERENCES owner,
  aid text COLLATE "C" NOT NULL REFERENCES application,
  card_hash bytea NOT NULL,
  reason text NOT NULL CHECK (reason IN ('card-void')),
  at timestamptz(3) NOT NULL
);
CREATE INDEX owner_notice_of ON owner_notice (owner, id);
REVOKE UPDATE, DELETE ON owner_notice FROM ishizue_card_applications;
