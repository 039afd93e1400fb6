-- Cards that became void and of which a system that keeps something of cards was not told yet (src/card/void-cards.ts). Written with
-- the change itself; as long as the voids since the last look, whatever the number of cards.
CREATE TABLE void_card_untold (
  card_id text PRIMARY KEY REFERENCES card
);
CREATE FUNCTION note_void() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
  INSERT INTO cards.void_card_untold (card_id) VALUES (NEW.card_id) ON CONFLICT DO NOTHING;
  RETURN NULL;
END
$$;
CREATE TRIGGER note_void AFTER INSERT ON card_change FOR EACH ROW WHEN (NEW.state = 'void') EXECUTE FUNCTION note_void();
