-- A loading is looked at once after it began: its card may have become void just before. What becomes void later is told by cards.
ALTER TABLE loading ADD COLUMN is_looked_at boolean NOT NULL DEFAULT false;
CREATE INDEX loading_new ON loading (loading_id) WHERE NOT is_looked_at;
