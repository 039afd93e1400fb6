-- How long applications and photographs are kept (docs/flows/case-retention.md step 7).

-- Photographs that no application names: found by an index of these alone.
ALTER TABLE photo ADD COLUMN is_named boolean NOT NULL DEFAULT false;
UPDATE photo p SET is_named = true WHERE EXISTS (SELECT FROM application_wish w WHERE w.photo_sha256 = p.sha256);
CREATE INDEX photo_unnamed ON photo (looked_at) WHERE NOT is_named;
GRANT DELETE ON photo TO ishizue_cards;
GRANT UPDATE (is_named, looked_at) ON photo TO ishizue_cards;

-- of a photograph that is destroyed its digest stays
ALTER TABLE application_wish ADD COLUMN photo_digest bytea CHECK (octet_length(photo_digest) = 32);
ALTER TABLE application_wish ADD CONSTRAINT digest_or_photo CHECK (photo_digest IS NULL OR photo_sha256 IS NULL);

CREATE FUNCTION name_photo() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
  IF TG_OP <> 'INSERT' AND OLD.photo_sha256 IS NOT NULL THEN
    -- who else lets go of it waits here, and then looks anew
    PERFORM FROM cards.photo WHERE sha256 = OLD.photo_sha256 FOR UPDATE;
    UPDATE cards.photo SET is_named = EXISTS (SELECT FROM cards.application_wish w WHERE w.photo_sha256 = OLD.photo_sha256)
    WHERE sha256 = OLD.photo_sha256;
  END IF;
  IF TG_OP <> 'DELETE' AND NEW.photo_sha256 IS NOT NULL THEN
    UPDATE cards.photo SET is_named = true WHERE sha256 = NEW.photo_sha256 AND NOT is_named;
  END IF;
  RETURN NULL;
END
$$;
CREATE TRIGGER name_photo AFTER INSERT OR DELETE ON application_wish FOR EACH ROW EXECUTE FUNCTION name_photo();
CREATE TRIGGER rename_photo AFTER UPDATE ON application_wish FOR EACH ROW
  WHEN (OLD.photo_sha256 IS DISTINCT FROM NEW.photo_sha256) EXECUTE FUNCTION name_photo();

-- Applications that ended without a card: since when. Those of a card stay with it.
ALTER TABLE application ADD COLUMN ended_on date;
UPDATE application a SET ended_on = (c.changed_at AT TIME ZONE 'Asia/Tokyo')::date
FROM application_change c
WHERE c.application_id = a.application_id AND c.sequence = a.sequence AND a.state = 'refused'
  AND NOT EXISTS (SELECT FROM card WHERE card.application_id = a.application_id);
CREATE INDEX application_ended ON application (ended_on, application_id) WHERE ended_on IS NOT NULL;
CREATE FUNCTION note_end() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
  UPDATE cards.application a SET ended_on = (NEW.changed_at AT TIME ZONE 'Asia/Tokyo')::date
  WHERE a.application_id = NEW.application_id
    AND NOT EXISTS (SELECT FROM cards.card c WHERE c.application_id = NEW.application_id);
  RETURN NULL;
END
$$;
CREATE TRIGGER note_end AFTER INSERT ON application_change
  FOR EACH ROW WHEN (NEW.state = 'refused') EXECUTE FUNCTION note_end();

-- history, order and wish go with their application and never without it
GRANT DELETE ON application TO ishizue_cards;
ALTER TABLE application_change DROP CONSTRAINT application_change_application_id_fkey,
  ADD CONSTRAINT application_change_application_id_fkey FOREIGN KEY (application_id) REFERENCES application ON DELETE CASCADE;
ALTER TABLE making_order DROP CONSTRAINT making_order_application_id_fkey,
  ADD CONSTRAINT making_order_application_id_fkey FOREIGN KEY (application_id) REFERENCES application ON DELETE CASCADE;
ALTER TABLE application_wish DROP CONSTRAINT application_wish_application_id_fkey,
  ADD CONSTRAINT application_wish_application_id_fkey FOREIGN KEY (application_id) REFERENCES application ON DELETE CASCADE;

-- Nobody deletes before: a year is the least that any rule says of an application, a week of a photograph.
CREATE FUNCTION keep_its_time() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
  RAISE EXCEPTION 'a row of % is kept for its time', TG_TABLE_NAME
    USING ERRCODE = 'check_violation', CONSTRAINT = 'kept_until_its_day';
END
$$;
CREATE TRIGGER kept_until_its_day BEFORE DELETE ON application FOR EACH ROW
  WHEN (OLD.ended_on IS NULL OR OLD.ended_on + interval '1 year' >= current_date) EXECUTE FUNCTION keep_its_time();
CREATE TRIGGER kept_until_its_day BEFORE DELETE ON photo FOR EACH ROW
  WHEN (OLD.looked_at > now() - interval '7 days') EXECUTE FUNCTION keep_its_time();
