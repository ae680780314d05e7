CREATE TABLE hotline_call (
    home smallint NOT NULL,
    id text NOT NULL,
    phone text NOT NULL,
    stands jsonb NOT NULL,
    wants_agent boolean NOT NULL DEFAULT false,
    agent text,
    over boolean NOT NULL DEFAULT false,
    begun timestamptz NOT NULL,
    at timestamptz NOT NULL,
    PRIMARY KEY (home, id)
);
CREATE INDEX hotline_call_open ON hotline_call (at) WHERE wants_agent AND NOT over;
