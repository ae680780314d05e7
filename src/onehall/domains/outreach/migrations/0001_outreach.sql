-- A code lives in the home of its own letters; its owners, one after another, beside it.
CREATE TABLE outreach_code (
    home smallint NOT NULL,
    code text COLLATE "C" NOT NULL,
    kind text NOT NULL CHECK (kind IN ('store', 'clerk', 'shelf', 'campaign')),
    state text NOT NULL CHECK (state IN ('active', 'ended')),
    unit text COLLATE "C",
    staff text COLLATE "C",
    campaign text,
    offering text COLLATE "C",
    label text NOT NULL DEFAULT '',
    batch text COLLATE "C",
    made timestamptz NOT NULL,
    revision int NOT NULL DEFAULT 1,
    PRIMARY KEY (home, code)
);
CREATE INDEX outreach_code_by_unit ON outreach_code (unit, made);
CREATE TABLE outreach_owner (
    home smallint NOT NULL,
    code text COLLATE "C" NOT NULL,
    since timestamptz NOT NULL,
    unit text COLLATE "C",
    staff text COLLATE "C",
    campaign text,
    by_staff text COLLATE "C",
    PRIMARY KEY (home, code, since)
);
CREATE TABLE outreach_batch (
    home smallint NOT NULL,
    id text COLLATE "C" NOT NULL,
    unit text COLLATE "C",
    made timestamptz NOT NULL,
    by_staff text COLLATE "C",
    codes jsonb NOT NULL,
    PRIMARY KEY (home, id)
);
CREATE INDEX outreach_batch_by_unit ON outreach_batch (unit, made);
-- Scans lie with whoever scanned: a guest's where the guest's name leads, a customer's in their own home.
CREATE TABLE outreach_touch (
    home smallint NOT NULL,
    carrier text COLLATE "C" NOT NULL,
    id text COLLATE "C" NOT NULL,
    code text COLLATE "C" NOT NULL,
    kind text NOT NULL,
    unit text COLLATE "C",
    staff text COLLATE "C",
    campaign text,
    channel text NOT NULL,
    at timestamptz NOT NULL,
    PRIMARY KEY (home, carrier, id)
);
CREATE INDEX outreach_touch_latest ON outreach_touch (home, carrier, at);
CREATE INDEX outreach_touch_by_code ON outreach_touch (code, at);
-- To whom an order is credited, with the scans that were weighed: beside the order, never changed.
CREATE TABLE outreach_credit (
    home smallint NOT NULL,
    order_id text COLLATE "C" NOT NULL,
    party text COLLATE "C" NOT NULL,
    access text NOT NULL,
    source text,
    code text COLLATE "C",
    unit text COLLATE "C",
    staff text COLLATE "C",
    campaign text,
    assisted text COLLATE "C",
    scans jsonb NOT NULL,
    rule text NOT NULL,
    at timestamptz NOT NULL,
    PRIMARY KEY (home, order_id)
);
CREATE INDEX outreach_credit_by_code ON outreach_credit (code, at) WHERE code IS NOT NULL;
-- How many cards lie in a store and in the centre, as last counted: a landing page does not walk through the shelves.
CREATE TABLE outreach_stock (
    home smallint NOT NULL,
    unit text COLLATE "C" NOT NULL,
    here int NOT NULL,
    centre int NOT NULL,
    counted timestamptz NOT NULL,
    PRIMARY KEY (home, unit)
);
CREATE TABLE queue_day (
    home smallint NOT NULL,
    unit text COLLATE "C" NOT NULL,
    day date NOT NULL,
    last int NOT NULL,
    PRIMARY KEY (home, unit, day)
);
CREATE TABLE queue_ticket (
    home smallint NOT NULL,
    id text COLLATE "C" NOT NULL,
    unit text COLLATE "C" NOT NULL,
    day date NOT NULL,
    number int NOT NULL,
    state text NOT NULL CHECK (state IN ('waiting', 'called', 'served', 'no_show', 'left')),
    token text NOT NULL,
    carrier text COLLATE "C" NOT NULL,
    channel text NOT NULL,
    source text,
    taken timestamptz NOT NULL,
    called timestamptz,
    staff text COLLATE "C",
    calls int NOT NULL DEFAULT 0,
    PRIMARY KEY (home, id)
);
CREATE UNIQUE INDEX queue_ticket_token ON queue_ticket (home, token);
CREATE UNIQUE INDEX queue_ticket_number ON queue_ticket (home, unit, day, number);
CREATE UNIQUE INDEX queue_ticket_once ON queue_ticket (home, unit, day, carrier) WHERE state IN ('waiting', 'called');
CREATE INDEX queue_ticket_line ON queue_ticket (home, unit, day, state, number);
