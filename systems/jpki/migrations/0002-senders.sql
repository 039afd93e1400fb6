-- The registry tells JPKI of every change of identity data.
INSERT INTO link.sender (system, to_system) VALUES ('registry', 'jpki');
