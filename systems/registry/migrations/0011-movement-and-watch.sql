-- The network watch of the national site (docs/flows/network-watch.md) and the monthly population movement
-- (docs/flows/population-movement.md).

-- ── network watch ─────────────────────────────────────────────────────────────────────────────────────────────

-- An alarm from its raising to its clearing. About a link, a site, or a municipality at a site; never about a person.
CREATE TABLE national_alarm (
  id bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
  code text NOT NULL,
  about text NOT NULL,
  value double precision NOT NULL,          -- when it was raised, in the unit of the code
  raised_at timestamptz(3) NOT NULL,
  cleared_at timestamptz(3),
  acknowledged_at timestamptz(3),
  acknowledged_by text,
  purpose text,
  CHECK (num_nulls(acknowledged_at, acknowledged_by, purpose) IN (0, 3))
);
-- what stands is not raised again
CREATE UNIQUE INDEX national_alarm_standing ON national_alarm (code, about) WHERE cleared_at IS NULL;
CREATE INDEX national_alarm_raised ON national_alarm (raised_at);
ALTER TABLE national_alarm ENABLE ROW LEVEL SECURITY;
CREATE POLICY site ON national_alarm USING (current_setting('ishizue.site', true) = 'national');

-- Whose comparison is expected: what `site` holds of the municipality with the site above, since it was first planned.
CREATE TABLE national_comparison_plan (
  site text NOT NULL,
  municipality_code text NOT NULL CHECK (municipality_code ~ '^[0-9]{6}$'),
  planned_since timestamptz(3) NOT NULL,
  PRIMARY KEY (site, municipality_code)
);
ALTER TABLE national_comparison_plan ENABLE ROW LEVEL SECURITY;
CREATE POLICY site ON national_comparison_plan USING (current_setting('ishizue.site', true) = 'national');
CREATE INDEX reconcile_run_latest ON reconcile_run (site, municipality_code, started_at);

-- What the watch is told across the fences, and nothing else: counts and times by municipality, of the sites that this
-- database hosts. Runs as the tables' owner, whom no fence holds; answers only a transaction of the national site.
CREATE FUNCTION watch_comparisons() RETURNS TABLE (
  site text, municipality_code text, planned_since timestamptz, started_at timestamptz, is_running boolean,
  done_at timestamptz, persons bigint, differences bigint
) LANGUAGE plpgsql STABLE SECURITY DEFINER SET search_path = pg_catalog, registry, pg_temp AS $$
#variable_conflict use_column
BEGIN
  IF current_setting('ishizue.site', true) IS DISTINCT FROM 'national' THEN
    RAISE EXCEPTION 'registry: the watch is the national site''s' USING ERRCODE = 'insufficient_privilege';
  END IF;
  RETURN QUERY
    SELECT p.site, p.municipality_code, p.planned_since::timestamptz, last.started_at::timestamptz,
      coalesce(last.phase IN ('comparing', 'checking'), false), done.finished_at::timestamptz, done.persons,
      coalesce(d.differences, 0)
    FROM registry.national_comparison_plan p
    LEFT JOIN LATERAL (
      SELECT r.started_at, r.phase FROM registry.reconcile_run r
      WHERE r.site = p.site AND r.municipality_code = p.municipality_code
      ORDER BY r.started_at DESC LIMIT 1) last ON true
    LEFT JOIN LATERAL (
      SELECT r.finished_at, r.persons FROM registry.reconcile_run r
      WHERE r.site = p.site AND r.municipality_code = p.municipality_code AND r.phase = 'done'
      ORDER BY r.started_at DESC LIMIT 1) done ON true
    LEFT JOIN (
      SELECT f.site, f.municipality_code, count(*) AS differences FROM registry.reconcile_difference f
      WHERE f.state IN ('open', 'repairing', 'standing') GROUP BY f.site, f.municipality_code
    ) d ON d.site = p.site AND d.municipality_code = p.municipality_code;
END $$;

-- Entries that a tier holds back, by the municipality that entered; and conflicts that a municipality was told of and
-- that nobody has settled.
CREATE FUNCTION watch_conflicts() RETURNS TABLE (
  municipality_code text, held bigint, held_since timestamptz, conflicts bigint, conflict_since timestamptz
) LANGUAGE plpgsql STABLE SECURITY DEFINER SET search_path = pg_catalog, registry, pg_temp AS $$
#variable_conflict use_column
BEGIN
  IF current_setting('ishizue.site', true) IS DISTINCT FROM 'national' THEN
    RAISE EXCEPTION 'registry: the watch is the national site''s' USING ERRCODE = 'insufficient_privilege';
  END IF;
  RETURN QUERY
    SELECT coalesce(h.municipality_code, c.municipality_code), coalesce(h.held, 0), h.since::timestamptz,
      coalesce(c.conflicts, 0), c.since::timestamptz
    FROM (
      SELECT n.municipality_code, count(*) AS held, min(n.held_since) AS since FROM registry.held_notice n
      GROUP BY n.municipality_code
    ) h FULL JOIN (
      -- both tiers above may have told of the same entry
      SELECT m.municipality_code, count(DISTINCT (m.resident_code, m.entering, m.sequence)) AS conflicts,
        min(m.opened_at) AS since
      FROM registry.municipal_conflict m WHERE m.settled_at IS NULL GROUP BY m.municipality_code
    ) c ON c.municipality_code = h.municipality_code;
END $$;
REVOKE ALL ON FUNCTION watch_comparisons(), watch_conflicts() FROM PUBLIC;
GRANT EXECUTE ON FUNCTION watch_comparisons(), watch_conflicts() TO ishizue_registry;
CREATE INDEX municipal_conflict_unsettled ON municipal_conflict (municipality_code) WHERE settled_at IS NULL;

-- ── population movement ───────────────────────────────────────────────────────────────────────────────────────

-- What the person was when the change was recorded: later corrections do not move a month that was reported.
ALTER TABLE national_change ADD COLUMN birth_date text, ADD COLUMN sex smallint, ADD COLUMN undoes int;
UPDATE national_change c SET birth_date = p.birth_date, sex = p.sex
FROM national_person p WHERE p.resident_code = c.resident_code;
-- rows come in the order of their recording: a few pages of index for all of them
CREATE INDEX national_change_applied ON national_change USING brin (applied_at) WITH (pages_per_range = 32);

-- Age in completed years on a day (年齢計算ニ関スル法律): it is reached on the birthday, of 29 February on 1 March where there
-- is none. Of a birth date of which parts are unknown the latest day counts: nobody is taken for older than is sure.
CREATE FUNCTION age_on(birth text, day date) RETURNS int LANGUAGE sql IMMUTABLE PARALLEL SAFE AS $$
  SELECT CASE WHEN birth LIKE '0000%' THEN NULL ELSE greatest(0,
    extract(year FROM day)::int - left(birth, 4)::int - CASE
      WHEN extract(month FROM day)::int * 100 + extract(day FROM day)::int < CASE
        WHEN birth LIKE '____-00%' THEN 1231
        WHEN birth LIKE '%-00' THEN substr(birth, 6, 2)::int * 100 + extract(day FROM
          make_date(left(birth, 4)::int, substr(birth, 6, 2)::int, 1) + interval '1 month' - interval '1 day')::int
        ELSE substr(birth, 6, 2)::int * 100 + right(birth, 2)::int END
      THEN 1 ELSE 0 END) END
$$;

-- A closed month. Its changes are those recorded before `recorded_before` by transactions older than `tx_before`, and
-- of no month before it: each change is of exactly one month, whenever its transaction committed.
CREATE TABLE national_movement_month (
  month text PRIMARY KEY CHECK (month ~ '^[0-9]{4}-(0[1-9]|1[0-2])$'),
  recorded_before timestamptz(3) NOT NULL,
  tx_before xid8 NOT NULL,
  events bigint NOT NULL,                   -- changes of the month that are movements, undone ones counted as one less
  unassigned bigint NOT NULL,               -- undoings of an event that this site was never told of: in no line
  closed_at timestamptz(3) NOT NULL
);
-- The lines of a closed month. Nobody's data: how many, by municipality, sex, age and reason.
CREATE TABLE national_movement (
  month text NOT NULL,
  municipality_code text NOT NULL,
  reason text NOT NULL,
  kind text NOT NULL CHECK (kind IN ('current', 'late', 'undone')),
  event_month text NOT NULL,
  sex smallint NOT NULL,
  age smallint NOT NULL,                    -- completed years on the day of the event; 100 and over together, -1 unknown
  count int NOT NULL CHECK ((kind = 'undone') = (count < 0) AND count <> 0),
  PRIMARY KEY (month, municipality_code, reason, kind, event_month, sex, age)
);
ALTER TABLE national_movement_month ENABLE ROW LEVEL SECURITY;
ALTER TABLE national_movement ENABLE ROW LEVEL SECURITY;
CREATE POLICY site ON national_movement_month USING (current_setting('ishizue.site', true) = 'national');
CREATE POLICY site ON national_movement USING (current_setting('ishizue.site', true) = 'national');
