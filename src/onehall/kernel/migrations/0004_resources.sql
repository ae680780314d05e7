-- Who asked to be told of changes; a small table that is rarely written, so every home reads it.
CREATE TABLE hub (
    id text COLLATE "C" PRIMARY KEY,
    api text NOT NULL,
    callback text NOT NULL,
    query text NOT NULL,
    owner text NOT NULL,
    secret text NOT NULL,
    at timestamptz NOT NULL
);
CREATE INDEX hub_api ON hub (api);
-- The answers to requests that carried a key, in the home of the row that was made: the same key has the same answer.
CREATE TABLE answered (
    home smallint NOT NULL,
    key text COLLATE "C" NOT NULL,
    fingerprint text NOT NULL,
    status smallint,
    id text,
    revision integer,
    body text,
    at timestamptz NOT NULL,
    PRIMARY KEY (home, key)
);
CREATE INDEX answered_at ON answered (at);
