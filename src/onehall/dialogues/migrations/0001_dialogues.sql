CREATE TABLE dialogue (
    home smallint NOT NULL,
    channel text NOT NULL,
    speaker text NOT NULL,
    journey text,
    shown jsonb NOT NULL,
    at timestamptz NOT NULL,
    PRIMARY KEY (home, channel, speaker)
);
CREATE TABLE dialogue_message (
    home smallint NOT NULL,
    channel text NOT NULL,
    speaker text NOT NULL,
    id text NOT NULL,
    replies jsonb,
    at timestamptz NOT NULL,
    PRIMARY KEY (home, channel, speaker, id)
);
