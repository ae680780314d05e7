CREATE TABLE login_name (
    home smallint NOT NULL,
    kind text NOT NULL,
    value text NOT NULL,
    party text NOT NULL,
    at timestamptz NOT NULL,
    PRIMARY KEY (home, kind, value)
);
CREATE TABLE one_time_code (
    home smallint NOT NULL,
    phone text NOT NULL,
    purpose text NOT NULL,
    hash bytea NOT NULL,
    expires timestamptz NOT NULL,
    tries_left smallint NOT NULL,
    PRIMARY KEY (home, phone, purpose)
);
CREATE TABLE code_quota (
    home smallint NOT NULL,
    phone text NOT NULL,
    sent timestamptz[] NOT NULL,
    PRIMARY KEY (home, phone)
);
CREATE TABLE session (
    home smallint NOT NULL,
    id text COLLATE "C" NOT NULL,
    party text,
    staff text,
    channel text NOT NULL,
    address text NOT NULL,
    created timestamptz NOT NULL,
    until timestamptz NOT NULL,
    ended timestamptz,
    PRIMARY KEY (home, id)
);
CREATE INDEX session_of_party ON session (home, party) WHERE party IS NOT NULL AND ended IS NULL;
CREATE INDEX session_of_staff ON session (home, staff) WHERE staff IS NOT NULL AND ended IS NULL;
CREATE INDEX session_ended ON session (ended) WHERE ended IS NOT NULL;
CREATE TABLE unit (
    path text COLLATE "C" NOT NULL PRIMARY KEY,
    kind text NOT NULL CHECK (kind IN ('operator', 'province', 'city', 'store')),
    name jsonb NOT NULL
);
CREATE TABLE staff (
    home smallint NOT NULL,
    id text COLLATE "C" NOT NULL,
    username text NOT NULL,
    name text NOT NULL,
    password text NOT NULL,
    totp bytea NOT NULL,
    totp_step bigint NOT NULL DEFAULT 0,
    unit text COLLATE "C" NOT NULL,
    roles text[] NOT NULL,
    active boolean NOT NULL DEFAULT true,
    created timestamptz NOT NULL,
    PRIMARY KEY (home, id),
    UNIQUE (home, username)
);
CREATE INDEX staff_by_unit ON staff (unit);
CREATE TABLE login_tries (
    home smallint NOT NULL,
    kind text NOT NULL,
    name text NOT NULL,
    tries smallint NOT NULL,
    first timestamptz NOT NULL,
    locked_until timestamptz,
    PRIMARY KEY (home, kind, name)
);
CREATE TABLE partner (
    home smallint NOT NULL,
    id text COLLATE "C" NOT NULL,
    client_id text NOT NULL,
    name text NOT NULL,
    secret text NOT NULL,
    scopes text[] NOT NULL,
    active boolean NOT NULL DEFAULT true,
    created timestamptz NOT NULL,
    PRIMARY KEY (home, id),
    UNIQUE (home, client_id)
);
