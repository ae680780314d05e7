CREATE TABLE product_order (
    home smallint NOT NULL,
    id text COLLATE "C" NOT NULL,
    party text NOT NULL,
    unit text,
    state text NOT NULL,
    kind text NOT NULL,
    wanted jsonb NOT NULL,
    doc jsonb NOT NULL,
    channel text NOT NULL,
    source text,
    staff text,
    journey text,
    line text,
    external_id text,
    fixed boolean NOT NULL DEFAULT false,
    failure jsonb,
    ordered timestamptz NOT NULL,
    completed timestamptz,
    revision int NOT NULL,
    PRIMARY KEY (home, id)
);
CREATE INDEX product_order_by_party ON product_order (home, party, id);
CREATE INDEX product_order_by_time ON product_order (ordered);
CREATE TABLE shopping_cart (
    home smallint NOT NULL,
    id text COLLATE "C" NOT NULL,
    party text,
    unit text,
    state text NOT NULL DEFAULT 'active',
    doc jsonb NOT NULL,
    changed timestamptz NOT NULL,
    revision int NOT NULL,
    PRIMARY KEY (home, id)
);
CREATE INDEX shopping_cart_by_party ON shopping_cart (home, party) WHERE party IS NOT NULL;
CREATE TABLE cancel_product_order (
    home smallint NOT NULL,
    id text COLLATE "C" NOT NULL,
    doc jsonb NOT NULL,
    revision int NOT NULL,
    PRIMARY KEY (home, id)
);
