-- What is the same for the whole operator: small, rarely written, kept by every process in memory at one edition.
CREATE TABLE fit_edition (
    id smallint PRIMARY KEY,
    version bigint NOT NULL,
    routing boolean NOT NULL,
    held_out smallint NOT NULL CHECK (held_out BETWEEN 0 AND 100),
    least_minor bigint NOT NULL CHECK (least_minor >= 0)
);
INSERT INTO fit_edition (id, version, routing, held_out, least_minor) VALUES (1, 1, true, 10, 100);
-- A cell that is closed: a function is not offered in a channel, to a band of customers or ('') to all.
CREATE TABLE fit_closed (
    function text NOT NULL,
    channel text NOT NULL,
    band text NOT NULL,
    staff text,
    at timestamptz NOT NULL,
    PRIMARY KEY (function, channel, band)
);
-- What one contact costs us; whether a person serves it; whether customers may be told to go there.
CREATE TABLE contact_cost (
    channel text PRIMARY KEY,
    minor bigint NOT NULL CHECK (minor >= 0),
    currency text NOT NULL,
    human boolean NOT NULL,
    told boolean NOT NULL
);
INSERT INTO contact_cost (channel, minor, currency, human, told) VALUES
    ('web', 5, 'CNY', false, true), ('wechat', 5, 'CNY', false, true), ('sms', 10, 'CNY', false, true),
    ('api', 2, 'CNY', false, false), ('agent', 3, 'CNY', false, false), ('kiosk', 80, 'CNY', false, true),
    ('hotline', 600, 'CNY', true, true), ('desk', 1800, 'CNY', true, true);
