-- Allowances shared, given away and carried over; reservations of calls in progress; limits, and what was told once.
-- Who draws from what an account was granted by a product: its own line, and members whose numbers it pays for. In the payer's home.
CREATE TABLE share (
    home smallint NOT NULL,
    id text COLLATE "C" NOT NULL,
    account text NOT NULL,
    of text NOT NULL,
    name jsonb NOT NULL,
    line text NOT NULL,
    number text NOT NULL,
    member_account text,
    own boolean NOT NULL,
    most numeric CHECK (most >= 0),
    status text NOT NULL CHECK (status IN ('invited', 'active', 'declined', 'left', 'removed')),
    since timestamptz NOT NULL,
    until timestamptz,
    PRIMARY KEY (home, id)
);
CREATE INDEX share_by_account ON share (home, account);
-- The invitation as its member sees it, in the member's home.
CREATE TABLE share_offer (
    home smallint NOT NULL,
    id text COLLATE "C" NOT NULL,
    share text NOT NULL,
    account text NOT NULL,
    party text,
    line text NOT NULL,
    number text NOT NULL,
    payer text NOT NULL,
    name jsonb NOT NULL,
    most numeric,
    status text NOT NULL CHECK (status IN ('open', 'accepted', 'declined', 'ended')),
    at timestamptz NOT NULL,
    until timestamptz NOT NULL,
    PRIMARY KEY (home, id)
);
CREATE INDEX share_offer_by_party ON share_offer (home, party) WHERE party IS NOT NULL;
CREATE TABLE gift (
    home smallint NOT NULL,
    id text COLLATE "C" NOT NULL,
    account text NOT NULL,
    bucket text NOT NULL,
    number text NOT NULL,
    amount numeric NOT NULL CHECK (amount > 0),
    status text NOT NULL CHECK (status IN ('sent', 'arrived', 'returned')),
    at timestamptz NOT NULL,
    PRIMARY KEY (home, id)
);
CREATE INDEX gift_by_account ON gift (home, account, at);
-- Units and money set aside for a call or session in progress.
CREATE TABLE reservation (
    home smallint NOT NULL,
    id text COLLATE "C" NOT NULL,
    account text NOT NULL,
    line text NOT NULL,
    number text NOT NULL,
    kind text NOT NULL,
    source text NOT NULL,
    wanted numeric NOT NULL CHECK (wanted > 0),
    granted numeric NOT NULL CHECK (granted > 0),
    drawn jsonb,
    minor bigint NOT NULL CHECK (minor >= 0),
    currency text NOT NULL,
    peer text,
    zone text,
    status text NOT NULL CHECK (status IN ('reserved', 'committed', 'released', 'expired')),
    at timestamptz NOT NULL,
    until timestamptz NOT NULL,
    PRIMARY KEY (home, id)
);
CREATE INDEX reservation_by_account ON reservation (home, account) WHERE status = 'reserved';
-- When a line was last met in a zone away from home.
CREATE TABLE roaming (
    home smallint NOT NULL,
    account text NOT NULL,
    line text NOT NULL,
    zone text NOT NULL,
    since timestamptz NOT NULL,
    PRIMARY KEY (home, line, zone)
);
-- What a customer allows themselves in a month, and which month they were told that it is used up.
ALTER TABLE billing_account ADD COLUMN spend_limit bigint CHECK (spend_limit >= 0);
ALTER TABLE billing_account ADD COLUMN data_cap numeric CHECK (data_cap >= 0);
ALTER TABLE billing_account ADD COLUMN limit_told date;
-- Whether its owner was told that the credit is used up; set again to false when it is not.
ALTER TABLE billing_account ADD COLUMN credit_reached boolean NOT NULL DEFAULT false;
-- Why its line stands still for money, since when, and when the money came that ended it.
CREATE TABLE barring (
    home smallint NOT NULL,
    account text NOT NULL,
    why text NOT NULL CHECK (why IN ('credit', 'arrears', 'empty')),
    since timestamptz NOT NULL,
    paid timestamptz,
    ended timestamptz,
    PRIMARY KEY (home, account, why)
);
-- A question of TMF677 with its answer.
CREATE TABLE consumption_query (
    home smallint NOT NULL,
    id text COLLATE "C" NOT NULL,
    party text,
    unit text COLLATE "C",
    doc jsonb NOT NULL,
    at timestamptz NOT NULL,
    revision int NOT NULL,
    PRIMARY KEY (home, id)
);
ALTER TABLE balance_action DROP CONSTRAINT balance_action_kind_check;
ALTER TABLE balance_action ADD CONSTRAINT balance_action_kind CHECK (kind IN ('topup', 'adjust', 'reserve', 'transfer'));
