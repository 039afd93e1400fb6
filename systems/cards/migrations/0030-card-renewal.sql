-- Another card while the one before is in use (docs/flows/card-renewal.md): one card of a person in hand, one on its way, exchanged
-- in one transaction; and what an application takes from its terms or the records.
DROP INDEX card_one_valid;
CREATE UNIQUE INDEX card_one_in_hand ON card (resident_code) WHERE state IN ('active', 'suspended');
CREATE UNIQUE INDEX card_one_on_its_way ON card (resident_code) WHERE state IN ('begun', 'made');
CREATE UNIQUE INDEX card_one_of_application ON card (application_id) WHERE state <> 'void';

ALTER TABLE application
  ADD COLUMN ground text CHECK (ground ~ '^[a-z-]{4,40}$'),  -- null of what came before there were grounds
  ADD COLUMN terms_id text REFERENCES issue_terms (request_id),
  ADD COLUMN previous_card text REFERENCES card,
  ADD COLUMN renews_card_of date,           -- last day of the card that it renews in its last three months
  ADD CONSTRAINT renews_a_card CHECK (renews_card_of IS NULL OR (renews_card_of >= received_on AND previous_card IS NOT NULL));
UPDATE application a SET ground = t.ground, terms_id = t.request_id, previous_card = t.previous_card
  FROM issue_terms t WHERE t.request_id = a.request_id AND t.resident_code = a.resident_code;
-- terms are taken once, but by who was refused
CREATE UNIQUE INDEX application_of_terms ON application (terms_id) WHERE state <> 'refused';

-- Whatever the program does: a card is superseded only by one of its person that became active at that instant, at the commit.
CREATE FUNCTION keep_exchange() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
  IF NOT EXISTS (
    SELECT FROM cards.card former JOIN cards.card later USING (resident_code)
      JOIN cards.hand_over h ON h.card_id = later.card_id AND h.state = 'completed' AND h.done_at = NEW.changed_at
    WHERE former.card_id = NEW.card_id AND later.card_id <> NEW.card_id AND later.state = 'active') THEN
    RAISE EXCEPTION 'a card is superseded by the hand-over of another' USING ERRCODE = 'check_violation',
      CONSTRAINT = 'superseded_in_exchange';
  END IF;
  RETURN NULL;
END
$$;
CREATE CONSTRAINT TRIGGER superseded_in_exchange AFTER INSERT ON card_change DEFERRABLE INITIALLY DEFERRED
  FOR EACH ROW WHEN (NEW.state = 'void' AND NEW.reason = 'superseded') EXECUTE FUNCTION keep_exchange();
