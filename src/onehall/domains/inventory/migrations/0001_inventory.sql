CREATE TABLE number_tier (
    id text COLLATE "C" PRIMARY KEY,
    level smallint NOT NULL CHECK (level > 0),
    prepay bigint NOT NULL CHECK (prepay >= 0),
    min_spend bigint NOT NULL CHECK (min_spend >= 0),
    currency text NOT NULL,
    lock_months smallint NOT NULL CHECK (lock_months >= 0),
    starts timestamptz NOT NULL,
    ends timestamptz,
    jurisdiction text NOT NULL,
    source text NOT NULL
);
CREATE TABLE number_pattern (
    id text COLLATE "C" PRIMARY KEY,
    level smallint NOT NULL CHECK (level > 0),
    shape text NOT NULL,
    but text NOT NULL,
    starts timestamptz NOT NULL,
    ends timestamptz,
    source text NOT NULL
);
-- Every number of the operator, in the home of its digits. `mask`: bit d is set when digit d is among the last eight.
CREATE TABLE number (
    home smallint NOT NULL,
    number text COLLATE "C" NOT NULL,
    id text COLLATE "C" NOT NULL,
    state text NOT NULL CHECK (state IN ('free', 'held', 'sold', 'resting')),
    token text,
    until timestamptz,
    line text COLLATE "C",
    tier smallint NOT NULL,
    unit text COLLATE "C",
    city text,
    mask smallint NOT NULL,
    doc jsonb NOT NULL DEFAULT '{}',
    revision int NOT NULL DEFAULT 1,
    PRIMARY KEY (home, number)
);
CREATE INDEX number_by_id ON number (home, id);
CREATE INDEX number_walk ON number (home, number) WHERE state <> 'sold';
CREATE INDEX number_ends ON number (reverse(number)) WHERE state <> 'sold';
CREATE INDEX number_starts ON number (number) WHERE state <> 'sold';
CREATE INDEX number_nice ON number (tier, home) WHERE state <> 'sold' AND tier > 0;
CREATE INDEX number_mask ON number (mask) WHERE state <> 'sold';
CREATE INDEX number_grams ON number USING gin ((ARRAY[
    substr(right(number, 8), 1, 3), substr(right(number, 8), 2, 3), substr(right(number, 8), 3, 3),
    substr(right(number, 8), 4, 3), substr(right(number, 8), 5, 3), substr(right(number, 8), 6, 3)])) WHERE state <> 'sold';
CREATE TABLE sim (
    home smallint NOT NULL,
    iccid text COLLATE "C" NOT NULL,
    id text COLLATE "C" NOT NULL,
    kind text NOT NULL CHECK (kind IN ('plastic', 'esim')),
    state text NOT NULL CHECK (state IN ('stock', 'reserved', 'written', 'active', 'spoilt', 'retired')),
    unit text COLLATE "C",
    token text,
    until timestamptz,
    line text COLLATE "C",
    imsi text,
    puk bytea,
    doc jsonb NOT NULL DEFAULT '{}',
    revision int NOT NULL DEFAULT 1,
    PRIMARY KEY (home, iccid)
);
CREATE INDEX sim_by_id ON sim (home, id);
CREATE INDEX sim_stock ON sim (kind, unit, iccid) WHERE state IN ('stock', 'reserved');
-- What a party has: lines, the packs on them, and what else was sold (TMF637 Product).
CREATE TABLE product (
    home smallint NOT NULL,
    id text COLLATE "C" NOT NULL,
    kind text NOT NULL CHECK (kind IN ('line', 'pack', 'product')),
    party text COLLATE "C",
    unit text COLLATE "C",
    account text COLLATE "C",
    parent text COLLATE "C",
    number text COLLATE "C",
    iccid text COLLATE "C",
    offering text COLLATE "C",
    price_id text COLLATE "C",
    name jsonb NOT NULL,
    fee bigint NOT NULL DEFAULT 0,
    currency text NOT NULL,
    status text NOT NULL,
    created timestamptz NOT NULL,
    activated timestamptz,
    ended timestamptz,
    contract_until timestamptz,
    lock_until timestamptz,
    min_spend bigint NOT NULL DEFAULT 0,
    contract_months smallint NOT NULL DEFAULT 0,
    lock_months smallint NOT NULL DEFAULT 0,
    suspended_why text[] NOT NULL DEFAULT '{}',
    next_change jsonb,
    doc jsonb NOT NULL DEFAULT '{}',
    revision int NOT NULL DEFAULT 1,
    PRIMARY KEY (home, id)
);
CREATE INDEX product_by_party ON product (home, party);
CREATE INDEX product_by_parent ON product (home, parent) WHERE parent IS NOT NULL;
CREATE INDEX product_by_number ON product (number) WHERE number IS NOT NULL;
CREATE INDEX product_by_unit ON product (unit) WHERE unit IS NOT NULL;
CREATE TABLE sim_replacement (
    home smallint NOT NULL,
    id text COLLATE "C" NOT NULL,
    line text COLLATE "C" NOT NULL,
    party text COLLATE "C" NOT NULL,
    kind text NOT NULL,
    iccid text,
    fee bigint NOT NULL,
    currency text NOT NULL,
    asked timestamptz NOT NULL,
    answer_to text,
    state text NOT NULL CHECK (state IN ('asked', 'done', 'failed')),
    PRIMARY KEY (home, id)
);
CREATE INDEX sim_replacement_by_line ON sim_replacement (home, line, asked);
CREATE TABLE port_out_code (
    home smallint NOT NULL,
    id text COLLATE "C" NOT NULL,
    line text COLLATE "C" NOT NULL,
    number text COLLATE "C" NOT NULL,
    code text NOT NULL,
    made timestamptz NOT NULL,
    expires timestamptz NOT NULL,
    PRIMARY KEY (home, id)
);
CREATE INDEX port_out_code_by_line ON port_out_code (home, line, expires);
