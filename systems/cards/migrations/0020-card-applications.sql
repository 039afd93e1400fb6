-- Card applications as a procedure (docs/flows/card-application.md): what an application asks for besides a card, and the
-- photographs that were looked at. The case itself is in schema procedure.
ALTER TABLE application DROP CONSTRAINT application_state_check;
ALTER TABLE application ADD CONSTRAINT application_state_check CHECK (state IN ('received', 'deficient', 'accepted',
  'manufacturing', 'made', 'shipped', 'arrived', 'set-up', 'notified', 'handed-over', 'undelivered', 'refused'));

-- A photograph as it is kept: written anew from its pixels, without metadata; and what a program measured on it.
CREATE TABLE photo (
  sha256 bytea PRIMARY KEY CHECK (octet_length(sha256) = 32),
  jpeg bytea NOT NULL CHECK (octet_length(jpeg) <= 4194304),
  measures jsonb NOT NULL,
  likeness bit(64) NOT NULL,
  -- five parts of the likeness, each with its place: two that differ in four bits at most have one of them in common
  likeness_parts int[] NOT NULL CHECK (cardinality(likeness_parts) = 5),
  looked_at timestamptz(3) NOT NULL
);
CREATE INDEX photo_likeness ON photo USING gin (likeness_parts);

CREATE TABLE application_wish (
  application_id text PRIMARY KEY REFERENCES application,
  case_id bigint NOT NULL UNIQUE,
  channel text NOT NULL CHECK (channel IN ('smartphone', 'pc', 'photo-booth', 'post', 'counter', 'outreach')),
  wants_signature boolean NOT NULL,
  is_braille boolean NOT NULL,
  is_represented boolean NOT NULL,
  substitutes jsonb NOT NULL,               -- for the signature certificate: character → what stands for it
  photo_sha256 bytea REFERENCES photo
);
CREATE INDEX application_wish_photo ON application_wish (photo_sha256);

REVOKE DELETE ON photo, application_wish FROM ishizue_cards;
REVOKE UPDATE ON photo FROM ishizue_cards;
GRANT UPDATE (measures) ON photo TO ishizue_cards;
