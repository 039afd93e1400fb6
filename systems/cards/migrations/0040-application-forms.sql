-- Application forms (交付申請書; docs/flows/application-forms.md): each names a person by its application id, makes one application,
-- and is good only while it is open. Letters carry them; whoever has one and knows the birth date visits the door with it.
CREATE TABLE application_form (
  form_number int GENERATED ALWAYS AS IDENTITY PRIMARY KEY CHECK (form_number <= 99999999),
  application_id text NOT NULL UNIQUE CHECK (application_id ~ '^[0-9]{23}$'),
  request_id text UNIQUE CHECK (length(request_id) BETWEEN 1 AND 64),  -- of a form made at a counter
  resident_code text NOT NULL CHECK (resident_code ~ '^[0-9]{11}$'),
  municipality text NOT NULL CHECK (municipality ~ '^[0-9]{6}$'),
  made_on date NOT NULL,
  state text NOT NULL CHECK (state IN ('open', 'used', 'replaced', 'withdrawn')),
  reason text CHECK (reason IN ('death', 'removed', 'moved', 'number-changed', 'code-changed', 'not-printed')),
  state_on date NOT NULL,
  -- births that did not agree, on that day
  wrong_tries int NOT NULL DEFAULT 0 CHECK (wrong_tries >= 0),
  tried_on date,
  CONSTRAINT withdrawn_with_a_reason CHECK ((reason IS NOT NULL) = (state = 'withdrawn'))
);
CREATE UNIQUE INDEX application_form_open ON application_form (resident_code) WHERE state = 'open';

-- A form goes one way, and is used by the application of its own id and person.
CREATE FUNCTION keep_form() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
  IF OLD.state <> 'open' AND NEW.state <> OLD.state THEN
    RAISE EXCEPTION 'a form that is % does not become %', OLD.state, NEW.state USING ERRCODE = 'check_violation';
  END IF;
  IF NEW.state = 'used' AND NOT EXISTS (SELECT FROM cards.application a
      WHERE a.application_id = NEW.application_id AND a.resident_code = NEW.resident_code) THEN
    RAISE EXCEPTION 'a form is used by its own application' USING ERRCODE = 'check_violation', CONSTRAINT = 'own_application';
  END IF;
  RETURN NEW;
END
$$;
CREATE TRIGGER keep_form BEFORE UPDATE ON application_form FOR EACH ROW EXECUTE FUNCTION keep_form();

-- To whom a form is to be sent: heard from the registry.
CREATE TABLE form_due (
  resident_code text PRIMARY KEY CHECK (resident_code ~ '^[0-9]{11}$'),
  municipality text NOT NULL CHECK (municipality ~ '^[0-9]{6}$'),
  since timestamptz(3) NOT NULL
);
CREATE INDEX form_due_of ON form_due (municipality, since, resident_code);

CREATE TABLE form_letter (
  notice_id int GENERATED ALWAYS AS IDENTITY PRIMARY KEY CHECK (notice_id <= 99999999),
  run_id text COLLATE "C" NOT NULL CHECK (run_id ~ '^[0-9a-z-]{8,40}$'),
  form_number int NOT NULL UNIQUE REFERENCES application_form,
  resident_code text NOT NULL CHECK (resident_code ~ '^[0-9]{11}$'),
  municipality text NOT NULL CHECK (municipality ~ '^[0-9]{6}$'),
  state text NOT NULL CHECK (state IN ('claimed', 'made', 'left', 'handed-over', 'returned')),
  is_at_counter boolean NOT NULL DEFAULT false,
  trouble text,
  state_on date NOT NULL,
  return_reason text CHECK (return_reason IN ('address-unknown', 'moved-away', 'not-collected', 'refused')),
  CONSTRAINT returned_with_a_reason CHECK ((return_reason IS NOT NULL) = (state = 'returned')),
  CONSTRAINT left_with_trouble CHECK ((trouble IS NOT NULL) = (state = 'left'))
);
CREATE INDEX form_letter_of_run ON form_letter (run_id, notice_id);
CREATE TRIGGER keep_notice_order BEFORE UPDATE ON form_letter FOR EACH ROW EXECUTE FUNCTION keep_notice_order();

-- Whoever showed a form and its birth date, for half an hour, and the files that they have sent meanwhile.
CREATE TABLE door_visit (
  token_sha256 bytea PRIMARY KEY CHECK (octet_length(token_sha256) = 32),
  form_number int NOT NULL REFERENCES application_form,
  expires_at timestamptz(3) NOT NULL,
  files jsonb NOT NULL DEFAULT '{}',
  uploads int NOT NULL DEFAULT 0
);
CREATE INDEX door_visit_over ON door_visit (expires_at);

-- Notices of procedures to those who have no account here: printed and posted, by batches.
CREATE TABLE notice_letter (
  notice_id int GENERATED ALWAYS AS IDENTITY PRIMARY KEY CHECK (notice_id <= 99999999),
  procedure_notice bigint NOT NULL UNIQUE,  -- the notice in the outbox of procedures: one letter each
  application_id text NOT NULL REFERENCES application,
  run_id text COLLATE "C" CHECK (run_id ~ '^[0-9a-z-]{8,40}$'),  -- none while it waits
  resident_code text NOT NULL CHECK (resident_code ~ '^[0-9]{11}$'),
  municipality text CHECK (municipality ~ '^[0-9]{6}$'),
  ja text NOT NULL,
  en text NOT NULL,
  written_on date NOT NULL,
  state text NOT NULL CHECK (state IN ('waiting', 'claimed', 'made', 'left', 'handed-over', 'returned')),
  is_at_counter boolean NOT NULL DEFAULT false,
  trouble text,
  state_on date NOT NULL,
  return_reason text CHECK (return_reason IN ('address-unknown', 'moved-away', 'not-collected', 'refused')),
  CONSTRAINT waits_without_a_run CHECK ((run_id IS NULL) = (state = 'waiting')),
  CONSTRAINT claimed_for_a_municipality CHECK ((municipality IS NULL) = (state = 'waiting')),
  CONSTRAINT returned_with_a_reason CHECK ((return_reason IS NOT NULL) = (state = 'returned')),
  CONSTRAINT left_with_trouble CHECK ((trouble IS NOT NULL) = (state = 'left'))
);
CREATE INDEX notice_letter_of_run ON notice_letter (run_id, notice_id) WHERE run_id IS NOT NULL;
CREATE INDEX notice_letter_waiting ON notice_letter (notice_id) WHERE state = 'waiting';
CREATE TRIGGER keep_notice_order BEFORE UPDATE ON notice_letter FOR EACH ROW
  WHEN (OLD.state <> 'waiting') EXECUTE FUNCTION keep_notice_order();

-- Notices that go by e-mail: the address is the applicant's own.
CREATE TABLE notice_mail (
  mail_id int GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
  procedure_notice bigint NOT NULL UNIQUE,
  application_id text NOT NULL REFERENCES application,
  resident_code text NOT NULL CHECK (resident_code ~ '^[0-9]{11}$'),
  address text NOT NULL CHECK (length(address) <= 254),
  written_at timestamptz(3) NOT NULL,
  spooled_at timestamptz(3)
);
CREATE INDEX notice_mail_waiting ON notice_mail (mail_id) WHERE spooled_at IS NULL;

REVOKE DELETE ON application_form, form_letter, notice_letter, notice_mail FROM ishizue_cards;
REVOKE UPDATE ON application_form FROM ishizue_cards;
GRANT UPDATE (state, reason, state_on, wrong_tries, tried_on) ON application_form TO ishizue_cards;
