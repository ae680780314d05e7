-- A run keeps its first start. `began`: when it was last begun to go through all accounts; `resumed`: how often it was begun again
-- since then before it was done, and when at last; `repeated`: how often it was gone through again after it was done.
ALTER TABLE bill_run ADD COLUMN began timestamptz;
ALTER TABLE bill_run ADD COLUMN resumed int NOT NULL DEFAULT 0;
ALTER TABLE bill_run ADD COLUMN resumed_at timestamptz;
ALTER TABLE bill_run ADD COLUMN repeated int NOT NULL DEFAULT 0;
-- What a run came to, and all bills against the books: computed when it was done, and again when somebody asks.
CREATE TABLE bill_report (
    home smallint NOT NULL,
    run text COLLATE "C" NOT NULL,
    body jsonb NOT NULL,
    at timestamptz NOT NULL,
    PRIMARY KEY (home, run)
);
