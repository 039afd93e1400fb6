-- Resident codes that the national site has allotted and of which the municipality has not spoken yet (住民基本台帳法施行規則 art.
-- 14): in its store, or used by something that is on its way. Allotments of before this table are not in it.
CREATE TABLE national_allotted_code (
  resident_code text PRIMARY KEY,
  municipality_code text NOT NULL,
  recalled_at timestamptz(3)                -- when the municipality was told that another one brings the code
);
ALTER TABLE national_allotted_code ENABLE ROW LEVEL SECURITY;
CREATE POLICY site ON national_allotted_code USING (current_setting('ishizue.site', true) = 'national');
