CREATE TABLE event (
    home smallint NOT NULL,
    id text COLLATE "C" NOT NULL,
    at timestamptz NOT NULL,
    type text NOT NULL,
    key text NOT NULL,
    party text,
    staff text,
    journey text,
    function text,
    channel text NOT NULL,
    source text,
    unit text,
    body jsonb NOT NULL,
    PRIMARY KEY (home, id)
);
CREATE INDEX event_by_journey ON event (home, journey, id) WHERE journey IS NOT NULL;
CREATE INDEX event_by_party ON event (home, party, id) WHERE party IS NOT NULL;
CREATE INDEX event_by_key ON event (home, key, id);
CREATE INDEX event_by_time ON event (at);
CREATE TABLE job (
    home smallint NOT NULL,
    id text COLLATE "C" NOT NULL,
    kind text NOT NULL,
    body jsonb NOT NULL,
    lane text,
    works_in smallint,
    due timestamptz NOT NULL,
    lease_until timestamptz NOT NULL,
    lease text,
    tries smallint NOT NULL DEFAULT 0,
    state text NOT NULL DEFAULT 'ready' CHECK (state IN ('ready', 'dead')),
    error text,
    PRIMARY KEY (home, id)
);
CREATE INDEX job_due ON job (due) WHERE state = 'ready';
CREATE INDEX job_lane ON job (home, lane, id) WHERE lane IS NOT NULL AND state = 'ready';
CREATE INDEX job_dead ON job (home, id) WHERE state = 'dead';
