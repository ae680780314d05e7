-- What programs may do here: the most particular line counts (a function, then its family as "family:query", then "*"); a column
-- left empty is that of the next. `admits`: yes (as far as the customer's grant goes), person (begun, and handed to the person), no.
CREATE TABLE agent_policy (
    name text PRIMARY KEY,
    admits text CHECK (admits IN ('yes', 'person', 'no')),
    own_yes boolean,
    proof smallint,
    each_max bigint CHECK (each_max >= 0),
    day_max bigint CHECK (day_max >= 0)
);
INSERT INTO agent_policy (name, admits, own_yes, proof, each_max, day_max) VALUES
    ('*', 'yes', false, 2, 5000, 10000),
    ('pack.add', NULL, true, NULL, NULL, NULL),
    ('realname.register', 'person', NULL, NULL, NULL, NULL),
    ('port_out.check', 'person', NULL, NULL, NULL, NULL),
    ('port_out.code', 'person', NULL, NULL, NULL, NULL),
    ('line.close', 'person', NULL, NULL, NULL, NULL),
    ('sim.replace', 'person', NULL, NULL, NULL, NULL),
    ('contacts.change', 'person', NULL, NULL, NULL, NULL),
    ('autopay.set', 'person', NULL, NULL, NULL, NULL),
    ('marketing.allow', 'person', NULL, NULL, NULL, NULL),
    ('personalisation.allow', 'person', NULL, NULL, NULL, NULL),
    ('sim.puk', 'no', NULL, NULL, NULL, NULL);
