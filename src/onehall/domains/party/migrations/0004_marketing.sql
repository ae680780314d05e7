-- Which way of marketing a line of the ledger is about; NULL for every way, and for other purposes.
ALTER TABLE consent ADD COLUMN way text;
-- What holds of marketing now. Whoever writes a marketing message or a word about marketing locks this row first: one comes after the other.
CREATE TABLE marketing_standing (
    home smallint NOT NULL,
    party text COLLATE "C" NOT NULL,
    ways text[] NOT NULL,
    since timestamptz,
    sent timestamptz,
    PRIMARY KEY (home, party)
);
-- Addresses that are not among the contacts: an account at WeChat, a browser that takes pushed messages.
CREATE TABLE reach (
    home smallint NOT NULL,
    party text COLLATE "C" NOT NULL,
    way text NOT NULL,
    address text NOT NULL,
    at timestamptz NOT NULL,
    PRIMARY KEY (home, party, way)
);
-- Those who said a word before there were ways.
INSERT INTO marketing_standing (home, party, ways, since)
SELECT DISTINCT ON (home, party) home, party, CASE WHEN allowed THEN '{sms,push,wechat,call,mail}'::text[] ELSE '{}'::text[] END, at
FROM consent WHERE purpose = 'marketing' ORDER BY home, party, at DESC, id DESC ON CONFLICT DO NOTHING;
INSERT INTO reach (home, party, way, address, at)
SELECT party.home, party.id, 'wechat', login_name.value, login_name.at FROM login_name JOIN party ON party.id = login_name.party
WHERE login_name.kind = 'wechat' ON CONFLICT DO NOTHING;
