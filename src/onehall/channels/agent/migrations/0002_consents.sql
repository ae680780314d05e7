-- What a customer allows they allow themselves; a program may stop it for them.
INSERT INTO agent_policy (name, admits, own_yes, proof, each_max, day_max) VALUES
    ('consent.start', 'person', NULL, NULL, NULL, NULL),
    ('consent.choose', 'person', NULL, NULL, NULL, NULL) ON CONFLICT (name) DO NOTHING;
DELETE FROM agent_policy WHERE name = 'marketing.allow';
