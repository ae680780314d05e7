-- Reference tables: small, rarely written, read by every process through its shelf. A writer bumps the version first,
-- so that writers stand in line and rows of version n are committed when n is seen.
CREATE TABLE catalogue_version (
    id smallint PRIMARY KEY CHECK (id = 1),
    version bigint NOT NULL
);
INSERT INTO catalogue_version (id, version) VALUES (1, 0);
CREATE TABLE product_offering (
    id text COLLATE "C" PRIMARY KEY,
    doc jsonb NOT NULL,
    revision int NOT NULL,
    name text NOT NULL,
    status text NOT NULL,
    kind text NOT NULL DEFAULT '',
    starts timestamptz,
    ends timestamptz,
    updated timestamptz NOT NULL
);
CREATE INDEX product_offering_status ON product_offering (status);
CREATE TABLE product_offering_price (
    id text COLLATE "C" PRIMARY KEY,
    doc jsonb NOT NULL,
    revision int NOT NULL,
    name text,
    status text NOT NULL,
    price_type text,
    starts timestamptz,
    ends timestamptz,
    offering text COLLATE "C",
    updated timestamptz NOT NULL
);
CREATE INDEX product_offering_price_offering ON product_offering_price (offering) WHERE offering IS NOT NULL;
CREATE TABLE product_specification (
    id text COLLATE "C" PRIMARY KEY,
    doc jsonb NOT NULL,
    revision int NOT NULL,
    name text NOT NULL,
    status text NOT NULL,
    updated timestamptz NOT NULL
);
CREATE TABLE category (
    id text COLLATE "C" PRIMARY KEY,
    doc jsonb NOT NULL,
    revision int NOT NULL,
    name text NOT NULL,
    status text NOT NULL,
    updated timestamptz NOT NULL
);
CREATE TABLE catalog (
    id text COLLATE "C" PRIMARY KEY,
    doc jsonb NOT NULL,
    revision int NOT NULL,
    name text NOT NULL,
    status text NOT NULL,
    updated timestamptz NOT NULL
);
-- The terms under which an offering stood in [since, until): what a subscriber holds by price_id for as long as they wish.
CREATE TABLE offering_terms (
    id text COLLATE "C" PRIMARY KEY,
    offering text COLLATE "C" NOT NULL,
    price text COLLATE "C" NOT NULL,
    since timestamptz NOT NULL,
    until timestamptz,
    version bigint NOT NULL,
    body jsonb NOT NULL
);
CREATE INDEX offering_terms_offering ON offering_terms (offering, since);
CREATE INDEX offering_terms_price ON offering_terms (price);
CREATE INDEX offering_terms_version ON offering_terms (version);
