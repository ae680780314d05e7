-- Scans are kept for a while, and counted for ever. One that followed its guest to a customer is a copy, and counts once.
ALTER TABLE outreach_touch ADD COLUMN followed boolean NOT NULL DEFAULT false;
CREATE TABLE outreach_scanned (
    home smallint NOT NULL,
    code text COLLATE "C" NOT NULL,
    scans bigint NOT NULL,
    PRIMARY KEY (home, code)
);
CREATE INDEX outreach_scanned_by_code ON outreach_scanned (code);
