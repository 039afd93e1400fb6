-- What the reasons of the register need beyond 0001: notices that a tier holds back because they would give a person a
-- second residence or another's identity, and what municipalities are told of it; undo; retention.

-- ── prefectural and national sites ────────────────────────────────────────────────────────────────────────────

-- an entry that the site does not take over, and what follows it of the same person from the same municipality
CREATE TABLE held_notice (
  site text NOT NULL,
  resident_code text NOT NULL,
  municipality_code text NOT NULL,
  sequence int NOT NULL,
  code text NOT NULL,                       -- why; 'behind-held' where it waits for one before it
  body jsonb NOT NULL,
  from_site text NOT NULL,
  correlation text NOT NULL,                -- the link and the place on it by which it came
  held_since timestamptz(3) NOT NULL,
  PRIMARY KEY (resident_code, site, municipality_code, sequence)
);
ALTER TABLE held_notice ENABLE ROW LEVEL SECURITY;
CREATE POLICY site ON held_notice USING (site = current_setting('ishizue.site', true));

-- ── municipal site ────────────────────────────────────────────────────────────────────────────────────────────

-- what an upper site has told of an entry that it holds back: at the municipality that entered, and at the one that has the person
CREATE TABLE municipal_conflict (
  municipality_code text NOT NULL,
  at_site text NOT NULL,
  resident_code text NOT NULL,
  entering text NOT NULL,
  sequence int NOT NULL,                    -- of the entry held back, among the person's events at the entering municipality
  holding text NOT NULL,
  code text NOT NULL,
  event_date date NOT NULL,
  opened_at timestamptz(3) NOT NULL,
  settled_at timestamptz(3),
  PRIMARY KEY (municipality_code, resident_code, at_site, entering, sequence)
);
ALTER TABLE municipal_conflict ENABLE ROW LEVEL SECURITY;
CREATE POLICY site ON municipal_conflict
  USING (municipality_code = split_part(current_setting('ishizue.site', true), 'municipal/', 2));

-- an event that should not have been recorded is undone by a later one: each once
ALTER TABLE municipal_event ADD COLUMN undoes int;
CREATE UNIQUE INDEX municipal_event_undoes ON municipal_event (municipality_code, resident_number, undoes)
  WHERE undoes IS NOT NULL;

-- a deleted record is kept until this day, and neither it nor its events can be deleted before
ALTER TABLE municipal_resident ADD COLUMN retained_until date;
CREATE POLICY retained ON municipal_resident AS RESTRICTIVE FOR DELETE USING (retained_until < current_date);
CREATE POLICY retained ON municipal_event AS RESTRICTIVE FOR DELETE USING (EXISTS (
  SELECT FROM registry.municipal_resident r
  WHERE r.municipality_code = municipal_event.municipality_code
    AND r.resident_number = municipal_event.resident_number AND r.retained_until < current_date));

-- readings of names (氏名の振り仮名): identity data since 2025-05-26; null in notices from before
ALTER TABLE prefectural_person ADD COLUMN name_kana text;
ALTER TABLE national_person ADD COLUMN name_kana text;
