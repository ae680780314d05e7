CREATE TABLE sim_person (
    home smallint NOT NULL,
    number text NOT NULL,
    name text NOT NULL,
    born date,
    expires date,
    valid boolean NOT NULL,
    alike boolean NOT NULL,
    PRIMARY KEY (home, number)
);
CREATE TABLE sim_identity_check (
    home smallint NOT NULL,
    key text NOT NULL,
    name text NOT NULL,
    document text NOT NULL,
    by_face boolean NOT NULL,
    verdict jsonb NOT NULL,
    at timestamptz NOT NULL,
    PRIMARY KEY (home, key)
);
