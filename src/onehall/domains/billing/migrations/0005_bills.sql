-- Bills: what an account owes for a cycle, said line by line. A bill and its lines are written once and never edited; what was wrong
-- is put right by a credit note. All of it is written under the account's row lock.
-- Until which cycle (its first day) the turn of the month was done: fees in advance charged, allowances granted.
ALTER TABLE billing_account ADD COLUMN turned date;
ALTER TABLE billing_account ADD COLUMN doc jsonb NOT NULL DEFAULT '{}';
-- One run for each cycle, named by its first day, in home 0; its parts lie in the homes of the accounts.
CREATE TABLE bill_run (
    home smallint NOT NULL,
    id text COLLATE "C" NOT NULL,
    cycle date NOT NULL,
    start timestamptz NOT NULL,
    until timestamptz NOT NULL,
    parts int NOT NULL,
    started timestamptz NOT NULL,
    PRIMARY KEY (home, id)
);
-- `last`: the account up to which a part is done.
CREATE TABLE bill_part (
    home smallint NOT NULL,
    run text COLLATE "C" NOT NULL,
    cycle date NOT NULL,
    accounts int NOT NULL,
    bills int NOT NULL,
    faults int NOT NULL,
    last text COLLATE "C" NOT NULL DEFAULT '',
    ended timestamptz,
    PRIMARY KEY (home, run)
);
CREATE INDEX bill_part_by_run ON bill_part (run);
-- Accounts that a run could not bill, and why; the next run tries them again.
CREATE TABLE bill_fault (
    home smallint NOT NULL,
    account text COLLATE "C" NOT NULL,
    cycle date NOT NULL,
    why text NOT NULL,
    at timestamptz NOT NULL,
    PRIMARY KEY (home, account, cycle)
);
-- `sequence` is 0 for the bill of the cycle, 1.. for those on demand within it. Minor units: `total` of its lines (tax contained),
-- `tax` of that, `due` what was to be paid when it was issued (what money was there is taken off), `paid` and `credited` since then.
CREATE TABLE customer_bill (
    home smallint NOT NULL,
    id text COLLATE "C" NOT NULL,
    no text NOT NULL,
    account text COLLATE "C" NOT NULL,
    party text,
    unit text COLLATE "C",
    number text,
    mode text NOT NULL,
    cycle date NOT NULL,
    sequence int NOT NULL,
    start timestamptz NOT NULL,
    until timestamptz NOT NULL,
    kind text NOT NULL CHECK (kind IN ('cycle', 'on_demand', 'final')),
    run text,
    status text NOT NULL CHECK (status IN ('new', 'on_hold', 'validated', 'sent', 'partially_paid', 'settled')),
    currency text NOT NULL,
    total bigint NOT NULL,
    tax bigint NOT NULL,
    due bigint NOT NULL CHECK (due >= 0),
    paid bigint NOT NULL DEFAULT 0 CHECK (paid >= 0),
    credited bigint NOT NULL DEFAULT 0 CHECK (credited >= 0),
    issued timestamptz NOT NULL,
    due_on timestamptz NOT NULL,
    doc jsonb NOT NULL,
    revision int NOT NULL,
    PRIMARY KEY (home, id),
    UNIQUE (home, account, cycle, sequence),
    CONSTRAINT customer_bill_open CHECK (paid + credited <= due)
);
CREATE INDEX customer_bill_by_party ON customer_bill (home, party, issued) WHERE party IS NOT NULL;
CREATE INDEX customer_bill_by_run ON customer_bill (run) WHERE run IS NOT NULL;
CREATE INDEX customer_bill_open_ones ON customer_bill (home, account, cycle, sequence) WHERE paid + credited < due;
-- kind: fee, usage, once, charge, discount, instalment, exit, credit. `minor` contains `tax`; `month` is the cycle it is for.
CREATE TABLE bill_line (
    home smallint NOT NULL,
    id text COLLATE "C" NOT NULL,
    bill text COLLATE "C" NOT NULL,
    place int NOT NULL,
    account text COLLATE "C" NOT NULL,
    party text,
    unit text COLLATE "C",
    kind text NOT NULL,
    what jsonb NOT NULL,
    line text,
    number text,
    offering text NOT NULL,
    service text,
    key text,
    month date NOT NULL,
    amount numeric,
    units numeric,
    left_over numeric,
    records int,
    minor bigint NOT NULL,
    tax bigint NOT NULL,
    rate numeric NOT NULL,
    currency text NOT NULL,
    entry text COLLATE "C",
    at timestamptz NOT NULL,
    doc jsonb NOT NULL,
    PRIMARY KEY (home, id)
);
CREATE INDEX bill_line_by_bill ON bill_line (home, bill, place);
-- Which bill an entry with a part of revenue stands on: one at most. Entries of use are billed by the totals of their months.
CREATE TABLE billed (
    home smallint NOT NULL,
    entry text COLLATE "C" NOT NULL,
    bill text COLLATE "C" NOT NULL,
    PRIMARY KEY (home, entry)
);
CREATE TABLE credit_note (
    home smallint NOT NULL,
    id text COLLATE "C" NOT NULL,
    once text NOT NULL,
    bill text COLLATE "C" NOT NULL,
    line text COLLATE "C",
    account text COLLATE "C" NOT NULL,
    party text,
    unit text COLLATE "C",
    minor bigint NOT NULL CHECK (minor > 0),
    currency text NOT NULL,
    why jsonb NOT NULL,
    entry text COLLATE "C" NOT NULL,
    staff text,
    at timestamptz NOT NULL,
    PRIMARY KEY (home, id),
    UNIQUE (home, once)
);
CREATE INDEX credit_note_by_bill ON credit_note (home, bill);
CREATE TABLE dispute (
    home smallint NOT NULL,
    id text COLLATE "C" NOT NULL,
    bill text COLLATE "C" NOT NULL,
    line text COLLATE "C" NOT NULL,
    account text COLLATE "C" NOT NULL,
    party text,
    unit text COLLATE "C",
    note text NOT NULL,
    status text NOT NULL CHECK (status IN ('open', 'accepted', 'rejected')),
    minor bigint NOT NULL,
    answer text,
    credit text COLLATE "C",
    staff text,
    asked timestamptz NOT NULL,
    decided timestamptz,
    revision int NOT NULL,
    PRIMARY KEY (home, id)
);
CREATE UNIQUE INDEX dispute_once ON dispute (home, line) WHERE status <> 'rejected';
CREATE INDEX dispute_by_bill ON dispute (home, bill);
CREATE INDEX dispute_open ON dispute (asked) WHERE status = 'open';
-- A bill asked for within the cycle, as TMF678 keeps the asking.
CREATE TABLE bill_demand (
    home smallint NOT NULL,
    id text COLLATE "C" NOT NULL,
    account text COLLATE "C" NOT NULL,
    party text,
    unit text COLLATE "C",
    bill text COLLATE "C",
    status text NOT NULL CHECK (status IN ('inProgress', 'rejected', 'done', 'terminatedWithError')),
    doc jsonb NOT NULL,
    at timestamptz NOT NULL,
    revision int NOT NULL,
    PRIMARY KEY (home, id)
);
CREATE INDEX bill_demand_by_party ON bill_demand (home, party) WHERE party IS NOT NULL;
-- Accounts of TMF666 other than billing accounts: of a party, financial, of settlement.
CREATE TABLE other_account (
    home smallint NOT NULL,
    id text COLLATE "C" NOT NULL,
    kind text NOT NULL CHECK (kind IN ('party', 'financial', 'settlement')),
    party text,
    unit text COLLATE "C",
    status text NOT NULL,
    doc jsonb NOT NULL,
    at timestamptz NOT NULL,
    revision int NOT NULL,
    PRIMARY KEY (home, id)
);
CREATE INDEX other_account_by_party ON other_account (home, party) WHERE party IS NOT NULL;
-- How bills may look, where they may be sent, when their cycles begin (TMF666, TMF678).
CREATE TABLE bill_setting (
    id text COLLATE "C" NOT NULL,
    kind text NOT NULL CHECK (kind IN ('format', 'media', 'cycle')),
    doc jsonb NOT NULL,
    revision int NOT NULL,
    PRIMARY KEY (id)
);
-- Tax contained in prices, percent, by what is sold and when. Data of the jurisdiction: an operator sets its own.
CREATE TABLE tax_rate (
    jurisdiction text NOT NULL,
    currency text NOT NULL,
    category text NOT NULL,
    effective_from date NOT NULL,
    effective_to date,
    percent numeric NOT NULL CHECK (percent >= 0),
    source text NOT NULL,
    verified boolean NOT NULL,
    PRIMARY KEY (jurisdiction, category, effective_from)
);
INSERT INTO tax_rate (jurisdiction, currency, category, effective_from, effective_to, percent, source, verified) VALUES
    ('CN', 'CNY', 'basic', '2019-04-01', NULL, 9, 'VAT on basic telecom services; unverified', false),
    ('CN', 'CNY', 'value_added', '2019-04-01', NULL, 6, 'VAT on value-added telecom services; unverified', false),
    ('CN', 'CNY', 'goods', '2019-04-01', NULL, 13, 'VAT on goods (handsets); unverified', false);
INSERT INTO bill_setting (id, kind, doc, revision) VALUES
    ('page', 'format', '{"name": "Page", "description": "A page in the online hall"}', 1),
    ('pdf', 'format', '{"name": "PDF", "description": "A document to keep or to print"}', 1),
    ('csv', 'format', '{"name": "CSV", "description": "Lines for a spreadsheet"}', 1),
    ('online', 'media', '{"name": "Online hall"}', 1),
    ('mail', 'media', '{"name": "E-mail"}', 1),
    ('day-1', 'cycle', '{"name": "From the 1st", "billingPeriod": "month", "frequency": "1", "billingDateShift": 0, "paymentDueDateOffset": 20}', 1);
