-- The registry tells cards of every change of identity data.
INSERT INTO link.sender (system, to_system) VALUES ('registry', 'cards');
