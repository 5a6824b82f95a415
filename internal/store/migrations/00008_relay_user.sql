-- +goose Up

-- Who may hand mail to the relay. What each may do is in the configuration.
CREATE TABLE relay_user (
	name       TEXT PRIMARY KEY, -- in lower case
	hash       TEXT NOT NULL,    -- of the password: argon2id as a PHC string, or bcrypt
	disabled   BIGINT NOT NULL DEFAULT 0,
	created    BIGINT NOT NULL,
	last_login BIGINT
);

-- +goose Down
DROP TABLE relay_user;
