-- Every individual number that was ever given out. A number is never given twice, also after it was replaced
-- (番号法 art. 8 (2) i), so rows are never deleted.
CREATE TABLE individual_number (
  individual_number text PRIMARY KEY CHECK (individual_number ~ '^[0-9]{12}$'),
  resident_code text NOT NULL CHECK (resident_code ~ '^[0-9]{11}$'),
  attempt smallint NOT NULL CHECK (attempt BETWEEN 0 AND 9),  -- which derivation of the code it is
  assigned_at timestamptz(3) NOT NULL,
  UNIQUE (resident_code, attempt)
);
REVOKE UPDATE, DELETE ON individual_number FROM ishizue_numbering;
