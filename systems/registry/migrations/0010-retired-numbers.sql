-- Individual numbers that were changed (番号法 art. 7 (2)): the numbering centre says which. Who looks somebody up by one is
-- told that it is retired and nothing of the person, whatever rows still say it for the moment.
CREATE TABLE national_retired_number (
  individual_number text PRIMARY KEY CHECK (individual_number ~ '^[0-9]{12}$'),
  retired_at timestamptz(3) NOT NULL
);
REVOKE UPDATE, DELETE ON national_retired_number FROM ishizue_registry;
ALTER TABLE national_retired_number ENABLE ROW LEVEL SECURITY;
CREATE POLICY site ON national_retired_number USING (current_setting('ishizue.site', true) = 'national');
