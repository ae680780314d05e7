-- Campaigns are few, and read by every worker for every home: a reference table. `lanes` are those that have come to their end.
CREATE TABLE campaign (
    id text COLLATE "C" PRIMARY KEY,
    state text NOT NULL CHECK (state IN ('draft', 'running', 'paused', 'stopped', 'done')),
    name text NOT NULL,
    texts jsonb NOT NULL,
    ways text[] NOT NULL,
    audience jsonb NOT NULL,
    unit text COLLATE "C",
    staff text,
    lanes smallint[] NOT NULL DEFAULT '{}',
    created timestamptz NOT NULL,
    began timestamptz,
    ended timestamptz
);
CREATE INDEX campaign_by_time ON campaign (created);
-- What a campaign did for one customer, once: sent by a way at a time, or not, and why. It lives in the customer's home.
CREATE TABLE campaign_contact (
    home smallint NOT NULL,
    id text COLLATE "C" NOT NULL,
    campaign text COLLATE "C" NOT NULL,
    party text COLLATE "C" NOT NULL,
    state text NOT NULL CHECK (state IN ('suppressed', 'sent', 'delivered', 'withdrawn', 'failed')),
    way text NOT NULL,
    address text NOT NULL,
    language text NOT NULL,
    why text NOT NULL,
    at timestamptz NOT NULL,
    ended timestamptz,
    PRIMARY KEY (home, id)
);
CREATE UNIQUE INDEX campaign_contact_once ON campaign_contact (home, party, campaign);
CREATE INDEX campaign_contact_counts ON campaign_contact (campaign, state, why, way);
