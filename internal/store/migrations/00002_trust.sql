-- +goose Up

-- The user's own mail hosts, as learned from ordinary mail and approved.
CREATE TABLE account_trust (
    account  TEXT NOT NULL,
    rule     TEXT NOT NULL,   -- a network or a domain, written as in the configuration
    messages BIGINT NOT NULL, -- in so many of the messages looked at it stood
    sample   BIGINT NOT NULL CHECK (sample > 0), -- how many were looked at
    learned  BIGINT NOT NULL,
    PRIMARY KEY (account, rule)
);

-- +goose Down
DROP TABLE account_trust;
