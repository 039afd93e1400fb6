-- The answer of a batch query is stored as it is: compressing it took more time than finding the persons, and it is
-- deleted when the agency has it.
ALTER TABLE national_provision_chunk ALTER COLUMN answer SET STORAGE EXTERNAL;
