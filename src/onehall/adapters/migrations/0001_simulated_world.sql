CREATE TABLE sim_switch (
    adapter text NOT NULL,
    name text NOT NULL,
    value jsonb NOT NULL,
    PRIMARY KEY (adapter, name)
);
CREATE TABLE sim_message (
    home smallint NOT NULL,
    id text COLLATE "C" NOT NULL,
    phone text NOT NULL,
    key text NOT NULL,
    text text NOT NULL,
    way text NOT NULL DEFAULT 'to',
    at timestamptz NOT NULL,
    PRIMARY KEY (home, id),
    UNIQUE (home, phone, way, key)
);
CREATE INDEX sim_message_by_phone ON sim_message (home, phone, id);
CREATE TABLE sim_subscriber (
    home smallint NOT NULL,
    number text NOT NULL,
    imsi text NOT NULL,
    state text NOT NULL,
    services jsonb NOT NULL,
    keys jsonb NOT NULL,
    at timestamptz NOT NULL,
    PRIMARY KEY (home, number)
);
CREATE TABLE sim_card_written (
    home smallint NOT NULL,
    iccid text NOT NULL,
    number text NOT NULL,
    kind text NOT NULL,
    key text NOT NULL,
    done boolean NOT NULL,
    why text NOT NULL,
    at timestamptz NOT NULL,
    PRIMARY KEY (home, iccid, key)
);
