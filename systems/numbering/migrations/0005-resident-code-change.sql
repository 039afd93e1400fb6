-- A number stays with its person when the resident code changes (住民基本台帳法 30-4): the number of a newer code is that of
-- the code from which the person's number was made. A code names no person here before and after.
CREATE TABLE code_succession (
  resident_code text PRIMARY KEY CHECK (resident_code ~ '^[0-9]{11}$'),
  number_code text NOT NULL CHECK (number_code ~ '^[0-9]{11}$' AND number_code <> resident_code),
  told_at timestamptz(3) NOT NULL
);
REVOKE UPDATE, DELETE ON code_succession FROM ishizue_numbering;
