-- Which lists have something new is asked by the time of revocation (docs/flows/revocation-status.md).
CREATE INDEX certificate_revoked_lately ON certificate (revoked_at) WHERE revoked_at IS NOT NULL;
