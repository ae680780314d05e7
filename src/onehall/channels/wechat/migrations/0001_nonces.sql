CREATE TABLE wechat_nonce (
    home smallint NOT NULL,
    nonce text NOT NULL,
    digest text NOT NULL,
    at timestamptz NOT NULL,
    PRIMARY KEY (home, nonce)
);
