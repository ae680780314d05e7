CREATE TABLE sim_payment (
    home smallint NOT NULL,
    payment text NOT NULL,
    minor bigint NOT NULL,
    currency text NOT NULL,
    text text NOT NULL,
    status text NOT NULL,
    reference text NOT NULL,
    until timestamptz NOT NULL,
    at timestamptz NOT NULL,
    PRIMARY KEY (home, payment)
);
CREATE TABLE sim_refund (
    home smallint NOT NULL,
    refund text NOT NULL,
    payment text NOT NULL,
    minor bigint NOT NULL,
    currency text NOT NULL,
    at timestamptz NOT NULL,
    PRIMARY KEY (home, refund)
);
