CREATE TABLE party (
    home smallint NOT NULL,
    id text COLLATE "C" NOT NULL,
    kind text NOT NULL CHECK (kind IN ('individual', 'organization')),
    unit text COLLATE "C",
    status text NOT NULL,
    name text NOT NULL,
    language text,
    phone text,
    email text,
    document_type text,
    document_hash text,
    document_masked text,
    document_sealed bytea,
    real_name_at timestamptz,
    doc jsonb NOT NULL,
    revision integer NOT NULL DEFAULT 1,
    created timestamptz NOT NULL,
    updated timestamptz NOT NULL,
    PRIMARY KEY (home, id)
);
CREATE INDEX party_by_document ON party (home, document_hash) WHERE document_hash IS NOT NULL;
CREATE INDEX party_by_unit ON party (unit);
CREATE INDEX party_by_phone ON party (phone) WHERE phone IS NOT NULL;
CREATE TABLE customer (
    home smallint NOT NULL,
    id text COLLATE "C" NOT NULL,
    party text COLLATE "C" NOT NULL,
    unit text COLLATE "C",
    status text NOT NULL,
    name text NOT NULL,
    doc jsonb NOT NULL,
    revision integer NOT NULL DEFAULT 1,
    created timestamptz NOT NULL,
    PRIMARY KEY (home, id)
);
CREATE INDEX customer_of_party ON customer (home, party);
CREATE INDEX customer_by_unit ON customer (unit);
-- What was shown as proof of a person: sealed as a whole (name, document, face); read by nobody but the identity check.
CREATE TABLE evidence (
    home smallint NOT NULL,
    id text COLLATE "C" NOT NULL,
    journey text NOT NULL,
    party text,
    sealed bytea NOT NULL,
    at timestamptz NOT NULL,
    passed boolean,
    no text,
    reference text,
    answered timestamptz,
    PRIMARY KEY (home, id)
);
CREATE INDEX evidence_of_journey ON evidence (home, journey);
-- The consent ledger: only ever added to. What holds is the newest line of a purpose.
CREATE TABLE consent (
    home smallint NOT NULL,
    id text COLLATE "C" NOT NULL,
    party text COLLATE "C" NOT NULL,
    purpose text NOT NULL,
    allowed boolean NOT NULL,
    channel text NOT NULL,
    words jsonb NOT NULL,
    staff text,
    journey text,
    at timestamptz NOT NULL,
    PRIMARY KEY (home, id)
);
CREATE INDEX consent_of_party ON consent (home, party, purpose, at, id);
-- One row for each document; whoever counts a person's lines locks it first. Its home is that of the hash.
CREATE TABLE person_document (
    home smallint NOT NULL,
    document_hash text NOT NULL,
    seen timestamptz NOT NULL,
    PRIMARY KEY (home, document_hash)
);
-- At most five lines a person. A slot is leased to a token until a time, then kept by a line for good.
CREATE TABLE line_slot (
    home smallint NOT NULL,
    document_hash text NOT NULL,
    slot smallint NOT NULL CHECK (slot BETWEEN 1 AND 5),
    token text NOT NULL,
    until timestamptz NOT NULL,
    line text,
    PRIMARY KEY (home, document_hash, slot),
    UNIQUE (home, document_hash, token)
);
CREATE INDEX line_slot_token ON line_slot (home, token);
-- Which parties showed a document, in the home of its hash; two of one document are one person, to be merged later.
CREATE TABLE document_party (
    home smallint NOT NULL,
    document_hash text NOT NULL,
    party text COLLATE "C" NOT NULL,
    at timestamptz NOT NULL,
    PRIMARY KEY (home, document_hash, party)
);
-- Names that other systems have for a party; a party that is brought in lives in the home of its reference.
CREATE TABLE external_reference (
    home smallint NOT NULL,
    kind text NOT NULL,
    value text NOT NULL,
    party text COLLATE "C" NOT NULL,
    at timestamptz NOT NULL,
    PRIMARY KEY (home, kind, value)
);
