CREATE TABLE sim_bus_message (
    home smallint NOT NULL,
    id text COLLATE "C" NOT NULL,
    subject text NOT NULL,
    key text NOT NULL,
    body text NOT NULL,
    place text COLLATE "C" NOT NULL,
    PRIMARY KEY (home, id)
);
