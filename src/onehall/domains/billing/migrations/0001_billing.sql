CREATE TABLE billing_account (
    home smallint NOT NULL,
    id text COLLATE "C" NOT NULL,
    party text,
    unit text COLLATE "C",
    line text,
    number text,
    status text NOT NULL CHECK (status IN ('open', 'closed')),
    currency text NOT NULL,
    balance bigint NOT NULL,
    reserved bigint NOT NULL,
    deposit bigint NOT NULL,
    floor bigint NOT NULL,
    opened timestamptz NOT NULL,
    revision int NOT NULL,
    PRIMARY KEY (home, id),
    CONSTRAINT billing_account_floor CHECK (balance - reserved >= floor),
    CONSTRAINT billing_account_reserved CHECK (reserved >= 0),
    CONSTRAINT billing_account_deposit CHECK (deposit >= 0)
);
CREATE INDEX billing_account_by_party ON billing_account (home, party) WHERE party IS NOT NULL;
CREATE INDEX billing_account_by_line ON billing_account (home, line) WHERE line IS NOT NULL;
-- Which account a number pays into, in the home of the number.
CREATE TABLE number_account (
    home smallint NOT NULL,
    number text NOT NULL,
    account text NOT NULL,
    PRIMARY KEY (home, number)
);
-- The journal: entries and their legs are written and never changed.
CREATE TABLE entry (
    home smallint NOT NULL,
    id text COLLATE "C" NOT NULL,
    once text NOT NULL,
    kind text NOT NULL,
    what jsonb NOT NULL,
    of text,
    account text,
    payment text,
    at timestamptz NOT NULL,
    party text,
    staff text,
    journey text,
    channel text NOT NULL,
    unit text COLLATE "C",
    PRIMARY KEY (home, id),
    UNIQUE (home, once)
);
CREATE INDEX entry_by_account ON entry (home, account, at) WHERE account IS NOT NULL;
CREATE TABLE posting (
    home smallint NOT NULL,
    id text COLLATE "C" NOT NULL,
    entry text COLLATE "C" NOT NULL,
    book text NOT NULL,
    owner text NOT NULL,
    minor bigint NOT NULL CHECK (minor <> 0),
    currency text NOT NULL,
    PRIMARY KEY (home, id)
);
CREATE INDEX posting_by_entry ON posting (home, entry);
CREATE INDEX posting_by_book ON posting (home, book, owner);
CREATE TABLE bucket (
    home smallint NOT NULL,
    id text COLLATE "C" NOT NULL,
    account text NOT NULL,
    kind text NOT NULL CHECK (kind IN ('data_mb', 'voice_min', 'sms')),
    of text NOT NULL,
    name jsonb NOT NULL,
    total bigint NOT NULL CHECK (total >= 0),
    used bigint NOT NULL,
    start timestamptz NOT NULL,
    until timestamptz,
    status text NOT NULL CHECK (status IN ('active', 'suspended', 'expired')),
    revision int NOT NULL,
    PRIMARY KEY (home, id),
    CONSTRAINT bucket_used CHECK (used >= 0 AND used <= total)
);
CREATE INDEX bucket_by_account ON bucket (home, account, kind, until);
CREATE TABLE bucket_use (
    home smallint NOT NULL,
    id text COLLATE "C" NOT NULL,
    once text NOT NULL,
    account text NOT NULL,
    kind text NOT NULL,
    amount bigint NOT NULL CHECK (amount > 0),
    at timestamptz NOT NULL,
    PRIMARY KEY (home, id),
    UNIQUE (home, once)
);
CREATE TABLE payment (
    home smallint NOT NULL,
    id text COLLATE "C" NOT NULL,
    once text NOT NULL,
    party text,
    account text,
    unit text COLLATE "C",
    to_journey text,
    minor bigint NOT NULL CHECK (minor > 0),
    currency text NOT NULL,
    text jsonb NOT NULL,
    channel text NOT NULL,
    status text NOT NULL CHECK (status IN ('pending', 'done', 'failed', 'expired', 'voided', 'late')),
    method text,
    url text,
    reference text,
    received bigint NOT NULL,
    spent bigint NOT NULL,
    staff text,
    doc jsonb NOT NULL,
    asked timestamptz NOT NULL,
    until timestamptz NOT NULL,
    settled timestamptz,
    revision int NOT NULL,
    PRIMARY KEY (home, id),
    UNIQUE (home, once),
    CONSTRAINT payment_spent CHECK (spent >= 0 AND spent <= received)
);
CREATE INDEX payment_by_party ON payment (home, party, asked) WHERE party IS NOT NULL;
CREATE INDEX payment_by_account ON payment (home, account) WHERE account IS NOT NULL;
CREATE INDEX payment_by_day ON payment (settled) WHERE settled IS NOT NULL;
CREATE TABLE refund (
    home smallint NOT NULL,
    id text COLLATE "C" NOT NULL,
    once text NOT NULL,
    payment text NOT NULL,
    account text,
    party text,
    unit text COLLATE "C",
    minor bigint NOT NULL CHECK (minor > 0),
    currency text NOT NULL,
    why jsonb NOT NULL,
    method text NOT NULL,
    status text NOT NULL CHECK (status IN ('requested', 'done', 'failed')),
    staff text,
    doc jsonb NOT NULL,
    asked timestamptz NOT NULL,
    settled timestamptz,
    revision int NOT NULL,
    PRIMARY KEY (home, id),
    UNIQUE (home, once)
);
CREATE INDEX refund_by_payment ON refund (home, payment);
CREATE INDEX refund_by_party ON refund (home, party) WHERE party IS NOT NULL;
CREATE TABLE balance_action (
    home smallint NOT NULL,
    id text COLLATE "C" NOT NULL,
    kind text NOT NULL CHECK (kind IN ('topup', 'adjust', 'reserve')),
    account text NOT NULL,
    party text,
    unit text COLLATE "C",
    status text NOT NULL CHECK (status IN ('created', 'completed', 'cancelled', 'failed')),
    minor bigint NOT NULL,
    currency text NOT NULL,
    doc jsonb NOT NULL,
    at timestamptz NOT NULL,
    until timestamptz,
    revision int NOT NULL,
    PRIMARY KEY (home, id)
);
CREATE INDEX balance_action_by_account ON balance_action (home, account, at);
CREATE INDEX balance_action_by_party ON balance_action (home, party, at) WHERE party IS NOT NULL;
