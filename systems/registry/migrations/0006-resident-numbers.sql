-- A municipality's numbers of its new residents (宛名番号), beyond what loaded registers bring. From a sequence, for a row that
-- counts is locked until the commit, and all entries of a municipality took turns at it. Gaps are nobody's concern, and
-- municipalities that are hosted together may share it: a number says nothing beside its municipality.
CREATE SEQUENCE municipal_resident_number MINVALUE 900000001;
SELECT setval('registry.municipal_resident_number', greatest(max(last_resident_number), 900000000) + 1, false)
FROM municipal_counter;
ALTER TABLE municipal_counter DROP COLUMN last_resident_number;
