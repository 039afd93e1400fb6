-- How long an upper tier keeps identity data of a deleted entry (住民基本台帳法 30-41 (3), 30-42 (3)): as the entry itself is kept at
-- the domicile (0003). A current entry has no such day; whoever deletes a row before its day deletes nothing.

ALTER TABLE prefectural_person ADD COLUMN retained_until date;
ALTER TABLE national_person ADD COLUMN retained_until date;

-- what was deleted before the rule was held: 150 years from the notice
UPDATE prefectural_person SET retained_until = (applied_at AT TIME ZONE 'Asia/Tokyo')::date + interval '150 years'
WHERE state = 'deleted';
UPDATE national_person SET retained_until = (applied_at AT TIME ZONE 'Asia/Tokyo')::date + interval '150 years'
WHERE state = 'deleted';

ALTER TABLE prefectural_person ADD CONSTRAINT deleted_is_retained
  CHECK ((state = 'deleted') = (retained_until IS NOT NULL));
ALTER TABLE national_person ADD CONSTRAINT deleted_is_retained
  CHECK ((state = 'deleted') = (retained_until IS NOT NULL));

CREATE INDEX municipal_entry_retained ON municipal_entry (municipality_code, retained_until)
  WHERE retained_until IS NOT NULL;
CREATE INDEX prefectural_person_retained ON prefectural_person (prefecture_code, retained_until)
  WHERE retained_until IS NOT NULL;
CREATE INDEX national_person_retained ON national_person (retained_until) WHERE retained_until IS NOT NULL;

CREATE POLICY retained ON prefectural_person AS RESTRICTIVE FOR DELETE USING (retained_until < current_date);
CREATE POLICY retained ON national_person AS RESTRICTIVE FOR DELETE USING (retained_until < current_date);

-- the history is kept as long as the person
CREATE POLICY retained ON prefectural_change AS RESTRICTIVE FOR DELETE USING (EXISTS (
  SELECT FROM overseas.prefectural_person p
  WHERE p.prefecture_code = prefectural_change.prefecture_code AND p.resident_code = prefectural_change.resident_code
    AND p.retained_until < current_date));
CREATE POLICY retained ON national_change AS RESTRICTIVE FOR DELETE USING (EXISTS (
  SELECT FROM overseas.national_person p
  WHERE p.resident_code = national_change.resident_code AND p.retained_until < current_date));
