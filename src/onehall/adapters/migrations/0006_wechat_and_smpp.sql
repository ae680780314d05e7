CREATE TABLE sim_wechat (
    home smallint NOT NULL,
    id text COLLATE "C" NOT NULL,
    openid text NOT NULL,
    key text NOT NULL,
    kind text NOT NULL,
    text text NOT NULL,
    at timestamptz NOT NULL,
    PRIMARY KEY (home, id),
    UNIQUE (home, openid, kind, key)
);
CREATE INDEX sim_wechat_by_openid ON sim_wechat (home, openid, id);
CREATE TABLE sms_sent (
    home smallint NOT NULL,
    phone text NOT NULL,
    key text NOT NULL,
    part smallint NOT NULL,
    centre_id text NOT NULL,
    state text NOT NULL,
    error text NOT NULL,
    at timestamptz NOT NULL,
    PRIMARY KEY (home, phone, key, part)
);
CREATE INDEX sms_sent_by_centre_id ON sms_sent (home, phone, centre_id);
CREATE TABLE sms_part (
    home smallint NOT NULL,
    phone text NOT NULL,
    ref text NOT NULL,
    place smallint NOT NULL,
    text text NOT NULL,
    at timestamptz NOT NULL,
    PRIMARY KEY (home, phone, ref, place)
);
