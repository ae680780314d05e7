-- One row: how far the log has been told outside, and which process is telling it.
CREATE TABLE bus_relay (
    id smallint PRIMARY KEY CHECK (id = 1),
    place text COLLATE "C" NOT NULL,
    picture text NOT NULL,
    at timestamptz NOT NULL,
    lease text NOT NULL,
    lease_until timestamptz NOT NULL
);
