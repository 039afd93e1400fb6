-- Strict search (検索条件の厳格化): who has a name and a birth date at the national site. The index only proposes; the
-- person's own row decides. A person has a key for each form of the name: the name, with the former surname, the alias.

CREATE TABLE national_search_key (
  resident_code text NOT NULL,               -- of the collation of the persons' own: else the join reads them all
  name_key text COLLATE "C" NOT NULL,       -- of platform/text: never shown, never a name
  birth_date text COLLATE "C" NOT NULL,     -- as the person's row has it: partial dates are equal to equal ones only
  PRIMARY KEY (resident_code, name_key)
);
CREATE INDEX national_search_key_person ON national_search_key (birth_date, name_key);

-- By which version of the rules of comparison all keys were made. A search is refused where that is not the running
-- code's: with some keys missing, one of two namesakes would look like the only one.
CREATE TABLE national_search_state (
  is_only boolean PRIMARY KEY DEFAULT true CHECK (is_only),
  version int NOT NULL                      -- 0 until the rows that are there already have their keys
);
INSERT INTO national_search_state (version)
  SELECT CASE WHEN EXISTS (SELECT FROM national_person) THEN 0 ELSE 1 END;

ALTER TABLE national_search_key ENABLE ROW LEVEL SECURITY;
ALTER TABLE national_search_state ENABLE ROW LEVEL SECURITY;
CREATE POLICY site ON national_search_key USING (current_setting('ishizue.site', true) = 'national');
CREATE POLICY site ON national_search_state USING (current_setting('ishizue.site', true) = 'national');
