-- The call centre for residents and the help desk for municipalities, at the national site (docs/flows/call-centre.md).

-- ── calls ────────────────────────────────────────────────────────────────────────────────────────────────────
-- One row a call or chat that was offered, answered or not. No caller: neither number nor name.
CREATE TABLE call (
  source text COLLATE "C" NOT NULL CHECK (source ~ '^[a-z][a-z0-9-]{1,31}$'),   -- whose id it is: a telephone system's, ours
  call_id text COLLATE "C" NOT NULL CHECK (call_id ~ '^[0-9A-Za-z-]{1,48}$'),
  offered_at timestamptz(3) NOT NULL,
  waited_s int NOT NULL CHECK (waited_s BETWEEN 0 AND 86400),
  channel text NOT NULL CHECK (channel IN ('phone', 'chat', 'chatbot')),
  language text NOT NULL CHECK (language IN ('ja', 'en', 'zh', 'ko', 'es', 'pt')),
  topic text NOT NULL CHECK (topic IN ('notice-card', 'number-notice', 'application', 'hand-over-notice', 'card',
    'suspension', 'jpki', 'services', 'other')),
  outcome text NOT NULL CHECK (outcome IN ('told', 'suspended', 'referred', 'ticket', 'abandoned')),
  operator text CHECK (length(operator) BETWEEN 1 AND 64),
  PRIMARY KEY (source, call_id),
  -- who speaks has a name for us; the program that answers by itself has none, and an unanswered call nobody
  CONSTRAINT answered_by_somebody CHECK ((operator IS NOT NULL) = (outcome <> 'abandoned' AND channel <> 'chatbot'))
);
CREATE INDEX call_offered ON call (offered_at);
REVOKE UPDATE, DELETE ON call FROM ishizue_help_desk;

-- ── identity questions and what they permit ──────────────────────────────────────────────────────────────────
CREATE TABLE identity_check (
  check_id uuid PRIMARY KEY,
  request_id text COLLATE "C" NOT NULL UNIQUE CHECK (request_id ~ '^[\x21-\x7e]{1,64}$'),
  request_sha256 bytea NOT NULL CHECK (octet_length(request_sha256) = 32),
  purpose text NOT NULL CHECK (purpose IN ('suspension', 'standing')),
  subject bytea NOT NULL CHECK (octet_length(subject) = 32),   -- the person's pseudonym at the national site
  resident_code text CHECK (resident_code ~ '^[0-9]{11}$'),    -- while it is needed; taken away with the check's end
  card_id text CHECK (card_id ~ '^[0-9A-Z]{16}$'),             -- the one that is not void, where there is one
  questions text[] NOT NULL,                                   -- that may be asked
  rights_needed int NOT NULL CHECK (rights_needed >= 0),
  wrongs_max int NOT NULL CHECK (wrongs_max > 0),
  state text NOT NULL CHECK (state IN ('open', 'passed', 'failed', 'used')),
  operator text NOT NULL,
  opened_at timestamptz(3) NOT NULL,
  ends_at timestamptz(3) NOT NULL CHECK (ends_at > opened_at)
);
CREATE INDEX identity_check_of_person ON identity_check (subject, opened_at);
CREATE INDEX identity_check_over ON identity_check (ends_at) WHERE resident_code IS NOT NULL;

-- What was asked, and whether the answer was right; never the answer.
CREATE TABLE identity_answer (
  check_id uuid NOT NULL REFERENCES identity_check,
  number int NOT NULL CHECK (number > 0),
  question text NOT NULL,
  is_right boolean NOT NULL,
  answered_at timestamptz(3) NOT NULL,
  PRIMARY KEY (check_id, number)
);
CREATE UNIQUE INDEX identity_answer_right_once ON identity_answer (check_id, question) WHERE is_right;
REVOKE UPDATE, DELETE ON identity_answer FROM ishizue_help_desk;
REVOKE UPDATE, DELETE ON identity_check FROM ishizue_help_desk;
GRANT UPDATE (state, resident_code) ON identity_check TO ishizue_help_desk;

-- Suspension by a call: ordered before the card is stopped, so that a crash leaves it to be done.
CREATE TABLE suspension (
  check_id uuid PRIMARY KEY REFERENCES identity_check,
  card_id text NOT NULL CHECK (card_id ~ '^[0-9A-Z]{16}$'),
  resident_code text CHECK (resident_code ~ '^[0-9]{11}$'),    -- until it is settled
  caller text NOT NULL CHECK (caller IN ('holder', 'representative', 'family')),
  reason text NOT NULL CHECK (reason IN ('lost', 'stolen', 'misuse-feared')),
  operator text NOT NULL,
  terminal text NOT NULL,
  correlation text NOT NULL,
  state text NOT NULL CHECK (state IN ('ordered', 'done', 'refused')),
  refusal text,
  ordered_at timestamptz(3) NOT NULL,
  settled_at timestamptz(3),
  CONSTRAINT settled_with_its_time CHECK ((settled_at IS NOT NULL) = (state <> 'ordered')),
  CONSTRAINT refused_with_a_code CHECK ((refusal IS NOT NULL) = (state = 'refused')),
  CONSTRAINT code_while_ordered CHECK ((resident_code IS NOT NULL) = (state = 'ordered'))
);
CREATE INDEX suspension_ordered ON suspension (ordered_at) WHERE state = 'ordered';

-- The letter that confirms it (一時停止の通知), to the address that the register has.
CREATE TABLE suspension_notice (
  notice_id int GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
  check_id uuid NOT NULL UNIQUE REFERENCES suspension,
  resident_code text CHECK (resident_code ~ '^[0-9]{11}$'),    -- until it is made
  suspended_at timestamptz(3) NOT NULL,
  state text NOT NULL CHECK (state IN ('due', 'made', 'left')),
  is_at_counter boolean NOT NULL DEFAULT false,
  file text,
  trouble text,
  CONSTRAINT code_while_due CHECK ((resident_code IS NOT NULL) = (state = 'due')),
  CONSTRAINT made_into_a_file CHECK ((file IS NOT NULL) = (state = 'made')),
  CONSTRAINT left_with_trouble CHECK ((trouble IS NOT NULL) = (state = 'left'))
);
CREATE INDEX suspension_notice_due ON suspension_notice (notice_id) WHERE state = 'due';
REVOKE DELETE ON suspension, suspension_notice FROM ishizue_help_desk;

-- ── tickets ──────────────────────────────────────────────────────────────────────────────────────────────────
CREATE FUNCTION holds_long_number(given text) RETURNS boolean LANGUAGE sql IMMUTABLE
  RETURN given ~ '[0-9０-９]([-‐－ー .・　 ]{0,2}[0-9０-９]){10}';

CREATE TABLE ticket (
  ticket_id int GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
  request_id text COLLATE "C" NOT NULL UNIQUE CHECK (request_id ~ '^[\x21-\x7e]{1,64}$'),
  asker text NOT NULL CHECK (asker ~ '^(resident|(municipal|prefectural)/[0-9]{2,6})$'),
  subject text NOT NULL CHECK (length(subject) BETWEEN 1 AND 2000 AND NOT help_desk.holds_long_number(subject)),
  opened_at timestamptz(3) NOT NULL,
  -- what follows is written by the history's trigger alone
  state text NOT NULL DEFAULT 'new' CHECK (state IN ('new', 'classified', 'answered', 'escalated', 'resolved', 'faq')),
  sequence int NOT NULL DEFAULT 0,
  topic text CHECK (topic IN ('notice-card', 'number-notice', 'application', 'hand-over-notice', 'card', 'suspension',
    'jpki', 'services', 'other')),
  urgency text CHECK (urgency IN ('normal', 'urgent')),
  owner text,
  due_on date,
  changed_at timestamptz(3),
  CONSTRAINT classified_with_topic CHECK (state = 'new' OR num_nonnulls(topic, urgency) = 2)
);
CREATE INDEX ticket_due ON ticket (due_on, ticket_id) WHERE due_on IS NOT NULL;

-- Each step of a ticket, from 1 without a gap; the last one's state is the ticket's.
CREATE TABLE ticket_change (
  ticket_id int NOT NULL REFERENCES ticket,
  sequence int NOT NULL,
  event text NOT NULL,
  state text NOT NULL,
  topic text,
  urgency text,
  owner text,
  due_on date,
  incident text CHECK (incident ~ '^[A-Z]{1,4}-[0-9A-Z-]{1,30}$'),              -- an incident that it belongs to
  note text CHECK (length(note) BETWEEN 1 AND 4000 AND NOT help_desk.holds_long_number(note)),
  operator text NOT NULL CHECK (length(operator) BETWEEN 1 AND 64),
  changed_at timestamptz(3) NOT NULL,
  PRIMARY KEY (ticket_id, sequence),
  CONSTRAINT linked_to_an_incident CHECK ((incident IS NOT NULL) = (event = 'link'))
);
CREATE INDEX ticket_change_of_incident ON ticket_change (incident) WHERE incident IS NOT NULL;

-- The one way in which a ticket changes: under its row's lock, by a step that its state allows.
CREATE FUNCTION step_ticket() RETURNS trigger LANGUAGE plpgsql SECURITY DEFINER SET search_path = '' AS $$
DECLARE t help_desk.ticket;
BEGIN
  SELECT * INTO STRICT t FROM help_desk.ticket WHERE ticket_id = NEW.ticket_id FOR UPDATE;
  IF NEW.sequence <> t.sequence + 1 OR NEW.changed_at < coalesce(t.changed_at, t.opened_at) THEN
    RAISE EXCEPTION 'a step of a ticket is out of order' USING ERRCODE = 'check_violation';
  END IF;
  IF NOT (CASE
    WHEN t.sequence = 0 THEN (NEW.event, NEW.state) = ('open', 'new')
    WHEN NEW.event IN ('assign', 'link') THEN NEW.state = t.state AND t.state <> 'faq'
    ELSE (t.state, NEW.event, NEW.state) IN (('new', 'classify', 'classified'), ('classified', 'answer', 'answered'),
      ('classified', 'escalate', 'escalated'), ('answered', 'escalate', 'escalated'),
      ('answered', 'resolve', 'resolved'), ('escalated', 'resolve', 'resolved'), ('resolved', 'publish', 'faq'))
  END) THEN
    RAISE EXCEPTION 'a ticket that is % does not % to %', t.state, NEW.event, NEW.state USING ERRCODE = 'check_violation';
  END IF;
  UPDATE help_desk.ticket SET state = NEW.state, sequence = NEW.sequence, topic = NEW.topic, urgency = NEW.urgency,
    owner = NEW.owner, due_on = NEW.due_on, changed_at = NEW.changed_at WHERE ticket_id = NEW.ticket_id;
  RETURN NEW;
END
$$;
CREATE TRIGGER step_ticket BEFORE INSERT ON ticket_change FOR EACH ROW EXECUTE FUNCTION step_ticket();
REVOKE INSERT, UPDATE, DELETE ON ticket FROM ishizue_help_desk;
GRANT INSERT (request_id, asker, subject, opened_at) ON ticket TO ishizue_help_desk;
REVOKE UPDATE, DELETE ON ticket_change FROM ishizue_help_desk;

-- ── FAQ ──────────────────────────────────────────────────────────────────────────────────────────────────────
CREATE TABLE faq_entry (
  faq_id text COLLATE "C" PRIMARY KEY CHECK (faq_id ~ '^[a-z0-9]+(-[a-z0-9]+){0,9}$' AND length(faq_id) <= 60),
  topic text NOT NULL,
  ticket_id int UNIQUE REFERENCES ticket,   -- null: came with the house
  reviewer text NOT NULL,
  published_at timestamptz(3) NOT NULL,
  withdrawn_at timestamptz(3)
);
CREATE TABLE faq_text (
  faq_id text COLLATE "C" NOT NULL REFERENCES faq_entry,
  language text NOT NULL CHECK (language IN ('ja', 'en', 'zh', 'ko', 'es', 'pt')),
  question text NOT NULL CHECK (length(question) BETWEEN 1 AND 300 AND NOT help_desk.holds_long_number(question)),
  answer text NOT NULL CHECK (length(answer) BETWEEN 1 AND 3000 AND NOT help_desk.holds_long_number(answer)),
  PRIMARY KEY (faq_id, language)
);
-- Which pieces of two characters, and which words, a text has: how Japanese is found without a dictionary.
CREATE TABLE faq_gram (
  language text NOT NULL,
  gram text COLLATE "C" NOT NULL CHECK (length(gram) BETWEEN 1 AND 40),
  faq_id text COLLATE "C" NOT NULL,
  weight int NOT NULL CHECK (weight > 0),
  PRIMARY KEY (language, gram, faq_id),
  FOREIGN KEY (faq_id, language) REFERENCES faq_text (faq_id, language)
);
CREATE INDEX faq_gram_of_text ON faq_gram (faq_id, language);
-- Which bundled corpus was loaded last.
CREATE TABLE faq_corpus (
  is_last boolean PRIMARY KEY DEFAULT true CHECK (is_last),
  sha256 bytea NOT NULL CHECK (octet_length(sha256) = 32)
);
REVOKE DELETE ON faq_entry, faq_text FROM ishizue_help_desk;

-- ── chat ─────────────────────────────────────────────────────────────────────────────────────────────────────
CREATE TABLE chat_session (
  session_id uuid PRIMARY KEY,
  token_sha256 bytea NOT NULL UNIQUE CHECK (octet_length(token_sha256) = 32),   -- who reads this table enters none
  language text NOT NULL CHECK (language IN ('ja', 'en')),
  state text NOT NULL CHECK (state IN ('open', 'waiting', 'talking', 'ended')),
  opened_at timestamptz(3) NOT NULL,
  last_at timestamptz(3) NOT NULL,
  asked_at timestamptz(3),                  -- for a person
  taken_at timestamptz(3),
  operator text,
  ended_at timestamptz(3),
  end_reason text CHECK (end_reason IN ('visitor', 'operator', 'timeout')),
  messages int NOT NULL DEFAULT 0 CHECK (messages BETWEEN 0 AND 400),
  CONSTRAINT asked_when_waiting CHECK (state IN ('open', 'ended') OR asked_at IS NOT NULL),
  CONSTRAINT taken_by_somebody CHECK ((taken_at IS NULL) = (operator IS NULL)),
  CONSTRAINT talking_with_somebody CHECK (state <> 'talking' OR operator IS NOT NULL),
  CONSTRAINT ended_with_a_reason CHECK ((state = 'ended') = (ended_at IS NOT NULL)
    AND (ended_at IS NULL) = (end_reason IS NULL))
);
CREATE INDEX chat_waiting ON chat_session (asked_at) WHERE state = 'waiting';
CREATE INDEX chat_live ON chat_session (last_at) WHERE state <> 'ended';
CREATE INDEX chat_ended ON chat_session (ended_at) WHERE state = 'ended';
CREATE TABLE chat_message (
  session_id uuid NOT NULL REFERENCES chat_session ON DELETE CASCADE,
  number int NOT NULL CHECK (number > 0),
  message_id text COLLATE "C" NOT NULL CHECK (message_id ~ '^[0-9A-Za-z-]{8,48}$'),
  author text NOT NULL CHECK (author IN ('visitor', 'operator', 'bot')),
  text text NOT NULL CHECK (length(text) BETWEEN 1 AND 1000 AND NOT help_desk.holds_long_number(text)),
  faq_ids text[] NOT NULL DEFAULT '{}',     -- that the program proposed
  sent_at timestamptz(3) NOT NULL,
  PRIMARY KEY (session_id, number),
  UNIQUE (session_id, message_id)
);
REVOKE UPDATE ON chat_message FROM ishizue_help_desk;
