CREATE TABLE fulfilment_plan (
    home smallint NOT NULL,
    order_id text COLLATE "C" NOT NULL,
    state text NOT NULL,
    why jsonb,
    begun timestamptz NOT NULL,
    PRIMARY KEY (home, order_id)
);
CREATE TABLE fulfilment_step (
    home smallint NOT NULL,
    order_id text COLLATE "C" NOT NULL,
    name text NOT NULL,
    state text NOT NULL,
    needs jsonb NOT NULL,
    place smallint NOT NULL,
    result jsonb NOT NULL,
    error text,
    tries smallint NOT NULL DEFAULT 0,
    started timestamptz,
    ended timestamptz,
    PRIMARY KEY (home, order_id, name)
);
CREATE INDEX fulfilment_step_failed ON fulfilment_step (ended) WHERE state = 'failed';
