-- One state and a complete history for every card, kept by the database whatever the programs do (docs/flows/card-life.md): a card
-- takes only steps that are listed, one at a time; each step has its history row, and each history row its step.

-- The steps of the lifecycle (systems/cards/src/card/card-lifecycle.ts); a step from a state to itself amends the card.
CREATE TABLE card_step (
  state_from text NOT NULL,
  state_to text NOT NULL,
  PRIMARY KEY (state_from, state_to)
);
INSERT INTO card_step VALUES
  ('begun', 'made'), ('begun', 'void'), ('made', 'active'), ('made', 'void'), ('active', 'active'), ('active', 'suspended'),
  ('active', 'void'), ('suspended', 'active'), ('suspended', 'void');
REVOKE INSERT, UPDATE, DELETE ON card_step FROM ishizue_cards;

-- What a card says of itself changes by a numbered step and never otherwise; whose it is never changes.
CREATE FUNCTION keep_card_steps() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
  IF TG_OP = 'INSERT' THEN
    IF (NEW.state, NEW.sequence) IS DISTINCT FROM ('begun', 1) THEN
      RAISE EXCEPTION 'a card begins' USING ERRCODE = 'check_violation', CONSTRAINT = 'card_steps';
    END IF;
    RETURN NEW;
  END IF;
  IF (NEW.card_id, NEW.application_id, NEW.resident_code, NEW.issued_on)
      IS DISTINCT FROM (OLD.card_id, OLD.application_id, OLD.resident_code, OLD.issued_on) THEN
    RAISE EXCEPTION 'a card stays the same person''s' USING ERRCODE = 'check_violation', CONSTRAINT = 'card_steps';
  END IF;
  IF NEW.sequence = OLD.sequence THEN
    IF (NEW.state, NEW.expires_on, NEW.is_face_authentication)
        IS DISTINCT FROM (OLD.state, OLD.expires_on, OLD.is_face_authentication) THEN
      RAISE EXCEPTION 'a card changes by a step' USING ERRCODE = 'check_violation', CONSTRAINT = 'card_steps';
    END IF;
  ELSIF NEW.sequence <> OLD.sequence + 1
      OR NOT EXISTS (SELECT FROM cards.card_step s WHERE s.state_from = OLD.state AND s.state_to = NEW.state) THEN
    RAISE EXCEPTION 'a card that is % (%) does not become % (%)', OLD.state, OLD.sequence, NEW.state, NEW.sequence
      USING ERRCODE = 'check_violation', CONSTRAINT = 'card_steps';
  END IF;
  RETURN NEW;
END
$$;

ALTER TABLE card ADD COLUMN is_face_authentication boolean NOT NULL DEFAULT false;  -- 顔認証マイナンバーカード: its PIN is locked
CREATE TRIGGER card_steps BEFORE INSERT OR UPDATE ON card FOR EACH ROW EXECUTE FUNCTION keep_card_steps();

-- A history goes on where it stopped, by a listed step.
CREATE FUNCTION keep_card_history() RETURNS trigger LANGUAGE plpgsql AS $$
DECLARE
  before text;
BEGIN
  SELECT h.state INTO before FROM cards.card_change h WHERE h.card_id = NEW.card_id AND h.sequence = NEW.sequence - 1;
  IF (NEW.sequence = 1 AND NEW.state <> 'begun')
      OR (NEW.sequence <> 1
        AND NOT EXISTS (SELECT FROM cards.card_step s WHERE s.state_from = before AND s.state_to = NEW.state)) THEN
    RAISE EXCEPTION 'no history of a card goes from % to % (%)', before, NEW.state, NEW.sequence
      USING ERRCODE = 'check_violation', CONSTRAINT = 'card_history';
  END IF;
  RETURN NEW;
END
$$;
CREATE TRIGGER card_history BEFORE INSERT ON card_change FOR EACH ROW EXECUTE FUNCTION keep_card_history();

-- At every commit the card's row is the end of its history: the row is there, and nothing is beyond it.
ALTER TABLE card_change ADD CONSTRAINT card_change_state UNIQUE (card_id, sequence, state);
ALTER TABLE card ADD CONSTRAINT card_has_history FOREIGN KEY (card_id, sequence, state)
  REFERENCES card_change (card_id, sequence, state) DEFERRABLE INITIALLY DEFERRED;
CREATE FUNCTION keep_history_within_card() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
  IF NOT EXISTS (SELECT FROM cards.card c WHERE c.card_id = NEW.card_id AND c.sequence >= NEW.sequence) THEN
    RAISE EXCEPTION 'a history row without its step' USING ERRCODE = 'check_violation', CONSTRAINT = 'history_within_card';
  END IF;
  RETURN NULL;
END
$$;
CREATE CONSTRAINT TRIGGER history_within_card AFTER INSERT ON card_change DEFERRABLE INITIALLY DEFERRED
  FOR EACH ROW EXECUTE FUNCTION keep_history_within_card();
