-- +goose Up

-- SQLite does not notice when the disk gives back other octets than it took.
ALTER TABLE relay_message ADD COLUMN checksum BIGINT; -- of raw, CRC-32C; NULL: queued by an older version

-- +goose Down
ALTER TABLE relay_message DROP COLUMN checksum;
