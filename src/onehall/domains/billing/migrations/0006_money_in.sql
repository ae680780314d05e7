-- What becomes of money: which bills it pays, what it was invoiced by, and what the provider's file says of it. All of one account's
-- is changed under the account's row lock; the constraints hold even without it.
-- Money that was added to an account: `allocated` to bills, `returned` to its payer, `invoiced`; never more than there is.
CREATE TABLE money_in (
    home smallint NOT NULL,
    entry text COLLATE "C" NOT NULL,
    account text COLLATE "C" NOT NULL,
    payment text COLLATE "C",
    minor bigint NOT NULL CHECK (minor > 0),
    currency text NOT NULL,
    paid boolean NOT NULL,
    allocated bigint NOT NULL DEFAULT 0,
    returned bigint NOT NULL DEFAULT 0,
    invoiced bigint NOT NULL DEFAULT 0,
    at timestamptz NOT NULL,
    PRIMARY KEY (home, entry),
    CONSTRAINT money_in_spent CHECK (allocated >= 0 AND returned >= 0 AND allocated + returned <= minor),
    CONSTRAINT money_in_invoiced CHECK (invoiced >= 0 AND invoiced + returned <= minor)
);
CREATE INDEX money_in_by_account ON money_in (home, account, at);
CREATE INDEX money_in_by_payment ON money_in (home, payment) WHERE payment IS NOT NULL;
-- Which bill it pays; below zero it is taken off again. Written and never changed.
CREATE TABLE allocation (
    home smallint NOT NULL,
    id text COLLATE "C" NOT NULL,
    account text COLLATE "C" NOT NULL,
    bill text COLLATE "C" NOT NULL,
    entry text COLLATE "C" NOT NULL,
    payment text COLLATE "C",
    minor bigint NOT NULL CHECK (minor <> 0),
    currency text NOT NULL,
    at timestamptz NOT NULL,
    PRIMARY KEY (home, id)
);
CREATE INDEX allocation_by_bill ON allocation (home, bill);
CREATE INDEX allocation_by_entry ON allocation (home, entry);
ALTER TABLE allocation ADD CONSTRAINT allocation_of_bill FOREIGN KEY (home, bill) REFERENCES customer_bill (home, id);
ALTER TABLE allocation ADD CONSTRAINT allocation_of_money FOREIGN KEY (home, entry) REFERENCES money_in (home, entry);
-- Ways to pay that a customer stored (TMF670). Those that the provider agreed to can be charged.
CREATE TABLE payment_method (
    home smallint NOT NULL,
    id text COLLATE "C" NOT NULL,
    once text NOT NULL,
    kind text NOT NULL,
    name text NOT NULL,
    label text NOT NULL,
    party text,
    account text COLLATE "C",
    unit text COLLATE "C",
    status text NOT NULL CHECK (status IN ('pending', 'active', 'refused', 'stopped')),
    preferred boolean NOT NULL DEFAULT false,
    since timestamptz NOT NULL,
    until timestamptz,
    doc jsonb NOT NULL,
    revision int NOT NULL,
    PRIMARY KEY (home, id),
    UNIQUE (home, once)
);
CREATE INDEX payment_method_by_party ON payment_method (home, party) WHERE party IS NOT NULL;
CREATE UNIQUE INDEX payment_method_of_account ON payment_method (home, account)
    WHERE account IS NOT NULL AND kind = 'autopay' AND status IN ('pending', 'active');
-- Top-up cards. A PIN is kept as a keyed hash only; a card lives in the home of that hash.
CREATE TABLE card_batch (
    home smallint NOT NULL,
    id text COLLATE "C" NOT NULL,
    cards int NOT NULL CHECK (cards > 0),
    minor bigint NOT NULL CHECK (minor > 0),
    currency text NOT NULL,
    expires timestamptz NOT NULL,
    status text NOT NULL CHECK (status IN ('making', 'active', 'blocked')),
    made timestamptz NOT NULL,
    staff text,
    PRIMARY KEY (home, id)
);
CREATE TABLE card (
    home smallint NOT NULL,
    hash text COLLATE "C" NOT NULL,
    batch text COLLATE "C" NOT NULL,
    no text NOT NULL,
    minor bigint NOT NULL CHECK (minor > 0),
    currency text NOT NULL,
    expires timestamptz NOT NULL,
    status text NOT NULL CHECK (status IN ('new', 'used', 'blocked')),
    token text,
    account text COLLATE "C",
    used timestamptz,
    PRIMARY KEY (home, hash),
    CONSTRAINT card_used CHECK ((status = 'used') = (token IS NOT NULL AND account IS NOT NULL AND used IS NOT NULL))
);
CREATE INDEX card_by_batch ON card (batch, no);
-- Tries of PINs that were no card, by account, customer and address.
CREATE TABLE card_guess (
    home smallint NOT NULL,
    name text NOT NULL,
    tries int NOT NULL,
    last timestamptz NOT NULL,
    locked_until timestamptz,
    PRIMARY KEY (home, name)
);
-- The provider's file of a day against the books: a run, its parts, and every difference, kept with what became of it.
CREATE TABLE reconciliation (
    home smallint NOT NULL,
    id text COLLATE "C" NOT NULL,
    provider text NOT NULL,
    day date NOT NULL,
    status text NOT NULL CHECK (status IN ('running', 'done')),
    parts int NOT NULL,
    done int NOT NULL DEFAULT 0,
    lines int NOT NULL,
    matched int NOT NULL DEFAULT 0,
    theirs jsonb NOT NULL,
    ours jsonb NOT NULL DEFAULT '{}',
    started timestamptz NOT NULL,
    ended timestamptz,
    PRIMARY KEY (home, id)
);
CREATE TABLE reconciliation_part (
    home smallint NOT NULL,
    run text COLLATE "C" NOT NULL,
    part int NOT NULL,
    matched int NOT NULL,
    PRIMARY KEY (home, run, part)
);
CREATE TABLE reconciliation_difference (
    home smallint NOT NULL,
    id text COLLATE "C" NOT NULL,
    run text COLLATE "C" NOT NULL,
    day date NOT NULL,
    kind text NOT NULL CHECK (kind IN ('not_here', 'not_there', 'amount', 'currency', 'doubled', 'late', 'refund_not_here',
        'refund_not_there', 'unknown')),
    payment text NOT NULL,
    reference text NOT NULL,
    ours bigint,
    our_currency text,
    theirs bigint,
    their_currency text,
    why jsonb NOT NULL,
    status text NOT NULL CHECK (status IN ('open', 'mended', 'explained', 'decided')),
    note text,
    staff text,
    found timestamptz NOT NULL,
    ended timestamptz,
    PRIMARY KEY (home, id)
);
CREATE INDEX reconciliation_difference_by_day ON reconciliation_difference (home, day, status);
CREATE INDEX reconciliation_difference_by_payment ON reconciliation_difference (home, payment);
CREATE INDEX entry_of_provider ON entry (at) WHERE kind IN ('payment', 'refunded');
-- Invoices: each states money that came in, and the same money stands on one at most. A wrong one is reversed as a whole by a red one.
CREATE TABLE invoice (
    home smallint NOT NULL,
    id text COLLATE "C" NOT NULL,
    once text NOT NULL,
    account text COLLATE "C" NOT NULL,
    party text,
    unit text COLLATE "C",
    bill text COLLATE "C",
    payment text COLLATE "C",
    reverses text COLLATE "C",
    minor bigint NOT NULL CHECK (minor <> 0),
    currency text NOT NULL,
    title text NOT NULL,
    tax_number text,
    email text,
    status text NOT NULL CHECK (status IN ('asked', 'issued', 'refused', 'reversing', 'reversed')),
    number text,
    url text,
    why text,
    asked timestamptz NOT NULL,
    issued timestamptz,
    staff text,
    revision int NOT NULL,
    PRIMARY KEY (home, id),
    UNIQUE (home, once),
    CONSTRAINT invoice_red CHECK ((reverses IS NOT NULL) = (minor < 0))
);
CREATE INDEX invoice_by_party ON invoice (home, party, asked) WHERE party IS NOT NULL;
CREATE UNIQUE INDEX invoice_of_bill ON invoice (home, bill)
    WHERE bill IS NOT NULL AND reverses IS NULL AND status IN ('asked', 'issued', 'reversing');
CREATE UNIQUE INDEX invoice_of_payment ON invoice (home, payment)
    WHERE payment IS NOT NULL AND reverses IS NULL AND status IN ('asked', 'issued', 'reversing');
CREATE UNIQUE INDEX invoice_reversed_once ON invoice (home, reverses) WHERE reverses IS NOT NULL AND status <> 'refused';
CREATE TABLE invoice_part (
    home smallint NOT NULL,
    invoice text COLLATE "C" NOT NULL,
    entry text COLLATE "C" NOT NULL,
    minor bigint NOT NULL CHECK (minor > 0),
    PRIMARY KEY (home, invoice, entry)
);
