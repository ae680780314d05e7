-- What a member of staff does in the street; all rows lie in the home of that member of staff.
CREATE TABLE kit_number (
    home smallint NOT NULL,
    id text COLLATE "C" NOT NULL,
    staff text COLLATE "C" NOT NULL,
    number text COLLATE "C" NOT NULL,
    token text NOT NULL,
    until timestamptz NOT NULL,
    PRIMARY KEY (home, id)
);
CREATE INDEX kit_number_of_staff ON kit_number (home, staff, until);
CREATE TABLE kit_capture (
    home smallint NOT NULL,
    id text COLLATE "C" NOT NULL,
    staff text COLLATE "C" NOT NULL,
    name text NOT NULL,
    function text NOT NULL,
    journey text COLLATE "C" NOT NULL,
    captured_at timestamptz NOT NULL,
    received_at timestamptz NOT NULL,
    off_seconds int NOT NULL,
    PRIMARY KEY (home, id)
);
CREATE TABLE route_place (
    home smallint NOT NULL,
    id text COLLATE "C" NOT NULL,
    staff text COLLATE "C" NOT NULL,
    name text NOT NULL,
    address text NOT NULL,
    PRIMARY KEY (home, id)
);
CREATE INDEX route_place_of_staff ON route_place (home, staff, id);
CREATE TABLE visit (
    home smallint NOT NULL,
    id text COLLATE "C" NOT NULL,
    staff text COLLATE "C" NOT NULL,
    place text COLLATE "C" NOT NULL,
    result text NOT NULL,
    note text NOT NULL,
    at timestamptz NOT NULL,
    PRIMARY KEY (home, id)
);
CREATE INDEX visit_of_place ON visit (home, place, at);
