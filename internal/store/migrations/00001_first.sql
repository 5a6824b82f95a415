-- The schema of both databases, SQLite and PostgreSQL, in what they have in
-- common: BIGINT for every number and for times (milliseconds since 1970, UTC),
-- TEXT, and BYTEA for octets (in SQLite a type name that leaves blobs alone).

-- +goose Up

-- One row for each spam message ever handled.
CREATE TABLE message (
    digest     TEXT PRIMARY KEY,
    message_id TEXT NOT NULL,
    subject    TEXT NOT NULL,
    sender     TEXT NOT NULL, -- header From
    source     TEXT NOT NULL, -- originating address, '' when none was found
    network    TEXT NOT NULL,
    contact    TEXT NOT NULL,
    action     TEXT NOT NULL,
    why        TEXT NOT NULL,
    queue_id   TEXT NOT NULL, -- '' until filed; outlives the relay's row
    seen       BIGINT NOT NULL,
    filed      BIGINT         -- when it was queued for delivery
);
CREATE INDEX message_seen ON message (seen);
CREATE INDEX message_action ON message (action, seen);
CREATE INDEX message_filed ON message (contact, filed);
CREATE INDEX message_queue ON message (queue_id);

-- The complaint about a message, apart from it since few reads want the text.
CREATE TABLE complaint (
    digest     TEXT PRIMARY KEY REFERENCES message (digest) ON DELETE CASCADE,
    incident   TEXT NOT NULL,
    message_id TEXT NOT NULL,
    sender     TEXT NOT NULL,
    recipients TEXT NOT NULL, -- JSON: {"to": [], "cc": []}
    subject    TEXT NOT NULL,
    format     TEXT NOT NULL,
    body       TEXT NOT NULL,
    raw        BYTEA NOT NULL
);
-- Replies of a desk are matched by these two.
CREATE INDEX complaint_incident ON complaint (incident);
CREATE INDEX complaint_message_id ON complaint (message_id);

-- Where a message lies in an IMAP account. The same message can lie in many
-- places; marked is 1 once the flag or move was done there.
CREATE TABLE sighting (
    account     TEXT NOT NULL,
    folder      TEXT NOT NULL,
    uidvalidity BIGINT NOT NULL,
    uid         BIGINT NOT NULL,
    digest      TEXT NOT NULL REFERENCES message (digest) ON DELETE CASCADE,
    marked      BIGINT NOT NULL DEFAULT 0,
    PRIMARY KEY (account, folder, uidvalidity, uid)
);
CREATE INDEX sighting_digest ON sighting (digest);

-- How far each folder was swept.
CREATE TABLE folder_cursor (
    account     TEXT NOT NULL,
    folder      TEXT NOT NULL,
    uidvalidity BIGINT NOT NULL,
    uid         BIGINT NOT NULL,
    PRIMARY KEY (account, folder)
);

-- The relay's queue: a message and, for each recipient, where it stands.
CREATE TABLE relay_message (
    id     TEXT PRIMARY KEY,
    sender TEXT NOT NULL, -- envelope; '' is the null reverse-path
    size   BIGINT NOT NULL,
    queued BIGINT NOT NULL,
    raw    BYTEA          -- gone once nothing is left to deliver
);
CREATE TABLE relay_recipient (
    queue_id     TEXT NOT NULL REFERENCES relay_message (id) ON DELETE CASCADE,
    recipient    TEXT NOT NULL,
    state        TEXT NOT NULL,
    attempts     BIGINT NOT NULL DEFAULT 0,
    next_attempt BIGINT,                    -- NULL: not to be tried
    owner        BIGINT NOT NULL DEFAULT 0, -- the process that delivers it now
    leased_until BIGINT NOT NULL DEFAULT 0,
    reply_code   BIGINT NOT NULL DEFAULT 0,
    reply_status TEXT NOT NULL DEFAULT '',
    reply_text   TEXT NOT NULL DEFAULT '',
    updated      BIGINT NOT NULL,
    PRIMARY KEY (queue_id, recipient)
);
-- What is due, without reading the rest: a queue of long standing is mostly
-- recipients that are done.
CREATE INDEX relay_due ON relay_recipient (next_attempt, queue_id)
    WHERE next_attempt IS NOT NULL AND owner = 0;
CREATE INDEX relay_leased ON relay_recipient (owner) WHERE owner <> 0;
CREATE INDEX relay_state ON relay_recipient (state, queue_id);

-- Answers of registries, by network, AS number or domain.
CREATE TABLE lookup_cache (
    key     TEXT PRIMARY KEY,
    entry   TEXT NOT NULL, -- JSON
    expires BIGINT NOT NULL
);
CREATE INDEX lookup_cache_expires ON lookup_cache (expires);

-- +goose Down
DROP TABLE lookup_cache;
DROP TABLE relay_recipient;
DROP TABLE relay_message;
DROP TABLE folder_cursor;
DROP TABLE sighting;
DROP TABLE complaint;
DROP TABLE message;
