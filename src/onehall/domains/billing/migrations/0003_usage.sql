-- What is used, what it was rated to, and by what an account is charged. Whoever changes the allowances or the totals of an account
-- holds the account's row, so that what one account has is changed by one transaction after another.
ALTER TABLE billing_account ADD COLUMN mode text NOT NULL DEFAULT 'prepaid' CHECK (mode IN ('prepaid', 'postpaid'));
-- Rated and on no bill yet (postpaid), or rated and not covered by money (prepaid): minor units that the customer owes.
ALTER TABLE billing_account ADD COLUMN unbilled bigint NOT NULL DEFAULT 0;
ALTER TABLE billing_account ADD COLUMN credit_limit bigint NOT NULL DEFAULT 0;
ALTER TABLE billing_account ADD COLUMN cycle_day smallint NOT NULL DEFAULT 1 CHECK (cycle_day BETWEEN 1 AND 28);
-- Another account that pays for what the number uses: that of a shared plan.
ALTER TABLE number_account ADD COLUMN payer text;
ALTER TABLE bucket ALTER COLUMN total TYPE numeric;
ALTER TABLE bucket ALTER COLUMN used TYPE numeric;
ALTER TABLE bucket ADD COLUMN reserved numeric NOT NULL DEFAULT 0;
ALTER TABLE bucket ADD COLUMN priority smallint NOT NULL DEFAULT 0;
-- The highest share of it, percent, whose use its owner was told of.
ALTER TABLE bucket ADD COLUMN alerted smallint NOT NULL DEFAULT 0;
ALTER TABLE bucket ADD CONSTRAINT bucket_reserved CHECK (reserved >= 0 AND used + reserved <= total);
-- Which lines may draw from a bucket, and how much each; a bucket without members is for every line of its account.
CREATE TABLE bucket_member (
    home smallint NOT NULL,
    bucket text COLLATE "C" NOT NULL,
    line text NOT NULL,
    most numeric,
    used numeric NOT NULL,
    PRIMARY KEY (home, bucket, line),
    CONSTRAINT bucket_member_used CHECK (used >= 0 AND (most IS NULL OR used <= most))
);
-- What an account is charged by, and when: a line's plan, packs, instalments, discounts.
CREATE TABLE subscription (
    home smallint NOT NULL,
    id text COLLATE "C" NOT NULL,
    account text NOT NULL,
    line text,
    number text,
    product text NOT NULL,
    kind text NOT NULL CHECK (kind IN ('plan', 'pack', 'service', 'instalment', 'discount')),
    offering text NOT NULL,
    price_id text,
    name jsonb NOT NULL,
    fee bigint NOT NULL,
    currency text NOT NULL,
    since timestamptz NOT NULL,
    until timestamptz,
    doc jsonb NOT NULL,
    PRIMARY KEY (home, id)
);
CREATE INDEX subscription_by_account ON subscription (home, account, since);
-- A record of use, once for each record of its source; `version` counts its corrections.
CREATE TABLE usage (
    home smallint NOT NULL,
    id text COLLATE "C" NOT NULL,
    source text NOT NULL,
    record text NOT NULL,
    version int NOT NULL,
    account text NOT NULL,
    line text NOT NULL,
    number text NOT NULL,
    kind text NOT NULL,
    amount numeric NOT NULL CHECK (amount >= 0),
    at timestamptz NOT NULL,
    peer text,
    zone text,
    offering text NOT NULL,
    key text NOT NULL,
    units numeric NOT NULL,
    drawn jsonb,
    left_over numeric NOT NULL,
    minor bigint NOT NULL,
    currency text NOT NULL,
    status text NOT NULL CHECK (status IN ('rated', 'rejected')),
    seen timestamptz NOT NULL,
    batch text,
    PRIMARY KEY (home, id)
);
CREATE INDEX usage_by_account ON usage (home, account, at);
-- What a line used and cost in a month, by service and case of its tariff: what the price of the next unit depends on.
CREATE TABLE usage_month (
    home smallint NOT NULL,
    account text NOT NULL,
    line text NOT NULL,
    month date NOT NULL,
    kind text NOT NULL,
    key text NOT NULL,
    offering text NOT NULL,
    records int NOT NULL,
    amount numeric NOT NULL,
    units numeric NOT NULL,
    left_over numeric NOT NULL,
    minor bigint NOT NULL,
    currency text NOT NULL,
    billed bigint NOT NULL DEFAULT 0,
    latest timestamptz NOT NULL,
    PRIMARY KEY (home, account, line, month, kind, key, offering)
);
-- Records of numbers that nobody has (yet), and of times in which no plan was in force: kept for later, in the number's home.
CREATE TABLE usage_waiting (
    home smallint NOT NULL,
    id text COLLATE "C" NOT NULL,
    number text NOT NULL,
    source text NOT NULL,
    record text NOT NULL,
    body jsonb NOT NULL,
    why text NOT NULL,
    since timestamptz NOT NULL,
    PRIMARY KEY (home, id)
);
CREATE INDEX usage_waiting_by_number ON usage_waiting (home, number);
-- Files of use: how far each was taken in, and which of its lines were refused.
CREATE TABLE usage_file (
    home smallint NOT NULL,
    id text COLLATE "C" NOT NULL,
    name text NOT NULL,
    source text NOT NULL,
    size bigint NOT NULL,
    lines bigint NOT NULL,
    added bigint NOT NULL,
    known bigint NOT NULL,
    waiting bigint NOT NULL,
    refused bigint NOT NULL,
    status text NOT NULL CHECK (status IN ('reading', 'done', 'failed')),
    started timestamptz NOT NULL,
    ended timestamptz,
    PRIMARY KEY (home, id)
);
CREATE TABLE usage_refused (
    home smallint NOT NULL,
    file text COLLATE "C" NOT NULL,
    line bigint NOT NULL,
    why text NOT NULL,
    PRIMARY KEY (home, file, line)
);
