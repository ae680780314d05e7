-- Browsers that a customer has asked to be told in; `sealed` are the keys for it.
CREATE TABLE push_device (
    home smallint NOT NULL,
    id text COLLATE "C" NOT NULL,
    party text COLLATE "C" NOT NULL,
    endpoint text NOT NULL,
    sealed bytea NOT NULL,
    since timestamptz NOT NULL,
    PRIMARY KEY (home, id)
);
CREATE INDEX push_device_of_party ON push_device (home, party, since);
