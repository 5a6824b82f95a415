-- +goose Up

-- What came back about complaints: one row for each message of the reporting
-- mailbox that belongs to one.
CREATE TABLE reply (
    digest     TEXT PRIMARY KEY,
    complaint  TEXT NOT NULL REFERENCES message (digest) ON DELETE CASCADE, -- the message whose complaint it is about
    kind       TEXT NOT NULL, -- bounce, auto-reply, ticket, reply
    class      TEXT NOT NULL, -- of a bounce: hard, soft, block, unknown
    reason     TEXT NOT NULL,
    status     TEXT NOT NULL,
    diagnostic TEXT NOT NULL,
    recipient  TEXT NOT NULL, -- of a bounce: who was not reached
    ticket     TEXT NOT NULL,
    url        TEXT NOT NULL, -- the desk's web form, or the help page of a block
    sender     TEXT NOT NULL, -- header From
    subject    TEXT NOT NULL,
    received   BIGINT NOT NULL, -- when it came into the mailbox
    recorded   BIGINT NOT NULL,
    gone       TEXT NOT NULL, -- the contact, in lower case, that proved not to exist
    anew       BIGINT NOT NULL DEFAULT 0 -- the complaint is to go to another contact: 1, and has: 2
);
CREATE INDEX reply_complaint ON reply (complaint, recorded);
CREATE INDEX reply_gone ON reply (gone) WHERE gone <> '';
CREATE INDEX reply_anew ON reply (complaint) WHERE anew <> 0;

ALTER TABLE message ADD COLUMN prefix TEXT NOT NULL DEFAULT '';  -- network of the source
ALTER TABLE message ADD COLUMN country TEXT NOT NULL DEFAULT ''; -- where it is registered
ALTER TABLE message ADD COLUMN received BIGINT;                  -- when a believed server took it
ALTER TABLE message ADD COLUMN outcome TEXT NOT NULL DEFAULT ''; -- of its complaint, as a person said: resolved, ignored
ALTER TABLE message ADD COLUMN closed BIGINT;                    -- when that was said
UPDATE message SET prefix = COALESCE((SELECT NULLIF(i.network, 'invalid Prefix') FROM incident i WHERE i.id = message.incident), '');
CREATE INDEX message_prefix ON message (prefix);

-- +goose Down
DROP INDEX message_prefix;
ALTER TABLE message DROP COLUMN closed;
ALTER TABLE message DROP COLUMN outcome;
ALTER TABLE message DROP COLUMN received;
ALTER TABLE message DROP COLUMN country;
ALTER TABLE message DROP COLUMN prefix;
DROP TABLE reply;
