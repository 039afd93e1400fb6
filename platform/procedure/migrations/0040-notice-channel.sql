-- By which way a notice reached whom it is for: on the case's page (who signs in), by the system's post (letter or mail), or through
-- the office, which sees it on the case's page and has to tell (docs/flows/procedure.md step 8).
ALTER TABLE notice ADD COLUMN channel text CHECK (channel IN ('page', 'post', 'office'));
ALTER TABLE notice ADD CONSTRAINT channel_of_delivered CHECK (channel IS NULL OR delivered_at IS NOT NULL);
GRANT UPDATE (channel) ON notice TO ishizue_system;
CREATE INDEX notice_of_case ON notice (case_id, sequence);
