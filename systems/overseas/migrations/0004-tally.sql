-- Comparison of tiers (整合) by count and digest: what an upper site was last told of a municipality's current entries by the
-- site below, beside what it held itself at that point of the link's order. No person is in it.

CREATE TABLE prefectural_tally (
  prefecture_code text NOT NULL CHECK (prefecture_code ~ '^[0-9]{2}$'),
  municipality_code text NOT NULL CHECK (municipality_code ~ '^[0-9]{6}$'),
  run_id text NOT NULL,
  told_entries int NOT NULL,                -- current ones
  told_digest text NOT NULL CHECK (told_digest ~ '^[0-9a-f]{32}$'),
  held_entries int NOT NULL,
  held_digest text NOT NULL CHECK (held_digest ~ '^[0-9a-f]{32}$'),
  compared_at timestamptz(3) NOT NULL,
  PRIMARY KEY (prefecture_code, municipality_code)
);

CREATE TABLE national_tally (
  municipality_code text PRIMARY KEY CHECK (municipality_code ~ '^[0-9]{6}$'),
  run_id text NOT NULL,
  told_entries int NOT NULL,
  told_digest text NOT NULL CHECK (told_digest ~ '^[0-9a-f]{32}$'),
  held_entries int NOT NULL,
  held_digest text NOT NULL CHECK (held_digest ~ '^[0-9a-f]{32}$'),
  compared_at timestamptz(3) NOT NULL
);

-- a tally reads one municipality's persons
CREATE INDEX prefectural_person_municipality ON prefectural_person (prefecture_code, municipality_code);
CREATE INDEX national_person_municipality ON national_person (municipality_code);

ALTER TABLE prefectural_tally ENABLE ROW LEVEL SECURITY;
ALTER TABLE national_tally ENABLE ROW LEVEL SECURITY;
CREATE POLICY site ON prefectural_tally
  USING (prefecture_code = split_part(current_setting('ishizue.site', true), 'prefectural/', 2));
CREATE POLICY site ON national_tally USING (current_setting('ishizue.site', true) = 'national');
