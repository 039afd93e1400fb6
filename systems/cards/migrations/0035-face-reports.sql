-- What holders have to tell of their cards (番号法 art. 17: within 14 days of the change), until it is on the face
-- (docs/flows/card-life.md step 5). Opened by the registry's notices, ended by the counter's addition or by what makes it moot.
CREATE TABLE face_report (
  card_id text NOT NULL REFERENCES card,
  number int NOT NULL CHECK (number > 0),   -- of the card's reports, from 1
  what text NOT NULL CHECK (what IN ('address', 'name', 'data')),
  municipality text NOT NULL CHECK (municipality ~ '^[0-9]{6}$'),  -- to whose counter the card is to be brought
  changed_on date NOT NULL,
  noticed_on date NOT NULL,                 -- when the notice was taken; where nobody said so, when the national site heard
  due_on date NOT NULL,
  ended_on date,
  end_reason text CHECK (end_reason IN ('told', 'undone', 'moved', 'card-void')),
  PRIMARY KEY (card_id, number),
  CONSTRAINT ended_with_reason CHECK ((ended_on IS NULL) = (end_reason IS NULL))
);
-- of one kind one is open: the face says what the register says then
CREATE UNIQUE INDEX face_report_open ON face_report (card_id, what) WHERE ended_on IS NULL;
CREATE INDEX face_report_due ON face_report (municipality, due_on, card_id, what) WHERE ended_on IS NULL;
CREATE INDEX residence_case_arrived ON residence_case (municipality, last_day, card_id)
  WHERE last_day IS NOT NULL AND state = 'arrived';
REVOKE DELETE ON face_report FROM ishizue_cards;

CREATE FUNCTION end_reports() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
  UPDATE cards.face_report SET ended_on = (NEW.changed_at AT TIME ZONE 'Asia/Tokyo')::date, end_reason = 'card-void'
  WHERE card_id = NEW.card_id AND ended_on IS NULL;
  RETURN NULL;
END
$$;
CREATE TRIGGER end_reports AFTER INSERT ON card_change FOR EACH ROW WHEN (NEW.state = 'void') EXECUTE FUNCTION end_reports();
