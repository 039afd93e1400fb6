-- a business system's own table, so that tests can change it and write the entry in one transaction
CREATE TABLE visit (id int PRIMARY KEY);
