CREATE TABLE sms_dialogue (
    home smallint NOT NULL,
    phone text NOT NULL,
    journey text,
    shown jsonb NOT NULL,
    at timestamptz NOT NULL,
    PRIMARY KEY (home, phone)
);
CREATE TABLE sms_inbound (
    home smallint NOT NULL,
    phone text NOT NULL,
    id text NOT NULL,
    replies jsonb,
    at timestamptz NOT NULL,
    PRIMARY KEY (home, phone, id)
);
