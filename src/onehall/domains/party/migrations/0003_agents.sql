-- What a customer lets a program do for them. `spent` is of the day `spent_on`; a code is shown once, and its hash kept while it is good.
CREATE TABLE agent_grant (
    home smallint NOT NULL,
    id text COLLATE "C" NOT NULL,
    party text COLLATE "C" NOT NULL,
    name text NOT NULL,
    scope text NOT NULL CHECK (scope IN ('look', 'ask', 'spend')),
    each_max bigint NOT NULL CHECK (each_max >= 0),
    day_max bigint NOT NULL CHECK (day_max >= each_max),
    proof smallint NOT NULL,
    code_hash text,
    code_until timestamptz NOT NULL,
    tries smallint NOT NULL DEFAULT 0,
    claimed timestamptz,
    created timestamptz NOT NULL,
    until timestamptz NOT NULL,
    ended timestamptz,
    spent_on date,
    spent bigint NOT NULL DEFAULT 0 CHECK (spent <= day_max),
    PRIMARY KEY (home, id)
);
CREATE INDEX agent_grant_of_party ON agent_grant (home, party);
-- Each yes that was given through a program: how it was got (elicited, limit), and what it was worth in minor units.
CREATE TABLE agent_yes (
    home smallint NOT NULL,
    journey text COLLATE "C" NOT NULL,
    question text NOT NULL,
    turn integer NOT NULL,
    agent_grant text COLLATE "C" NOT NULL,
    way text NOT NULL CHECK (way IN ('elicited', 'limit')),
    amount bigint,
    at timestamptz NOT NULL,
    PRIMARY KEY (home, journey, question, turn)
);
