CREATE TABLE journey (
    home smallint NOT NULL,
    id text COLLATE "C" NOT NULL,
    function text NOT NULL,
    version int NOT NULL,
    state text NOT NULL CHECK (state IN ('asking', 'waiting', 'done', 'refused', 'expired', 'cancelled', 'moved')),
    party text,
    unit text,
    staff text,
    channel text NOT NULL,
    channels jsonb NOT NULL,
    holders jsonb NOT NULL,
    source text,
    proof jsonb NOT NULL,
    given jsonb NOT NULL,
    entries jsonb NOT NULL,
    question jsonb,
    said jsonb,
    revision int NOT NULL,
    turn int NOT NULL,
    expires timestamptz NOT NULL,
    moved_to text,
    created timestamptz NOT NULL,
    updated timestamptz NOT NULL,
    PRIMARY KEY (home, id)
);
CREATE INDEX journey_by_party ON journey (home, party, updated) WHERE party IS NOT NULL;
CREATE INDEX journey_by_time ON journey (updated);
CREATE TABLE hand_over (
    home smallint NOT NULL,
    code text NOT NULL,
    journey text NOT NULL,
    party text,
    made_by text NOT NULL,
    expires timestamptz NOT NULL,
    taken_by text,
    taken_at timestamptz,
    PRIMARY KEY (home, code)
);
