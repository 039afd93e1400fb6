-- Individual numbers are sealed wherever the registry keeps them (docs/decisions/0010): one token of 28 characters a number,
-- the same at all sites, so that equality, uniqueness and digests work on it. A clear number cannot be written any more.
-- What an edition before this one wrote in clear is sealed when the registry opens (src/numbers/seal-clear-numbers.ts);
-- until then the constraints hold for what is written, and not yet for what is there.
ALTER TABLE municipal_resident DROP CONSTRAINT municipal_resident_individual_number_check;
ALTER TABLE national_retired_number DROP CONSTRAINT national_retired_number_individual_number_check;

DO $$
DECLARE
  place record;
  has_clear boolean;
BEGIN
  FOR place IN SELECT * FROM (VALUES
    ('municipal_resident', 'number_sealed', 'individual_number'),
    ('municipal_event', 'before_number_sealed', $x$ before ->> 'individualNumber' $x$),
    ('municipal_event', 'after_number_sealed', $x$ after ->> 'individualNumber' $x$),
    ('municipal_incoming_move', 'number_sealed', $x$ information ->> 'individualNumber' $x$),
    ('prefectural_person', 'number_sealed', 'individual_number'),
    ('national_person', 'number_sealed', 'individual_number'),
    ('national_retired_number', 'number_sealed', 'individual_number'),
    ('held_notice', 'number_sealed', $x$ body ->> 'individualNumber' $x$)
  ) AS p (place_table, place_constraint, number) LOOP
    EXECUTE format('SELECT EXISTS (SELECT FROM %I WHERE (%s) IS NOT NULL)', place.place_table, place.number)
      INTO has_clear;
    EXECUTE format('ALTER TABLE %I ADD CONSTRAINT %I CHECK ((%s) ~ ''^[A-Za-z0-9_-]{28}$'') %s',
      place.place_table, place.place_table || '_' || place.place_constraint, place.number,
      CASE WHEN has_clear THEN 'NOT VALID' ELSE '' END);
  END LOOP;
END $$;

-- What the key of this installation makes of a number that nobody has: a database that is opened with another signer's key
-- would find nobody by number, and give a second token to who has one.
CREATE TABLE national_sealing_probe (
  is_only boolean PRIMARY KEY DEFAULT true CHECK (is_only),
  probe text NOT NULL CHECK (probe ~ '^[A-Za-z0-9_-]{28}$')
);
REVOKE UPDATE, DELETE ON national_sealing_probe FROM ishizue_registry;
ALTER TABLE national_sealing_probe ENABLE ROW LEVEL SECURITY;
CREATE POLICY site ON national_sealing_probe USING (current_setting('ishizue.site', true) = 'national');

-- Retired numbers cannot be changed by the registry's role; that those in clear are sealed is the one exception.
CREATE FUNCTION seal_retired_numbers(clear text[], sealed text[]) RETURNS void
LANGUAGE plpgsql SECURITY DEFINER SET search_path = pg_catalog, registry, pg_temp AS $$
BEGIN
  IF current_setting('ishizue.site', true) IS DISTINCT FROM 'national' THEN
    RAISE EXCEPTION 'registry: retired numbers are the national site''s' USING ERRCODE = 'insufficient_privilege';
  END IF;
  UPDATE registry.national_retired_number n SET individual_number = s.sealed
  FROM unnest(clear, sealed) AS s(clear, sealed)
  WHERE n.individual_number = s.clear AND s.clear ~ '^[0-9]{12}$';
END $$;

-- Whether no number is in clear at any site any more; from then on the constraints hold for every row.
CREATE FUNCTION numbers_are_sealed() RETURNS boolean
LANGUAGE plpgsql SECURITY DEFINER SET search_path = pg_catalog, registry, pg_temp AS $$
DECLARE
  place record;
BEGIN
  FOR place IN SELECT conrelid::regclass AS place_table, conname FROM pg_constraint
    WHERE connamespace = 'registry'::regnamespace AND conname LIKE '%number_sealed' AND NOT convalidated LOOP
    EXECUTE format('ALTER TABLE %s VALIDATE CONSTRAINT %I', place.place_table, place.conname);
  END LOOP;
  RETURN true;
EXCEPTION WHEN check_violation THEN
  RETURN false; -- of a site that is not served here
END $$;

REVOKE ALL ON FUNCTION seal_retired_numbers(text[], text[]), numbers_are_sealed() FROM PUBLIC;
GRANT EXECUTE ON FUNCTION seal_retired_numbers(text[], text[]), numbers_are_sealed() TO ishizue_registry;
