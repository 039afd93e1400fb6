-- A certificate that a card came without is issued at a counter later (docs/flows/renewal.md step 1): a ground of its own.
ALTER TABLE renewal DROP CONSTRAINT renewal_ground_check;
ALTER TABLE renewal ADD CONSTRAINT renewal_ground_check
  CHECK (ground IN ('expiring', 'data-changed', 'stay-extended', 'office-fault', 'first-issue', 'own-wish'));
