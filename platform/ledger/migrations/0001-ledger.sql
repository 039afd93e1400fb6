-- Who touched whose data. An entry names no person: the subject is a pseudonym. Entries are only ever inserted; the
-- order of a site's tree is (era, tx, id).

-- Whether an entry keeps its bounds and holds no number in clear: ten digits in a row are a number or a code that got
-- here by mistake, unless they are part of a random identifier. In PL/pgSQL because PostgreSQL reads a CHECK anew for
-- every statement: written out there, these conditions double the cost of inserting one entry.
CREATE FUNCTION entry_is_sound(
  site text, at timestamptz, actor_kind text, actor text, terminal text, article text, affair text,
  subject bytea, fields text[], result text, correlation text
) RETURNS boolean LANGUAGE plpgsql IMMUTABLE PARALLEL SAFE AS $$
BEGIN
  RETURN octet_length(site) BETWEEN 1 AND 64
    AND at BETWEEN '1900-01-01T00:00:00Z' AND '9999-12-31T23:59:59Z'
    AND octet_length(actor) BETWEEN 1 AND 64
    AND octet_length(terminal) <= 64
    AND octet_length(article) BETWEEN 1 AND 200
    AND octet_length(affair) BETWEEN 1 AND 64 AND affair ~ '^[a-z][a-z0-9-]*$'
    AND octet_length(result) BETWEEN 1 AND 64 AND result ~ '^[a-z][a-z0-9-]*$'
    AND octet_length(correlation) BETWEEN 1 AND 64
    AND (subject IS NULL OR octet_length(subject) = 32)
    AND (actor_kind <> 'person' OR actor ~ '^[0-9a-f]{64}$')
    AND (cardinality(fields) = 0 OR array_ndims(fields) = 1)
    AND cardinality(fields) <= 64
    AND octet_length(array_to_string(fields, ' ')) <= 2000
    AND array_position(fields, NULL) IS NULL
    AND (
      site || ' ' || actor || ' ' || terminal || ' ' || article || ' ' || affair || ' ' || result || ' '
        || correlation || ' ' || array_to_string(fields, ' ') !~ '[0-9０-９]{10}'
      OR (
        site || ' ' || article || ' ' || affair || ' ' || result || ' ' || array_to_string(fields, ' ') !~ '[0-9０-９]{10}'
        AND (actor !~ '[0-9０-９]{10}' OR actor ~ '^([0-9a-f]{32}|[0-9a-f]{64}|[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12})$')
        AND (terminal !~ '[0-9０-９]{10}' OR terminal ~ '^([0-9a-f]{32}|[0-9a-f]{64}|[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12})$')
        AND (correlation !~ '[0-9０-９]{10}' OR correlation ~ '^([0-9a-f]{32}|[0-9a-f]{64}|[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12})$')
      )
    );
END
$$;

CREATE TABLE entry (
  site text COLLATE "C" NOT NULL,
  -- raised after a logical restore, when transaction ids begin again from a small number (raiseEra)
  era integer NOT NULL DEFAULT 1,
  tx xid8 NOT NULL DEFAULT pg_current_xact_id(),
  -- ids cached by a session stay in order within a transaction, which is all that they are for
  id bigint GENERATED ALWAYS AS IDENTITY (CACHE 32),
  at timestamptz(3) NOT NULL,
  actor_kind text NOT NULL,
  actor text NOT NULL,
  terminal text NOT NULL,
  article text NOT NULL,
  affair text NOT NULL,
  subject bytea,
  fields text[] NOT NULL,
  result text NOT NULL,
  correlation text NOT NULL,
  -- 122 random bits: a leaf cannot be guessed from its hash
  salt bytea NOT NULL DEFAULT uuid_send(gen_random_uuid()),
  PRIMARY KEY (site, era, tx, id),
  CONSTRAINT actor_kinds CHECK (actor_kind IN ('person', 'operator', 'site', 'system')),
  CONSTRAINT sound CHECK (
    entry_is_sound(site, at, actor_kind, actor, terminal, article, affair, subject, fields, result, correlation)
  ),
  CONSTRAINT salt_length CHECK (octet_length(salt) = 16)
);

CREATE INDEX entry_of_subject ON entry (site, subject, era, tx, id);

-- Where each 256 leaves of a tree begin among the entries, so that an entry need not carry its index.
CREATE TABLE bundle (
  site text COLLATE "C" NOT NULL,
  n bigint NOT NULL,
  era integer NOT NULL,
  first_tx xid8 NOT NULL,
  first_id bigint NOT NULL,
  width integer NOT NULL CHECK (width BETWEEN 1 AND 256),
  PRIMARY KEY (site, n)
);

CREATE UNIQUE INDEX bundle_by_position ON bundle (site, era, first_tx, first_id);

-- Full tiles, and the partial ones at the right edge, which grow in place.
CREATE TABLE tile (
  site text COLLATE "C" NOT NULL,
  level integer NOT NULL CHECK (level BETWEEN 0 AND 63),
  n bigint NOT NULL,
  width integer NOT NULL CHECK (width BETWEEN 1 AND 256),
  hashes bytea NOT NULL CHECK (octet_length(hashes) = width * 32),
  PRIMARY KEY (site, level, n)
);

-- hashes cannot be compressed
ALTER TABLE tile ALTER COLUMN hashes SET STORAGE EXTERNAL;

-- Every checkpoint. It is stored before it is signed, so that whoever comes after a crash asks for the same
-- signature again; through_* is the last entry that it covers.
CREATE TABLE checkpoint (
  site text COLLATE "C" NOT NULL,
  size bigint NOT NULL CHECK (size > 0),
  root bytea NOT NULL CHECK (octet_length(root) = 32),
  era integer NOT NULL,
  through_tx xid8 NOT NULL,
  through_id bigint NOT NULL,
  at timestamptz(3) NOT NULL,
  note text,
  PRIMARY KEY (site, size)
);

-- one at a time: a tree goes on only from a signed checkpoint
CREATE UNIQUE INDEX checkpoint_unsigned ON checkpoint (site) WHERE note IS NULL;

-- the sealer sees by it that transaction ids began again
CREATE INDEX checkpoint_by_transaction ON checkpoint (era, through_tx);

-- Which PostgreSQL cluster the transaction ids of an era are of.
CREATE TABLE era (
  era integer PRIMARY KEY,
  system_identifier bigint NOT NULL,
  raised_at timestamptz(3) NOT NULL
);

INSERT INTO era SELECT 1, system_identifier, now() FROM pg_control_system();

-- Append-only for everyone who runs, the ledger's own role too; nobody chooses an entry's place or salt.
REVOKE INSERT, UPDATE, DELETE ON entry FROM ishizue_ledger;
GRANT INSERT (site, at, actor_kind, actor, terminal, article, affair, subject, fields, result, correlation)
  ON entry TO ishizue_ledger, ishizue_system;
GRANT USAGE ON SCHEMA ledger TO ishizue_system;
GRANT EXECUTE ON FUNCTION entry_is_sound TO ishizue_system;
REVOKE DELETE ON bundle, tile FROM ishizue_ledger;
REVOKE UPDATE, DELETE ON checkpoint FROM ishizue_ledger;
GRANT UPDATE (note) ON checkpoint TO ishizue_ledger;
REVOKE INSERT, UPDATE, DELETE ON era FROM ishizue_ledger;
