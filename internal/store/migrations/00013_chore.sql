-- +goose Up

-- When something that one process does now and then was last begun.
CREATE TABLE chore (
	name  TEXT PRIMARY KEY,
	begun BIGINT NOT NULL
);

-- +goose Down
DROP TABLE chore;
