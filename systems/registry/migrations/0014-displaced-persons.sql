-- What a prefecture held of a person before it took an entry under another name over on trust (docs/flows/events.md): put
-- back when the entry is undone, gone with the next entry. Rows of prefectural_person as they were.
CREATE TABLE prefectural_displaced (
  prefecture_code text NOT NULL,
  resident_code text NOT NULL,
  municipality_code text NOT NULL,          -- of the entry that took the place
  sequence int NOT NULL,
  person jsonb NOT NULL,
  PRIMARY KEY (prefecture_code, resident_code)
);
ALTER TABLE prefectural_displaced ENABLE ROW LEVEL SECURITY;
CREATE POLICY site ON prefectural_displaced
  USING (prefecture_code = split_part(current_setting('ishizue.site', true), 'prefectural/', 2));
