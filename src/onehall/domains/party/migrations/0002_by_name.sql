-- Staff look for a customer by the beginning of the name.
CREATE INDEX party_by_name ON party (lower(name) COLLATE "C");
