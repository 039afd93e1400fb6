-- From the queue of the factory to the holder's hands (docs/flows/card-making.md, hand-over.md). Between making and hand-over an
-- application says where its card is; the card itself stays `made` until the one act that hands it over.
ALTER TABLE application DROP CONSTRAINT application_state_check;
ALTER TABLE application ADD CONSTRAINT application_state_check CHECK (state IN ('received', 'accepted', 'manufacturing',
  'made', 'shipped', 'arrived', 'set-up', 'notified', 'handed-over', 'undelivered', 'refused'));
DROP INDEX application_one_open;
CREATE UNIQUE INDEX application_one_open ON application (resident_code)
  WHERE state NOT IN ('handed-over', 'undelivered', 'refused');

-- What the factory is to make, when, and who has it.
CREATE TABLE making_order (
  application_id text PRIMARY KEY REFERENCES application,
  is_express boolean NOT NULL,
  delivery text NOT NULL CHECK (delivery IN ('counter', 'post')),
  visit_documents text[],                   -- shown at application, where the card goes by post (申請時来庁方式)
  visit_checked_by text,
  due_on date NOT NULL,
  municipality text CHECK (municipality ~ '^[0-9]{6}$'),  -- where the card is sent; known once it is begun
  factory text CHECK (factory ~ '^[0-9a-z-]{1,32}$'),
  leased_until timestamptz(3),
  begun_by text,                            -- the factory that has the card that was begun
  left_out text,                            -- why the card has no signature certificate yet
  made_at timestamptz(3),
  CONSTRAINT lease_whole CHECK ((factory IS NULL) = (leased_until IS NULL)),
  CONSTRAINT visit_before_post CHECK (num_nonnulls(visit_documents, visit_checked_by)
    = CASE delivery WHEN 'post' THEN 2 ELSE 0 END)
);
CREATE INDEX making_order_due ON making_order ((NOT is_express), due_on, application_id) WHERE made_at IS NULL;
INSERT INTO making_order (application_id, is_express, delivery, due_on)
  SELECT application_id, false, 'counter', received_on + 28 FROM application WHERE state IN ('accepted', 'manufacturing');

-- What was printed on a card. The image itself is nowhere: it is made again, to the octet, for whoever may print it.
CREATE TABLE card_print (
  card_id text PRIMARY KEY REFERENCES card,
  sha256 bytea NOT NULL CHECK (octet_length(sha256) = 32),
  printed_at timestamptz(3) NOT NULL
);

CREATE TABLE parcel (
  parcel_id int GENERATED ALWAYS AS IDENTITY PRIMARY KEY CHECK (parcel_id <= 99999999),
  request_id text NOT NULL UNIQUE CHECK (length(request_id) BETWEEN 1 AND 64),
  municipality text NOT NULL CHECK (municipality ~ '^[0-9]{6}$'),
  state text NOT NULL CHECK (state IN ('packed', 'sent', 'arrived', 'returned')),
  state_on date NOT NULL
);
CREATE TABLE parcel_card (
  parcel_id int NOT NULL REFERENCES parcel,
  card_id text NOT NULL REFERENCES card,
  state text NOT NULL
    CHECK (state IN ('packed', 'sent', 'arrived', 'missing', 'returned', 'lost', 'withdrawn')),
  PRIMARY KEY (parcel_id, card_id)
);
-- a card is in one parcel
CREATE UNIQUE INDEX parcel_card_underway ON parcel_card (card_id)
  WHERE state IN ('packed', 'sent', 'missing', 'arrived');
-- What was scanned and could not be taken: nothing is silently put aside.
CREATE TABLE parcel_trouble (
  parcel_id int NOT NULL REFERENCES parcel,
  scanned text NOT NULL CHECK (length(scanned) <= 64),
  code text NOT NULL,
  first_at timestamptz(3) NOT NULL,
  PRIMARY KEY (parcel_id, scanned, code)
);

-- Cards that were destroyed without having been handed over, for a record of each.
CREATE TABLE card_destruction (
  card_id text PRIMARY KEY REFERENCES card,
  reason text NOT NULL CHECK (reason IN ('undelivered', 'void')),
  destroyed_on date NOT NULL,
  destroyed_by text NOT NULL
);

-- Cards for hand-over (交付通知書): the letter to the applicant.
CREATE TABLE delivery_notice (
  notice_id int GENERATED ALWAYS AS IDENTITY PRIMARY KEY CHECK (notice_id <= 99999999),
  run_id text COLLATE "C" NOT NULL CHECK (run_id ~ '^[0-9a-z-]{8,40}$'),
  card_id text NOT NULL REFERENCES card,
  resident_code text NOT NULL CHECK (resident_code ~ '^[0-9]{11}$'),
  municipality text NOT NULL CHECK (municipality ~ '^[0-9]{6}$'),
  keep_until date NOT NULL,
  state text NOT NULL CHECK (state IN ('claimed', 'made', 'left', 'handed-over', 'returned')),
  is_at_counter boolean NOT NULL DEFAULT false,
  trouble text,
  state_on date NOT NULL,
  return_reason text CHECK (return_reason IN ('address-unknown', 'moved-away', 'not-collected', 'refused')),
  CONSTRAINT returned_with_a_reason CHECK ((return_reason IS NOT NULL) = (state = 'returned')),
  CONSTRAINT left_with_trouble CHECK ((trouble IS NOT NULL) = (state = 'left'))
);
CREATE INDEX delivery_notice_of_run ON delivery_notice (run_id, notice_id);
CREATE UNIQUE INDEX delivery_notice_of_card ON delivery_notice (card_id) WHERE state <> 'left';
CREATE TRIGGER keep_notice_order BEFORE UPDATE ON delivery_notice FOR EACH ROW EXECUTE FUNCTION keep_notice_order();

-- A hand-over at a counter: what was shown, the challenge that the card has to sign, and how it ended.
CREATE TABLE hand_over (
  hand_over_id uuid PRIMARY KEY,
  request_id text NOT NULL UNIQUE CHECK (length(request_id) BETWEEN 1 AND 64),
  card_id text NOT NULL REFERENCES card,
  application_id text NOT NULL REFERENCES application,
  facts_sha256 bytea NOT NULL CHECK (octet_length(facts_sha256) = 32),
  receiver text NOT NULL CHECK (receiver IN ('holder', 'legal-representative', 'proxy', 'post')),
  documents text[] NOT NULL,
  receiver_documents text[] NOT NULL,       -- of whoever comes for the holder
  ground text,                              -- why somebody else comes, as certified
  old_card text NOT NULL CHECK (old_card IN ('none', 'returned', 'lost')),
  checked_by text NOT NULL,
  challenge bytea NOT NULL CHECK (octet_length(challenge) = 32),
  opened_at timestamptz(3) NOT NULL,
  expires_at timestamptz(3) NOT NULL CHECK (expires_at > opened_at),
  state text NOT NULL CHECK (state IN ('open', 'replaced', 'refused', 'completed')),
  refusal text,
  face_sha256 bytea CHECK (octet_length(face_sha256) = 32),  -- of the photo that was read from the chip
  face_compared_with text CHECK (face_compared_with IN ('camera', 'document')),
  done_at timestamptz(3),
  CONSTRAINT refused_with_a_reason CHECK ((refusal IS NOT NULL) = (state = 'refused')),
  CONSTRAINT done_whole CHECK ((done_at IS NULL) = (state = 'open'))
);
CREATE UNIQUE INDEX hand_over_open ON hand_over (card_id) WHERE state = 'open';
CREATE UNIQUE INDEX hand_over_completed ON hand_over (card_id) WHERE state = 'completed';

REVOKE DELETE ON making_order, card_print, parcel, parcel_card, parcel_trouble, card_destruction, delivery_notice, hand_over
  FROM ishizue_cards;
REVOKE UPDATE ON parcel_trouble, card_destruction, hand_over FROM ishizue_cards;
GRANT UPDATE (state, refusal, face_sha256, face_compared_with, done_at) ON hand_over TO ishizue_cards;

-- What was ended stays as it ended.
CREATE FUNCTION keep_hand_over() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
  RAISE EXCEPTION 'a hand-over that is % stays so', OLD.state USING ERRCODE = 'check_violation', CONSTRAINT = 'ended_once';
END
$$;
CREATE TRIGGER ended_once BEFORE UPDATE ON hand_over
  FOR EACH ROW WHEN (OLD.state <> 'open') EXECUTE FUNCTION keep_hand_over();

-- Whatever the program does: no card becomes active but by a completed hand-over of this card to this application's person.
CREATE FUNCTION keep_hands() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
  IF NOT EXISTS (
    SELECT FROM cards.hand_over h JOIN cards.application a USING (application_id)
    WHERE h.card_id = NEW.card_id AND h.state = 'completed' AND h.application_id = NEW.application_id
      AND a.resident_code = NEW.resident_code) THEN
    RAISE EXCEPTION 'a card that nobody was handed is not active' USING ERRCODE = 'check_violation', CONSTRAINT = 'handed_over';
  END IF;
  RETURN NEW;
END
$$;
CREATE TRIGGER handed_over BEFORE UPDATE ON card
  FOR EACH ROW WHEN (OLD.state = 'made' AND NEW.state = 'active') EXECUTE FUNCTION keep_hands();
