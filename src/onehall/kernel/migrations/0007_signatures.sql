-- What a person put their name to, sealed.
CREATE TABLE signature (
    home smallint NOT NULL,
    id text COLLATE "C" NOT NULL,
    journey text COLLATE "C",
    sealed bytea NOT NULL,
    at timestamptz NOT NULL,
    PRIMARY KEY (home, id)
);
