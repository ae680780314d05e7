CREATE TABLE sim_agreement (
    home smallint NOT NULL,
    agreement text NOT NULL,
    phone text NOT NULL,
    status text NOT NULL,
    at timestamptz NOT NULL,
    PRIMARY KEY (home, agreement)
);
CREATE TABLE sim_invoice (
    home smallint NOT NULL,
    key text NOT NULL,
    number text NOT NULL,
    title text NOT NULL,
    minor bigint NOT NULL,
    currency text NOT NULL,
    reverses text,
    asked timestamptz NOT NULL,
    ready timestamptz NOT NULL,
    status text NOT NULL,
    PRIMARY KEY (home, key)
);
CREATE TABLE sim_mail (
    home smallint NOT NULL,
    key text NOT NULL,
    address text NOT NULL,
    subject text NOT NULL,
    text text NOT NULL,
    files jsonb NOT NULL,
    at timestamptz NOT NULL,
    PRIMARY KEY (home, key)
);
CREATE INDEX sim_mail_by_address ON sim_mail (home, address);
