CREATE TABLE sim_push (
    home smallint NOT NULL,
    id text COLLATE "C" NOT NULL,
    endpoint text NOT NULL,
    key text NOT NULL,
    text text NOT NULL,
    at timestamptz NOT NULL,
    PRIMARY KEY (home, id),
    UNIQUE (home, endpoint, key)
);
