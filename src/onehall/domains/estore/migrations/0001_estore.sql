-- A private shop: in the home of the organisation that it is for. What belongs to it stands in that home too.
CREATE TABLE estore (
    home smallint NOT NULL,
    id text COLLATE "C" NOT NULL,
    slug text COLLATE "C" NOT NULL,
    kind text NOT NULL CHECK (kind IN ('enterprise', 'building', 'campus')),
    name text NOT NULL,
    look jsonb NOT NULL,
    owner text COLLATE "C" NOT NULL,
    account text COLLATE "C" NOT NULL,
    unit text COLLATE "C",
    status text NOT NULL CHECK (status IN ('open', 'closed')),
    terms jsonb NOT NULL,
    shelf jsonb NOT NULL,
    secret bytea NOT NULL,
    staff text COLLATE "C",
    created timestamptz NOT NULL,
    revision int NOT NULL DEFAULT 1,
    PRIMARY KEY (home, id)
);
CREATE INDEX estore_by_unit ON estore (unit, created);
-- The address of a store, in the home of its words.
CREATE TABLE estore_address (
    home smallint NOT NULL,
    slug text COLLATE "C" NOT NULL,
    store text COLLATE "C" NOT NULL,
    PRIMARY KEY (home, slug)
);
-- Who may join: one row a person of the list that the company sent. `key`: a mail address, a staff or a student number.
CREATE TABLE estore_roster (
    home smallint NOT NULL,
    id text COLLATE "C" NOT NULL,
    store text COLLATE "C" NOT NULL,
    key text NOT NULL,
    name text NOT NULL,
    department text NOT NULL DEFAULT '',
    role text NOT NULL CHECK (role IN ('member', 'approver')),
    since timestamptz,
    until timestamptz,
    revision int NOT NULL DEFAULT 1,
    PRIMARY KEY (home, id)
);
CREATE INDEX estore_roster_by_store ON estore_roster (home, store, key);
CREATE TABLE estore_member (
    home smallint NOT NULL,
    id text COLLATE "C" NOT NULL,
    store text COLLATE "C" NOT NULL,
    party text COLLATE "C" NOT NULL,
    key text NOT NULL,
    name text NOT NULL,
    department text NOT NULL DEFAULT '',
    role text NOT NULL CHECK (role IN ('member', 'approver')),
    proof text NOT NULL CHECK (proof IN ('mail', 'roster', 'student')),
    status text NOT NULL CHECK (status IN ('active', 'ended')),
    joined timestamptz NOT NULL,
    until timestamptz,
    revision int NOT NULL DEFAULT 1,
    PRIMARY KEY (home, id)
);
CREATE UNIQUE INDEX estore_member_key ON estore_member (home, store, key);
-- The stores of a party, in the party's own home.
CREATE TABLE estore_card (
    home smallint NOT NULL,
    id text COLLATE "C" NOT NULL,
    party text COLLATE "C" NOT NULL,
    store text COLLATE "C" NOT NULL,
    slug text COLLATE "C" NOT NULL,
    name text NOT NULL,
    at timestamptz NOT NULL,
    PRIMARY KEY (home, id)
);
CREATE INDEX estore_card_by_party ON estore_card (home, party);
-- What a member asked the company to pay for; `minor` is the company's part a month.
CREATE TABLE estore_request (
    home smallint NOT NULL,
    id text COLLATE "C" NOT NULL,
    store text COLLATE "C" NOT NULL,
    member text COLLATE "C",
    party text COLLATE "C",
    key text NOT NULL,
    token text,
    offering text COLLATE "C" NOT NULL,
    name jsonb NOT NULL,
    number text COLLATE "C",
    fee bigint NOT NULL,
    minor bigint NOT NULL CHECK (minor >= 0),
    part_price text COLLATE "C",
    currency text NOT NULL,
    state text NOT NULL,
    reply_to text,
    why text NOT NULL DEFAULT '',
    asked timestamptz NOT NULL,
    due timestamptz NOT NULL,
    decided timestamptz,
    decided_by text COLLATE "C",
    product_order text COLLATE "C",
    line text COLLATE "C",
    began timestamptz,
    ended timestamptz,
    revision int NOT NULL DEFAULT 1,
    PRIMARY KEY (home, id)
);
CREATE UNIQUE INDEX estore_request_token ON estore_request (home, token) WHERE token IS NOT NULL;
CREATE INDEX estore_request_by_store ON estore_request (home, store, state);
-- Which of a party's orders were made in a store, in the party's home.
CREATE TABLE estore_order (
    home smallint NOT NULL,
    id text COLLATE "C" NOT NULL,
    store text COLLATE "C" NOT NULL,
    request text COLLATE "C" NOT NULL,
    line text COLLATE "C",
    PRIMARY KEY (home, id)
);
CREATE INDEX estore_order_by_line ON estore_order (home, line) WHERE line IS NOT NULL;
-- What became of each line of a sheet of orders; the same line is answered alike for ever.
CREATE TABLE estore_batch_line (
    home smallint NOT NULL,
    id text COLLATE "C" NOT NULL,
    store text COLLATE "C" NOT NULL,
    reference text NOT NULL,
    place int NOT NULL,
    words jsonb NOT NULL,
    request text COLLATE "C",
    number text COLLATE "C",
    at timestamptz NOT NULL,
    PRIMARY KEY (home, id)
);
CREATE INDEX estore_batch_line_by_store ON estore_batch_line (home, store, at);
-- Ways in from the company's own pages that were used up.
CREATE TABLE estore_entry (
    home smallint NOT NULL,
    id text COLLATE "C" NOT NULL,
    store text COLLATE "C" NOT NULL,
    at timestamptz NOT NULL,
    PRIMARY KEY (home, id)
);
