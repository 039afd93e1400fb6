-- What happens to a card in its holder's hand (docs/flows/card-life.md): loss, moves, its face, terms of issue, combined documents.

-- what the nightly task and the terms of issue look for
CREATE INDEX card_lapsing ON card (expires_on) WHERE state IN ('made', 'active', 'suspended');
CREATE INDEX card_of_person ON card (resident_code);

-- 紛失・廃止届: the card is given up for lost. Outside the home the police's number of the report is needed.
CREATE TABLE loss_notice (
  card_id text PRIMARY KEY REFERENCES card,
  lost_at_home boolean NOT NULL,
  police_station text CHECK (length(police_station) BETWEEN 1 AND 100),
  police_number text CHECK (length(police_number) BETWEEN 1 AND 40),
  noticed_on date NOT NULL,
  CONSTRAINT police_number_outside_home CHECK (lost_at_home OR num_nonnulls(police_station, police_number) = 2)
);

-- Where a card stands in a move of its holder (継続利用), from 1 without a gap; the last one counts.
CREATE TABLE residence_case (
  card_id text NOT NULL REFERENCES card,
  number int NOT NULL CHECK (number > 0),
  state text NOT NULL CHECK (state IN ('away', 'arrived', 'continued', 'abroad', 'kept-abroad', 'withdrawn')),
  municipality text NOT NULL CHECK (municipality ~ '^[0-9]{6}$'),  -- left, entered, or of domicile
  moved_on date NOT NULL,
  noticed_on date NOT NULL,                 -- when the national site heard of it
  last_day date,                            -- on which the holder can still keep the card; null: nothing is due any more
  lapse_reason text,                        -- why the card is void after it
  PRIMARY KEY (card_id, number),
  CONSTRAINT due_with_reason CHECK ((last_day IS NULL) = (lapse_reason IS NULL)),
  CONSTRAINT due_while_open CHECK (last_day IS NULL OR state IN ('away', 'arrived', 'abroad'))
);
CREATE INDEX residence_case_due ON residence_case (last_day) WHERE last_day IS NOT NULL;

-- The column of additions on the face (追記欄): as many lines as it has, each written once.
CREATE TABLE face_addition (
  card_id text NOT NULL REFERENCES card,
  addition int NOT NULL CHECK (addition > 0),
  kind text NOT NULL CHECK (kind IN ('address', 'name', 'stay', 'face-authentication', 'face-authentication-ended')),
  changed_on date NOT NULL,
  entered_at timestamptz(3) NOT NULL,
  chip_sha256 bytea CHECK (octet_length(chip_sha256) = 32),  -- of what the chip has to say; null: nothing of it changes
  chip_written_at timestamptz(3),           -- read back as it has to be
  PRIMARY KEY (card_id, addition),
  CONSTRAINT written_what_is_due CHECK (chip_written_at IS NULL OR chip_sha256 IS NOT NULL)
);
CREATE TABLE face_line (
  card_id text NOT NULL,
  line int NOT NULL CHECK (line BETWEEN 1 AND 8),
  addition int NOT NULL,
  text text NOT NULL CHECK (length(text) BETWEEN 1 AND 48),
  PRIMARY KEY (card_id, line),
  FOREIGN KEY (card_id, addition) REFERENCES face_addition (card_id, addition)
);
-- An addition did not fit any more: the holder may have another card free of charge.
CREATE TABLE face_full (
  card_id text PRIMARY KEY REFERENCES card,
  found_on date NOT NULL
);

-- Why a card is issued, what it costs and until when it is due; of an application by its request id.
CREATE TABLE issue_terms (
  request_id text PRIMARY KEY CHECK (length(request_id) BETWEEN 1 AND 64),
  resident_code text NOT NULL CHECK (resident_code ~ '^[0-9]{11}$'),
  ground text NOT NULL CHECK (ground ~ '^[a-z-]{4,40}$'),
  previous_card text REFERENCES card,
  is_express boolean NOT NULL,
  is_online boolean NOT NULL,
  event_on date,
  agreed_on date NOT NULL,
  due_on date CHECK (due_on > agreed_on),
  card_yen int NOT NULL CHECK (card_yen >= 0),
  certificates_yen int NOT NULL CHECK (certificates_yen >= 0),
  CONSTRAINT express_has_a_day CHECK (is_express = (due_on IS NOT NULL))
);
-- of one event one express card
CREATE UNIQUE INDEX issue_terms_express_once ON issue_terms (resident_code, ground, event_on) WHERE is_express;

-- Documents that the chip carries besides the card's own (マイナ免許証, 特定在留カード等); never without an active card.
CREATE TABLE combined_document (
  card_id text NOT NULL REFERENCES card,
  kind text NOT NULL CHECK (kind IN ('driving-licence', 'residence-card')),
  number int NOT NULL CHECK (number > 0),   -- of the kind on this card
  record_number text NOT NULL CHECK (record_number ~ '^[0-9A-Z]{8,16}$'),
  followed_from text REFERENCES card,
  combined_on date NOT NULL,
  ended_on date,
  end_reason text CHECK (end_reason IN ('card-void', 'holder-wish', 'document-ended')),
  PRIMARY KEY (card_id, kind, number),
  CONSTRAINT ended_with_reason CHECK ((ended_on IS NULL) = (end_reason IS NULL))
);
CREATE UNIQUE INDEX combined_document_one ON combined_document (card_id, kind) WHERE ended_on IS NULL;

-- A void card carries nothing, whichever way it became void.
CREATE FUNCTION end_with_card() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
  UPDATE cards.combined_document SET ended_on = (NEW.changed_at AT TIME ZONE 'Asia/Tokyo')::date, end_reason = 'card-void'
  WHERE card_id = NEW.card_id AND ended_on IS NULL;
  UPDATE cards.residence_case SET last_day = NULL, lapse_reason = NULL
  WHERE card_id = NEW.card_id AND last_day IS NOT NULL;
  RETURN NULL;
END
$$;
CREATE TRIGGER end_with_card AFTER INSERT ON card_change
  FOR EACH ROW WHEN (NEW.state = 'void') EXECUTE FUNCTION end_with_card();

REVOKE DELETE ON loss_notice, residence_case, face_addition, face_line, face_full, issue_terms, combined_document
  FROM ishizue_cards;
REVOKE UPDATE ON loss_notice, face_addition, face_line, face_full, issue_terms FROM ishizue_cards;
GRANT UPDATE (chip_written_at) ON face_addition TO ishizue_cards;
