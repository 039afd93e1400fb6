-- The key server (鍵管理サーバ): the node certification authority, the certificates of sites and terminals, the acts of its
-- operators, and the proposals by which two persons decide what one may not. Nothing here is ever deleted. What is
-- asked of the database below is asked of the program too; here it is kept whatever the program does.

INSERT INTO link.key_keeper (system) VALUES ('key_server');

-- A root act: proposed by one operator, approved by another within its time, used once.
CREATE TABLE proposal (
  id uuid PRIMARY KEY,
  kind text NOT NULL CHECK (kind IN ('make-authority', 'revoke-site', 'readmit-site', 'change-policy')),
  node text CHECK (octet_length(node) BETWEEN 1 AND 64),
  site_days integer CHECK (site_days BETWEEN 1 AND 825),
  terminal_days integer CHECK (terminal_days BETWEEN 1 AND 825),
  overlap_minutes integer CHECK (overlap_minutes BETWEEN 1 AND 43200),
  proposal_hours integer CHECK (proposal_hours BETWEEN 1 AND 168),
  proposed_by text NOT NULL CHECK (octet_length(proposed_by) BETWEEN 1 AND 64),
  proposed_for text NOT NULL CHECK (octet_length(proposed_for) BETWEEN 1 AND 500),
  proposed_at timestamptz(3) NOT NULL,
  expires_at timestamptz(3) NOT NULL,
  approved_by text CHECK (octet_length(approved_by) BETWEEN 1 AND 64),
  approved_for text CHECK (octet_length(approved_for) BETWEEN 1 AND 500),
  approved_at timestamptz(3),
  CONSTRAINT names_its_site CHECK ((node IS NOT NULL) = (kind IN ('revoke-site', 'readmit-site'))),
  CONSTRAINT names_its_policy CHECK (
    num_nonnulls(site_days, terminal_days, overlap_minutes, proposal_hours)
      = CASE WHEN kind = 'change-policy' THEN 4 ELSE 0 END),
  CONSTRAINT expires_within_a_week CHECK (
    expires_at > proposed_at AND expires_at <= proposed_at + interval '168 hours'),
  CONSTRAINT approved_whole CHECK (num_nonnulls(approved_by, approved_for, approved_at) IN (0, 3)),
  CONSTRAINT two_persons CHECK (approved_by <> proposed_by),
  CONSTRAINT approved_in_time CHECK (approved_at >= proposed_at AND approved_at < expires_at)
);

CREATE FUNCTION approve_once() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
  IF TG_OP = 'INSERT' AND NEW.approved_by IS NOT NULL OR TG_OP = 'UPDATE' AND OLD.approved_by IS NOT NULL THEN
    RAISE EXCEPTION 'key_server: a proposal is approved once, and not by being made'
      USING ERRCODE = 'check_violation', CONSTRAINT = 'approved_once';
  END IF;
  RETURN NEW;
END $$;
CREATE TRIGGER approved_once BEFORE INSERT OR UPDATE ON proposal FOR EACH ROW EXECUTE FUNCTION approve_once();

-- Raises unless the proposal is an approved one of that kind, and about that node where it is about one.
CREATE FUNCTION demand_approval(p_proposal uuid, p_kind text, p_node text) RETURNS void LANGUAGE plpgsql AS $$
BEGIN
  IF NOT EXISTS (
    SELECT FROM key_server.proposal p
    WHERE p.id = p_proposal AND p.kind = p_kind AND p.node IS NOT DISTINCT FROM p_node AND p.approved_by IS NOT NULL
  ) THEN
    RAISE EXCEPTION 'key_server: % needs an approved proposal', p_kind
      USING ERRCODE = 'check_violation', CONSTRAINT = 'approved_by_a_second_person';
  END IF;
END $$;

-- Generations of the node certification authority. The first one is made when the installation is set up.
CREATE TABLE authority (
  generation integer PRIMARY KEY CHECK (generation BETWEEN 1 AND 1000),
  key_name text NOT NULL UNIQUE,
  tbs bytea NOT NULL,
  signature bytea,
  made_at timestamptz(3) NOT NULL,
  proposal uuid UNIQUE REFERENCES proposal
);
CREATE FUNCTION check_authority() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
  IF NEW.generation > 1 OR NEW.proposal IS NOT NULL THEN
    PERFORM key_server.demand_approval(NEW.proposal, 'make-authority', NULL);
  END IF;
  RETURN NEW;
END $$;
CREATE TRIGGER approved BEFORE INSERT ON authority FOR EACH ROW EXECUTE FUNCTION check_authority();

-- How long certificates last, how long two keys of a site are accepted beside each other, how long a proposal waits.
CREATE TABLE policy (
  effective_from timestamptz(3) PRIMARY KEY,
  site_days integer NOT NULL CHECK (site_days BETWEEN 1 AND 825),
  terminal_days integer NOT NULL CHECK (terminal_days BETWEEN 1 AND 825),
  overlap_minutes integer NOT NULL CHECK (overlap_minutes BETWEEN 1 AND 43200),
  proposal_hours integer NOT NULL CHECK (proposal_hours BETWEEN 1 AND 168),
  proposal uuid UNIQUE REFERENCES proposal
);
INSERT INTO policy VALUES ('2000-01-01T00:00:00Z', 397, 397, 1440, 72, NULL);
CREATE FUNCTION check_policy() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
  PERFORM key_server.demand_approval(NEW.proposal, 'change-policy', NULL);
  IF NOT EXISTS (
    SELECT FROM key_server.proposal p WHERE p.id = NEW.proposal
      AND (p.site_days, p.terminal_days, p.overlap_minutes, p.proposal_hours)
        = (NEW.site_days, NEW.terminal_days, NEW.overlap_minutes, NEW.proposal_hours)
  ) THEN
    RAISE EXCEPTION 'key_server: the policy is not the one that was approved'
      USING ERRCODE = 'check_violation', CONSTRAINT = 'policy_as_approved';
  END IF;
  RETURN NEW;
END $$;
CREATE TRIGGER approved BEFORE INSERT ON policy FOR EACH ROW EXECUTE FUNCTION check_policy();

-- Sites, and terminals (統合端末) of sites. A site is revoked and readmitted by two persons, a terminal by one, for good.
CREATE TABLE node (
  name text COLLATE "C" PRIMARY KEY CHECK (name ~ '^[a-z][a-z0-9-]*(/[a-z0-9-]+)*$' AND length(name) <= 64),
  kind text NOT NULL CHECK (kind IN ('site', 'terminal')),
  site text COLLATE "C" REFERENCES node,
  enrolled_at timestamptz(3) NOT NULL,
  revoked_at timestamptz(3),
  revoked_for text CHECK (revoked_for IN ('keyCompromise', 'cessationOfOperation')),
  -- the last proposal by which a site was revoked or readmitted
  proposal uuid UNIQUE REFERENCES proposal,
  CONSTRAINT terminals_have_a_site CHECK ((site IS NOT NULL) = (kind = 'terminal')),
  CONSTRAINT terminals_are_named_by_it CHECK (site IS NULL OR name LIKE site || '/%'),
  CONSTRAINT revoked_whole CHECK ((revoked_at IS NULL) = (revoked_for IS NULL))
);
CREATE FUNCTION check_node() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
  IF (NEW.revoked_at IS NULL) = (OLD.revoked_at IS NULL) THEN
    IF NEW IS DISTINCT FROM OLD THEN
      RAISE EXCEPTION 'key_server: what is revoked stays as it is'
        USING ERRCODE = 'check_violation', CONSTRAINT = 'revoked_once';
    END IF;
  ELSIF NEW.kind = 'site' THEN
    PERFORM key_server.demand_approval(
      NEW.proposal, CASE WHEN NEW.revoked_at IS NULL THEN 'readmit-site' ELSE 'revoke-site' END, NEW.name);
  ELSIF NEW.revoked_at IS NULL THEN
    RAISE EXCEPTION 'key_server: a terminal is revoked for good'
      USING ERRCODE = 'check_violation', CONSTRAINT = 'revoked_once';
  END IF;
  RETURN NEW;
END $$;
CREATE TRIGGER approved BEFORE UPDATE ON node FOR EACH ROW EXECUTE FUNCTION check_node();
CREATE INDEX node_of_site ON node (site);

-- A certificate: stored before it is signed. It is refused from ended_at on.
CREATE TABLE certificate (
  serial text COLLATE "C" PRIMARY KEY CHECK (serial ~ '^[4-7][0-9a-f]{31}$'),
  generation integer NOT NULL REFERENCES authority,
  node text COLLATE "C" NOT NULL REFERENCES node,
  public_key bytea NOT NULL CHECK (octet_length(public_key) = 32),
  tbs bytea NOT NULL,
  signature bytea,
  not_before timestamptz(3) NOT NULL,
  not_after timestamptz(3) NOT NULL CHECK (not_after > not_before),
  ended_at timestamptz(3),
  ended_for text CHECK (ended_for IN ('superseded', 'keyCompromise', 'cessationOfOperation')),
  CONSTRAINT ended_whole CHECK ((ended_at IS NULL) = (ended_for IS NULL))
);
CREATE INDEX certificate_of_node ON certificate (node);
-- one key is certified once: a node's next certificate is for its next key
CREATE UNIQUE INDEX certificate_of_key ON certificate (public_key) WHERE signature IS NOT NULL;
CREATE FUNCTION check_certificate() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
  IF OLD.signature IS NOT NULL AND NEW.signature IS DISTINCT FROM OLD.signature
    OR OLD.ended_at IS NOT NULL AND (NEW.ended_at IS NULL OR NEW.ended_at > OLD.ended_at) THEN
    RAISE EXCEPTION 'key_server: a certificate is signed once and ends once'
      USING ERRCODE = 'check_violation', CONSTRAINT = 'ended_once';
  END IF;
  IF NEW.ended_at IS DISTINCT FROM OLD.ended_at AND (
    NEW.ended_for = 'superseded' AND NOT EXISTS (
      SELECT FROM key_server.certificate c WHERE c.node = NEW.node AND c.serial <> NEW.serial
        AND c.signature IS NOT NULL AND c.ended_at IS NULL)
    OR NEW.ended_for <> 'superseded' AND NOT EXISTS (
      SELECT FROM key_server.node n WHERE n.name = NEW.node AND n.revoked_at IS NOT NULL)
  ) THEN
    RAISE EXCEPTION 'key_server: a certificate ends with its node, or when another one of the node takes its place'
      USING ERRCODE = 'check_violation', CONSTRAINT = 'ended_for_a_reason';
  END IF;
  RETURN NEW;
END $$;
CREATE TRIGGER ended BEFORE UPDATE ON certificate FOR EACH ROW EXECUTE FUNCTION check_certificate();

-- Everything that an operator did or was refused, with the purpose; the ledger has the entry of the same correlation.
CREATE TABLE act (
  id bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
  at timestamptz(3) NOT NULL,
  act text NOT NULL CHECK (act ~ '^key-[a-z-]{1,40}$'),
  operator text NOT NULL CHECK (octet_length(operator) BETWEEN 1 AND 64),
  role text NOT NULL CHECK (octet_length(role) BETWEEN 1 AND 40),
  purpose text NOT NULL CHECK (octet_length(purpose) BETWEEN 1 AND 500),
  correlation text NOT NULL CHECK (octet_length(correlation) BETWEEN 1 AND 64),
  node text COLLATE "C",
  proposal uuid,
  result text NOT NULL CHECK (result ~ '^[a-z][a-z0-9-]{0,63}$')
);
CREATE INDEX act_of_node ON act (node, id);

-- The list of certificates that have ended, one a generation.
CREATE TABLE list (
  generation integer PRIMARY KEY REFERENCES authority,
  number bigint NOT NULL CHECK (number > 0),
  der bytea,
  this_update timestamptz(3),
  next_update timestamptz(3)
);

REVOKE UPDATE, DELETE, TRUNCATE ON proposal, authority, policy, node, certificate, act, list FROM ishizue_key_server;
GRANT UPDATE (approved_by, approved_for, approved_at) ON proposal TO ishizue_key_server;
GRANT UPDATE (signature) ON authority TO ishizue_key_server;
GRANT UPDATE (revoked_at, revoked_for, proposal) ON node TO ishizue_key_server;
GRANT UPDATE (signature, ended_at, ended_for) ON certificate TO ishizue_key_server;
GRANT UPDATE (number, der, this_update, next_update) ON list TO ishizue_key_server;
