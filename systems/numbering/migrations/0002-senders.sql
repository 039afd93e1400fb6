-- The registry tells numbering of new records, and numbering answers on the registry's links.
INSERT INTO link.sender (system, to_system) VALUES ('registry', 'numbering'), ('numbering', 'registry');
