-- Numbers are sealed at rest (AES-256-GCM under a key that the signer derives) and found by a blind index (HMAC): who has
-- the tables without the signer's secret can relate no number to a code. Clear values of before (key version 0) are
-- sealed when numbering opens (src/at-rest/seal-old-numbers.ts); nothing writes a clear value any more.

CREATE TABLE data_key (
  version smallint PRIMARY KEY CHECK (version >= 1),  -- the key is derived from its version and is not here
  made_at timestamptz(3) NOT NULL
);
INSERT INTO data_key (version, made_at) VALUES (1, now());
REVOKE UPDATE, DELETE ON data_key FROM ishizue_numbering;

ALTER TABLE individual_number
  ADD COLUMN number_sealed bytea CHECK (octet_length(number_sealed) = 40),  -- nonce 12, ciphertext 12, tag 16
  ADD COLUMN number_index bytea CHECK (octet_length(number_index) = 32),
  ADD COLUMN key_version smallint NOT NULL DEFAULT 0,
  DROP CONSTRAINT individual_number_pkey,
  ALTER COLUMN individual_number DROP NOT NULL,
  ADD CONSTRAINT clear_or_sealed CHECK (
    (key_version = 0) = (individual_number IS NOT NULL)
    AND num_nulls(number_sealed, number_index) = CASE WHEN key_version = 0 THEN 2 ELSE 0 END
  );
-- over all numbers ever given, also retired ones
CREATE UNIQUE INDEX individual_number_once ON individual_number (number_index);
CREATE INDEX individual_number_key_version ON individual_number (key_version);

REVOKE INSERT ON individual_number FROM ishizue_numbering;
GRANT INSERT (resident_code, attempt, assigned_at, number_sealed, number_index, key_version) ON individual_number
  TO ishizue_numbering;
GRANT UPDATE (individual_number, number_sealed, number_index, key_version) ON individual_number TO ishizue_numbering;

CREATE FUNCTION refuse_other_number() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
  IF NEW.individual_number IS NOT NULL OR NEW.key_version <= OLD.key_version
    OR NEW.number_index IS DISTINCT FROM coalesce(OLD.number_index, NEW.number_index) THEN
    RAISE EXCEPTION 'a number is never changed, it is only sealed again' USING ERRCODE = '42501';
  END IF;
  RETURN NEW;
END $$;
CREATE TRIGGER only_sealed_again BEFORE UPDATE ON individual_number
  FOR EACH ROW EXECUTE FUNCTION refuse_other_number();
