-- +goose Up

-- One row for each incident that there is a complaint about: a campaign from
-- one network. Its further copies are counted, not complained about again.
CREATE TABLE incident (
    id          TEXT PRIMARY KEY REFERENCES message (digest) ON DELETE CASCADE, -- its first message
    complaint   TEXT NOT NULL,   -- the message whose complaint speaks of it: id, or the first one of a digest
    fingerprint TEXT NOT NULL,
    network     TEXT NOT NULL,   -- prefix
    contact     TEXT NOT NULL,
    opened      BIGINT NOT NULL,
    seen        BIGINT NOT NULL, -- its last copy
    copies      BIGINT NOT NULL,
    over        BIGINT NOT NULL DEFAULT 0 -- 1: the next copy opens a new incident
);
-- What keeps two programs that run at once from filing the same incident.
CREATE UNIQUE INDEX incident_open ON incident (fingerprint, contact) WHERE over = 0;
CREATE INDEX incident_network ON incident (network, contact);
CREATE INDEX incident_complaint ON incident (complaint);

ALTER TABLE message ADD COLUMN incident TEXT NOT NULL DEFAULT ''; -- that it counts in

-- +goose Down
ALTER TABLE message DROP COLUMN incident;
DROP TABLE incident;
