-- Since when a message is held: a gap that does not close is told to the duty officer, one of a moment is not.
ALTER TABLE held ADD COLUMN held_since timestamptz NOT NULL DEFAULT now();
