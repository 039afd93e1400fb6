-- How long an upper tier keeps identity data of who has died, left or was removed (住民基本台帳法 30-6 (3), 30-7 (3); the day is
-- written with the deletion, by the rule of that day: src/retention/retained-above.ts). A current resident has no such day.
-- Whoever deletes a row before its day deletes nothing; deletion is src/retention/delete-due.ts, and no other.

ALTER TABLE prefectural_person ADD COLUMN retained_until date;
ALTER TABLE national_person ADD COLUMN retained_until date;

-- what was deleted before the rule was held: 150 years from the notice
UPDATE prefectural_person SET retained_until = (applied_at AT TIME ZONE 'Asia/Tokyo')::date + interval '150 years'
WHERE status <> 'resident';
UPDATE national_person SET retained_until = (applied_at AT TIME ZONE 'Asia/Tokyo')::date + interval '150 years'
WHERE status <> 'resident';

ALTER TABLE prefectural_person ADD CONSTRAINT deleted_is_retained
  CHECK ((status = 'resident') = (retained_until IS NULL));
ALTER TABLE national_person ADD CONSTRAINT deleted_is_retained
  CHECK ((status = 'resident') = (retained_until IS NULL));

CREATE INDEX municipal_resident_retained ON municipal_resident (municipality_code, retained_until)
  WHERE retained_until IS NOT NULL;
CREATE INDEX prefectural_person_retained ON prefectural_person (prefecture_code, retained_until)
  WHERE retained_until IS NOT NULL;
CREATE INDEX national_person_retained ON national_person (retained_until) WHERE retained_until IS NOT NULL;

-- a row under a code that is used up is no person's: who is held under the code of now is kept there
CREATE POLICY retained ON prefectural_person AS RESTRICTIVE FOR DELETE USING (retained_until < current_date OR EXISTS (
  SELECT FROM registry.retired_code c
  WHERE c.resident_code = prefectural_person.resident_code AND c.site = current_setting('ishizue.site', true)));
CREATE POLICY retained ON national_person AS RESTRICTIVE FOR DELETE USING (retained_until < current_date OR EXISTS (
  SELECT FROM registry.retired_code c
  WHERE c.resident_code = national_person.resident_code AND c.site = current_setting('ishizue.site', true)));

-- the history is kept as long as the person
CREATE POLICY retained ON prefectural_change AS RESTRICTIVE FOR DELETE USING (EXISTS (
  SELECT FROM registry.prefectural_person p
  WHERE p.prefecture_code = prefectural_change.prefecture_code AND p.resident_code = prefectural_change.resident_code
    AND p.retained_until < current_date));
CREATE POLICY retained ON national_change AS RESTRICTIVE FOR DELETE USING (EXISTS (
  SELECT FROM registry.national_person p
  WHERE p.resident_code = national_change.resident_code AND p.retained_until < current_date));

-- the written notice of a code goes with its record
GRANT DELETE ON municipal_code_notice TO ishizue_registry;
CREATE POLICY retained ON municipal_code_notice AS RESTRICTIVE FOR DELETE USING (EXISTS (
  SELECT FROM registry.municipal_resident r
  WHERE r.municipality_code = municipal_code_notice.municipality_code
    AND r.resident_number = municipal_code_notice.resident_number AND r.retained_until < current_date));

-- codes of persons whose data were deleted: a code names nobody else, ever (30-2), and of the person nothing is left but it
CREATE TABLE national_spent_code (
  resident_code text PRIMARY KEY CHECK (resident_code ~ '^[0-9]{11}$')
);
REVOKE UPDATE, DELETE ON national_spent_code FROM ishizue_registry;
ALTER TABLE national_spent_code ENABLE ROW LEVEL SECURITY;
CREATE POLICY site ON national_spent_code USING (current_setting('ishizue.site', true) = 'national');
