-- Which municipality has been told, beside the one that entered, of an entry that is held back: it is told too when that is
-- settled, though another may have the person by then.
ALTER TABLE held_notice ADD COLUMN told text;
