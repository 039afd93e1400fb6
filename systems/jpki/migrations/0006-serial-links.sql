-- From a serial number to the others of the person: older and newer ones of the kind, and the other kind's.
CREATE INDEX certificate_handed_out ON certificate (resident_code, kind) WHERE signature IS NOT NULL;
