-- +goose Up

-- Contacts that a person does not want to mail any more.
CREATE TABLE never_contact (
	address TEXT PRIMARY KEY, -- in lower case
	since   BIGINT NOT NULL
);

-- +goose Down
DROP TABLE never_contact;
