-- A changed resident code (住民基本台帳法 30-4) in the supplementary family register and above it: entry, person and history go
-- on under the new code, the old one is used up. Each site keeps the codes that it has heard of, for ever; the database
-- itself lets no entry and no person in by one of them.

CREATE TABLE retired_code (
  site text NOT NULL,
  resident_code text NOT NULL CHECK (resident_code ~ '^[0-9]{11}$'),
  successor text NOT NULL CHECK (successor ~ '^[0-9]{11}$' AND successor <> resident_code),
  retired_on date NOT NULL,
  PRIMARY KEY (resident_code, site)
);
CREATE UNIQUE INDEX retired_code_successor ON retired_code (successor, site);
ALTER TABLE retired_code ENABLE ROW LEVEL SECURITY;
CREATE POLICY site ON retired_code USING (site = current_setting('ishizue.site', true));
REVOKE UPDATE, DELETE ON retired_code FROM ishizue_overseas;

-- of a change of the code: the one before it, under which the history up to there was made
ALTER TABLE municipal_change ADD COLUMN former_code text;
ALTER TABLE prefectural_change ADD COLUMN former_code text;
ALTER TABLE national_change ADD COLUMN former_code text;

CREATE POLICY code_entered ON municipal_entry AS RESTRICTIVE FOR INSERT WITH CHECK (NOT EXISTS (
  SELECT FROM retired_code r
  WHERE r.resident_code = municipal_entry.resident_code AND r.site = current_setting('ishizue.site', true)));
CREATE POLICY code_changed ON municipal_entry AS RESTRICTIVE FOR UPDATE USING (true) WITH CHECK (NOT EXISTS (
  SELECT FROM retired_code r
  WHERE r.resident_code = municipal_entry.resident_code AND r.site = current_setting('ishizue.site', true)));
CREATE POLICY code_entered ON prefectural_person AS RESTRICTIVE FOR INSERT WITH CHECK (NOT EXISTS (
  SELECT FROM retired_code r
  WHERE r.resident_code = prefectural_person.resident_code AND r.site = current_setting('ishizue.site', true)));
CREATE POLICY code_changed ON prefectural_person AS RESTRICTIVE FOR UPDATE USING (true) WITH CHECK (NOT EXISTS (
  SELECT FROM retired_code r
  WHERE r.resident_code = prefectural_person.resident_code AND r.site = current_setting('ishizue.site', true)));
CREATE POLICY code_entered ON national_person AS RESTRICTIVE FOR INSERT WITH CHECK (NOT EXISTS (
  SELECT FROM retired_code r
  WHERE r.resident_code = national_person.resident_code AND r.site = current_setting('ishizue.site', true)));
CREATE POLICY code_changed ON national_person AS RESTRICTIVE FOR UPDATE USING (true) WITH CHECK (NOT EXISTS (
  SELECT FROM retired_code r
  WHERE r.resident_code = national_person.resident_code AND r.site = current_setting('ishizue.site', true)));
