-- The photo that went onto a card's chip, as SHA-256 of its octets (DF27): what a counter reads there has to be this one. A card
-- without a row has none. The photograph itself is with the application, as long as it is kept.
CREATE TABLE card_photo (
  card_id text PRIMARY KEY REFERENCES card,
  sha256 bytea NOT NULL CHECK (octet_length(sha256) = 32)
);
REVOKE UPDATE, DELETE ON card_photo FROM ishizue_cards;
