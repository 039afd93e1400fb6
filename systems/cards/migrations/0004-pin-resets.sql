-- Resets of PINs at kiosks (docs/flows/pin-reset.md): what a phone reserved, and the one permission that was given on it. The
-- PINs never come here, and of a token only its digest is kept.
CREATE TABLE pin_reset (
  token_sha256 bytea PRIMARY KEY CHECK (octet_length(token_sha256) = 32),
  card_id text NOT NULL REFERENCES card,
  kind text NOT NULL CHECK (kind IN ('signature', 'authentication')),  -- whose PIN is reset
  face_reference text NOT NULL CHECK (octet_length(face_reference) BETWEEN 1 AND 64),  -- of the comparison, at who made it
  reserved_at timestamptz(3) NOT NULL,
  expires_at timestamptz(3) NOT NULL CHECK (expires_at > reserved_at AND expires_at <= reserved_at + interval '24 hours'),
  replaced_at timestamptz(3),               -- by another reservation of the same PIN
  permitted_at timestamptz(3),
  nonce bytea CHECK (octet_length(nonce) = 16),  -- that the card drew; for no other was a permission given
  kiosk text,
  CONSTRAINT permitted_whole CHECK (num_nonnulls(permitted_at, nonce, kiosk) IN (0, 3)),
  CONSTRAINT permitted_in_time CHECK (permitted_at >= reserved_at AND permitted_at < expires_at),
  CONSTRAINT replaced_or_permitted CHECK (replaced_at IS NULL OR permitted_at IS NULL)
);
CREATE UNIQUE INDEX pin_reset_open ON pin_reset (card_id, kind) WHERE replaced_at IS NULL AND permitted_at IS NULL;
CREATE INDEX pin_reset_permitted ON pin_reset (permitted_at) WHERE permitted_at IS NOT NULL;
REVOKE UPDATE, DELETE ON pin_reset FROM ishizue_cards;
GRANT UPDATE (replaced_at, permitted_at, nonce, kiosk) ON pin_reset TO ishizue_cards;

-- A token works once, whatever the program does.
CREATE FUNCTION keep_pin_reset() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
  RAISE EXCEPTION 'a reservation is used once' USING ERRCODE = 'check_violation', CONSTRAINT = 'used_once';
END
$$;
CREATE TRIGGER used_once BEFORE UPDATE ON pin_reset
  FOR EACH ROW WHEN (OLD.permitted_at IS NOT NULL OR OLD.replaced_at IS NOT NULL) EXECUTE FUNCTION keep_pin_reset();
