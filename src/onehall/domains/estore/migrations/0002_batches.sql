-- A sheet of orders: the same content sent again is the same sheet. Its lines are worked one after the other.
CREATE TABLE estore_batch (
    home smallint NOT NULL,
    id text COLLATE "C" NOT NULL,
    store text COLLATE "C" NOT NULL,
    name text NOT NULL,
    lines int NOT NULL,
    staff text COLLATE "C",
    at timestamptz NOT NULL,
    PRIMARY KEY (home, id)
);
CREATE INDEX estore_batch_by_store ON estore_batch (home, store, at);
-- A line of a sheet: what it asks for, and how far it came. A reference is done once in a store, in whatever sheet it stands.
ALTER TABLE estore_batch_line
    ADD COLUMN batch text COLLATE "C",
    ADD COLUMN kind text NOT NULL DEFAULT 'open',
    ADD COLUMN key text NOT NULL DEFAULT '',
    ADD COLUMN offering text COLLATE "C" NOT NULL DEFAULT '',
    ADD COLUMN phone text,
    ADD COLUMN state text NOT NULL DEFAULT 'taken' CHECK (state IN ('queued', 'taken', 'refused', 'repeated')),
    ADD COLUMN told timestamptz,
    ADD COLUMN told_by text;
CREATE UNIQUE INDEX estore_batch_line_once ON estore_batch_line (home, store, reference) WHERE request IS NOT NULL;
CREATE INDEX estore_batch_line_by_batch ON estore_batch_line (home, batch, place) WHERE batch IS NOT NULL;
-- A request may be for a new line, for another plan of a line (instead of the request it stands on) or for a pack on one.
ALTER TABLE estore_request
    ADD COLUMN kind text NOT NULL DEFAULT 'open' CHECK (kind IN ('open', 'plan', 'pack')),
    ADD COLUMN replaces text COLLATE "C",
    ADD COLUMN batch text COLLATE "C";
CREATE INDEX estore_request_by_line ON estore_request (home, store, line) WHERE line IS NOT NULL;
