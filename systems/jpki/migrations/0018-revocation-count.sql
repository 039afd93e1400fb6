-- Whether anything was revoked since, in one small question (docs/flows/revocation-status.md): how many transactions that
-- revoked are committed, as one snapshot sees it. Each counts itself before it commits, so who sees the same sum sees the same
-- revocations. A sequence would not do: it moves before the commit, and what is read in between is believed afterwards.
-- Many rows, so that nobody waits for another's commit: each takes one that is free, and adds one where none is.
CREATE TABLE revocation_count (
  slot int GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
  transactions bigint NOT NULL
);
REVOKE DELETE ON revocation_count FROM ishizue_jpki;

CREATE FUNCTION count_revocation() RETURNS trigger LANGUAGE plpgsql AS $$
DECLARE
  free int;
BEGIN
  IF current_setting('jpki.revocation_counted', true) = 'yes' THEN
    RETURN NULL;  -- once a transaction
  END IF;
  SELECT slot INTO free FROM jpki.revocation_count LIMIT 1 FOR UPDATE SKIP LOCKED;
  IF FOUND THEN
    UPDATE jpki.revocation_count SET transactions = transactions + 1 WHERE slot = free;
  ELSE
    INSERT INTO jpki.revocation_count (transactions) VALUES (1);
  END IF;
  PERFORM set_config('jpki.revocation_counted', 'yes', true);
  RETURN NULL;
END
$$;
CREATE TRIGGER count_revocation AFTER UPDATE ON certificate
  FOR EACH ROW WHEN (OLD.revoked_at IS NULL AND NEW.revoked_at IS NOT NULL) EXECUTE FUNCTION count_revocation();
