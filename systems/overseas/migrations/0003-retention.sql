-- How long a deleted entry (附票の除票) is kept (住民基本台帳法施行令 art. 34): the day is written when the entry is deleted, by the rule
-- of that day (systems/registry/src/municipal/retention.ts). Whoever deletes a row before it deletes nothing; a current
-- entry has no such day, and goes by no deletion at all.

ALTER TABLE municipal_entry ADD COLUMN retained_until date;

-- what was deleted before this rule was held: 150 years from the day of its last change, which deleted it
UPDATE municipal_entry e SET retained_until = c.deleted_on + interval '150 years'
FROM (SELECT municipality_code, resident_code, max((recorded_at AT TIME ZONE 'Asia/Tokyo')::date) AS deleted_on
      FROM municipal_change GROUP BY 1, 2) c
WHERE e.state = 'deleted' AND c.municipality_code = e.municipality_code AND c.resident_code = e.resident_code;

ALTER TABLE municipal_entry ADD CONSTRAINT deleted_is_retained
  CHECK ((state = 'deleted') = (retained_until IS NOT NULL));
CREATE POLICY retained ON municipal_entry AS RESTRICTIVE FOR DELETE USING (retained_until < current_date);

-- an entry's history is kept as long as the entry
CREATE POLICY retained ON municipal_change AS RESTRICTIVE FOR DELETE USING (EXISTS (
  SELECT FROM municipal_entry e
  WHERE e.municipality_code = municipal_change.municipality_code
    AND e.resident_code = municipal_change.resident_code AND e.retained_until < current_date));
