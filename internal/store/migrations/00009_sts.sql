-- +goose Up

-- MTA-STS policies (RFC 8461). Each holds for max_age from when it was fetched,
-- whatever DNS says meanwhile; see relay/mtasts.
CREATE TABLE sts_policy (
    domain TEXT PRIMARY KEY,
    policy_id TEXT NOT NULL,  -- of the announcement in DNS
    policy TEXT NOT NULL,     -- as it was served
    fetched BIGINT NOT NULL
);

-- +goose Down
DROP TABLE sts_policy;
