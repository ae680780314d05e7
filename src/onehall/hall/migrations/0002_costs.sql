-- Every channel has a cost. What was shipped is an example until somebody says what it really is; who did, and when, stands with it.
ALTER TABLE contact_cost ADD COLUMN example boolean NOT NULL DEFAULT false;
ALTER TABLE contact_cost ADD COLUMN staff text;
ALTER TABLE contact_cost ADD COLUMN at timestamptz;
UPDATE contact_cost SET example = true WHERE (channel, minor) IN (
    ('web', 5), ('wechat', 5), ('sms', 10), ('api', 2), ('agent', 3), ('kiosk', 80), ('hotline', 600), ('desk', 1800));
INSERT INTO contact_cost (channel, minor, currency, human, told, example) VALUES ('field', 2500, 'CNY', true, false, true)
    ON CONFLICT (channel) DO NOTHING;
UPDATE fit_edition SET version = version + 1 WHERE id = 1;
