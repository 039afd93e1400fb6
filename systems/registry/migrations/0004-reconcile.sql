-- Full comparison (整合) of what a site holds of a municipality with what the site above it holds. `site` is whose rows
-- they are, at either end; docs/flows/reconciliation.md.

-- The persons of one municipality at an upper tier, in the order of their codes: a comparison reads no other's rows.
CREATE INDEX prefectural_person_municipality
  ON prefectural_person (prefecture_code, municipality_code, resident_code);
CREATE INDEX national_person_municipality ON national_person (municipality_code, resident_code);

-- A comparison, at the site that began it.
CREATE TABLE reconcile_run (
  site text NOT NULL,
  run_id text NOT NULL,
  municipality_code text NOT NULL CHECK (municipality_code ~ '^[0-9]{6}$'),
  upper_site text NOT NULL,
  phase text NOT NULL CHECK (phase IN ('comparing', 'checking', 'done', 'replaced')),
  stored_length smallint NOT NULL CHECK (stored_length BETWEEN 0 AND 6),
  round int NOT NULL,                       -- of the question that is on its way: an answer is taken once
  question jsonb,                           -- the question that is on its way; null when none is
  persons bigint,                           -- at this site when it began
  digests_moved bigint NOT NULL DEFAULT 0,
  suspects bigint NOT NULL DEFAULT 0,
  started_at timestamptz(3) NOT NULL,
  finished_at timestamptz(3),
  PRIMARY KEY (site, run_id)
);
CREATE UNIQUE INDEX reconcile_run_once ON reconcile_run (site, municipality_code)
  WHERE phase IN ('comparing', 'checking');

-- The tree's nodes of one length, as they were at one moment; longer ones are read from the persons when asked for.
CREATE TABLE reconcile_node (
  site text NOT NULL,
  other_site text NOT NULL,
  municipality_code text NOT NULL,
  run_id text NOT NULL,
  prefix text COLLATE "C" NOT NULL,
  persons int NOT NULL,
  high bigint NOT NULL,
  low bigint NOT NULL,
  PRIMARY KEY (site, run_id, prefix)
);

-- Nodes that a comparison has still to ask for.
CREATE TABLE reconcile_frontier (
  site text NOT NULL,
  run_id text NOT NULL,
  wish text NOT NULL CHECK (wish IN ('split', 'list')),
  prefix text COLLATE "C" NOT NULL,
  PRIMARY KEY (site, run_id, wish, prefix)
);

-- A person of whom two tiers tell different things. `suspected` until the check that follows the person's own messages
-- has come back; then gone, or `open`. `standing`: a resend did not mend it, somebody has to decide.
CREATE TABLE reconcile_difference (
  site text NOT NULL,
  id bigint GENERATED ALWAYS AS IDENTITY,
  run_id text NOT NULL,
  municipality_code text NOT NULL,
  resident_code text NOT NULL,
  state text NOT NULL CHECK (state IN ('suspected', 'open', 'repairing', 'standing', 'closed')),
  kind text CHECK (kind IN ('missing-above', 'missing-below', 'content-differs', 'stale-above', 'ahead-above',
                            'held-elsewhere')),
  is_awaited boolean NOT NULL,              -- a check is on its way
  repairs int NOT NULL DEFAULT 0,
  found_at timestamptz(3) NOT NULL,
  closed_at timestamptz(3),
  PRIMARY KEY (site, id),
  CHECK ((state = 'suspected') = (kind IS NULL)),
  CHECK ((state = 'closed') = (closed_at IS NOT NULL))
);
CREATE UNIQUE INDEX reconcile_difference_open ON reconcile_difference (site, municipality_code, resident_code)
  WHERE state <> 'closed';
CREATE INDEX reconcile_difference_run ON reconcile_difference (site, run_id);

ALTER TABLE reconcile_run ENABLE ROW LEVEL SECURITY;
ALTER TABLE reconcile_node ENABLE ROW LEVEL SECURITY;
ALTER TABLE reconcile_frontier ENABLE ROW LEVEL SECURITY;
ALTER TABLE reconcile_difference ENABLE ROW LEVEL SECURITY;
CREATE POLICY site ON reconcile_run USING (site = current_setting('ishizue.site', true));
CREATE POLICY site ON reconcile_node USING (site = current_setting('ishizue.site', true));
CREATE POLICY site ON reconcile_frontier USING (site = current_setting('ishizue.site', true));
CREATE POLICY site ON reconcile_difference USING (site = current_setting('ishizue.site', true));
