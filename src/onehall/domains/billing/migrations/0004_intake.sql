-- Taking use in: files that are resumed, records that wait and are told of when they wait too long, what a sender said beside the record.
ALTER TABLE usage_file ADD COLUMN place bigint NOT NULL DEFAULT 0;
ALTER TABLE usage_file ADD COLUMN corrected bigint NOT NULL DEFAULT 0;
-- 'waiting' until it is taken in; 'given_up' when it has waited longer than it may: it is told of and kept.
ALTER TABLE usage_waiting ADD COLUMN state text NOT NULL DEFAULT 'waiting' CHECK (state IN ('waiting', 'given_up'));
ALTER TABLE usage_waiting ADD COLUMN doc jsonb;
CREATE INDEX usage_waiting_by_time ON usage_waiting (since) WHERE state = 'waiting';
-- Which account paid for a number at a time, whoever has the number now.
CREATE INDEX subscription_by_number ON subscription (number, since) WHERE kind = 'plan';
-- What a partner said of a record beside what is rated; made once, with the record.
CREATE TABLE usage_said (
    home smallint NOT NULL,
    id text COLLATE "C" NOT NULL,
    doc jsonb NOT NULL,
    PRIMARY KEY (home, id)
);
CREATE TABLE usage_specification (
    id text COLLATE "C" PRIMARY KEY,
    doc jsonb NOT NULL,
    revision int NOT NULL,
    name text NOT NULL,
    status text NOT NULL,
    updated timestamptz NOT NULL
);
INSERT INTO usage_specification (id, doc, revision, name, status, updated) VALUES
    ('data_mb', '{"name": "Data", "description": "Mobile data, in MB of 1,024 KB", "version": "1.0"}', 1, 'Data', 'Active', '2026-01-01Z'),
    ('voice_min', '{"name": "Calls", "description": "Calls, in minutes", "version": "1.0"}', 1, 'Calls', 'Active', '2026-01-01Z'),
    ('sms', '{"name": "Messages", "description": "Text messages, each", "version": "1.0"}', 1, 'Messages', 'Active', '2026-01-01Z');
