-- Lists are files: the table says which one is served, the log every one that was. A list of before has no file yet;
-- it is made anew, under its next number, when the house is opened.
CREATE TABLE publication (
  kind text NOT NULL,
  generation smallint NOT NULL,
  point int NOT NULL,                       -- 0: of the whole generation
  number bigint NOT NULL,
  this_update timestamptz(3) NOT NULL,
  entries int NOT NULL,
  bytes bigint NOT NULL,
  sha256 bytea NOT NULL CHECK (octet_length(sha256) = 32),
  duration_ms int NOT NULL,                 -- from the first row to the file on the disk
  PRIMARY KEY (kind, generation, point, number),
  FOREIGN KEY (kind, generation) REFERENCES authority
);
CREATE INDEX publication_by_time ON publication (this_update);
INSERT INTO publication (kind, generation, point, number, this_update, entries, bytes, sha256, duration_ms)
SELECT kind, generation, point, number, this_update, entries, octet_length(der), sha256, 0 FROM crl;
REVOKE UPDATE ON publication FROM ishizue_jpki;

ALTER TABLE crl DROP COLUMN sha256, DROP COLUMN der, DROP COLUMN entries;
ALTER TABLE crl ADD FOREIGN KEY (kind, generation, point, number) REFERENCES publication;

-- Lists are read from these alone, in the order of their entries.
DROP INDEX certificate_revoked;
CREATE INDEX certificate_revoked ON certificate (point, generation, serial)
  INCLUDE (revoked_at, reason, expires_at) WHERE revoked_at IS NOT NULL;
CREATE INDEX certificate_revoked_of_generation ON certificate (kind, generation, serial)
  INCLUDE (revoked_at, reason, expires_at) WHERE revoked_at IS NOT NULL;
