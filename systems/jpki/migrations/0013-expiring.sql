-- Whose certificates end in the coming months is read a page of holders at a time (docs/flows/expiry-notices.md).
CREATE INDEX certificate_expiring ON certificate (resident_code, kind, serial) INCLUDE (expires_at, card_id)
  WHERE signature IS NOT NULL AND revoked_at IS NULL;
