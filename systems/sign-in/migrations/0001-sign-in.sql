-- Sign-in with the card: an OpenID Connect provider. What the protocol's library keeps is `artefact`; who signed in, with
-- which certificate, and what they consented to are rows of our own, on which every answer depends.

-- Programs at which people sign in. The entitlement is the verifier's (schema jpki), asked at every step.
CREATE TABLE client (
  client text COLLATE "C" PRIMARY KEY CHECK (client ~ '^[a-z]{20}$'),
  verifier text COLLATE "C" NOT NULL,        -- by whose connection
  on_behalf_of text COLLATE "C",             -- the delegating firm whose program it is
  redirect_uris text[] NOT NULL CHECK (cardinality(redirect_uris) BETWEEN 1 AND 10),
  signed_out_uris text[] NOT NULL CHECK (cardinality(signed_out_uris) <= 10),
  token_alg text NOT NULL CHECK (token_alg IN ('ES256', 'RS256')),
  secret_sha256 bytea CHECK (octet_length(secret_sha256) = 32),  -- null: a program that can keep none
  registered_at timestamptz(3) NOT NULL,
  ended_at timestamptz(3)
);
REVOKE UPDATE, DELETE ON client FROM ishizue_sign_in;
GRANT UPDATE (secret_sha256, ended_at) ON client TO ishizue_sign_in;

-- What officers did about clients, refusals too.
CREATE TABLE client_act (
  id bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
  at timestamptz(3) NOT NULL,
  act text NOT NULL,
  operator text NOT NULL,
  purpose text NOT NULL CHECK (octet_length(purpose) BETWEEN 1 AND 500),
  correlation text NOT NULL,
  client text COLLATE "C",
  verifier text COLLATE "C",
  result text NOT NULL
);
REVOKE UPDATE, DELETE ON client_act FROM ishizue_sign_in;

-- Keys of ID tokens: made and published a day before they sign, published a day after.
CREATE TABLE token_key (
  issuer text NOT NULL,
  alg text NOT NULL CHECK (alg IN ('ES256', 'RS256')),
  number int NOT NULL CHECK (number > 0),
  kid text NOT NULL UNIQUE,
  spki bytea NOT NULL,
  signs_from timestamptz(3) NOT NULL,
  PRIMARY KEY (issuer, alg, number)
);

-- A person as the pairwise subjects know them, whatever card, certificate or resident code they have.
CREATE TABLE holder (
  holder uuid PRIMARY KEY
);
CREATE TABLE holder_pseudonym (
  pseudonym bytea PRIMARY KEY CHECK (octet_length(pseudonym) = 32),  -- of a resident code at the national site
  holder uuid NOT NULL REFERENCES holder
);

-- A card has signed a challenge. Sessions, grants and tokens are this act's and end with it.
CREATE TABLE act (
  act uuid PRIMARY KEY,
  holder uuid NOT NULL REFERENCES holder,
  pseudonym bytea NOT NULL CHECK (octet_length(pseudonym) = 32),
  serial text NOT NULL CHECK (serial ~ '^[0-9a-f]{8}$'),  -- of the authentication certificate
  client text COLLATE "C" NOT NULL REFERENCES client,     -- where the sign-in began
  signed_at timestamptz(3) NOT NULL,
  ends_at timestamptz(3) NOT NULL CHECK (ends_at > signed_at),
  ended_at timestamptz(3)
);
REVOKE UPDATE ON act FROM ishizue_sign_in;
GRANT UPDATE (ended_at) ON act TO ishizue_sign_in;
CREATE INDEX act_of_holder ON act (holder, signed_at);
CREATE INDEX act_over ON act (ends_at);

-- For named items, to one client, during one act.
CREATE TABLE consent (
  act uuid NOT NULL REFERENCES act ON DELETE CASCADE,
  client text COLLATE "C" NOT NULL REFERENCES client,
  items text[] NOT NULL CHECK (items <@ ARRAY['name', 'birth-date', 'sex', 'address']),
  given_at timestamptz(3) NOT NULL,
  PRIMARY KEY (act, client)
);

-- What a card is to sign, for one interaction; taken by whoever deletes the row.
CREATE TABLE challenge (
  interaction bytea PRIMARY KEY CHECK (octet_length(interaction) = 32),  -- SHA-256 of its id
  statement text NOT NULL,
  ends_at timestamptz(3) NOT NULL
);
CREATE INDEX challenge_over ON challenge (ends_at);

-- Sessions, interactions, grants, codes, tokens. Found by the SHA-256 of their id: who reads this table can use none.
CREATE TABLE artefact (
  kind text NOT NULL,
  id_sha256 bytea NOT NULL CHECK (octet_length(id_sha256) = 32),
  payload jsonb NOT NULL,
  grant_id text,
  uid text,                                  -- of a session
  account text,                              -- the act whose it is
  ends_at timestamptz(3) NOT NULL,
  consumed_at timestamptz(3),
  PRIMARY KEY (kind, id_sha256)
);
CREATE INDEX artefact_of_grant ON artefact (grant_id) WHERE grant_id IS NOT NULL;
CREATE INDEX artefact_of_act ON artefact (account) WHERE account IS NOT NULL;
CREATE UNIQUE INDEX artefact_uid ON artefact (uid) WHERE uid IS NOT NULL;
CREATE INDEX artefact_over ON artefact (ends_at);
