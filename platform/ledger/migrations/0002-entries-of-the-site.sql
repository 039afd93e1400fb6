-- A transaction writes entries of the site that it works for (ishizue.site), and of no other. The setting is read once a
-- statement, not once a row. Whoever may insert is under the policy, the owner too; the sealer and the readers of the
-- ledger see all sites.
ALTER TABLE entry ENABLE ROW LEVEL SECURITY, FORCE ROW LEVEL SECURITY;
CREATE POLICY of_scope ON entry FOR INSERT WITH CHECK (site = (SELECT current_setting('ishizue.site', true)));
CREATE POLICY read ON entry FOR SELECT TO ishizue_ledger USING (true);
