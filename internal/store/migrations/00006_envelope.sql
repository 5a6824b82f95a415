-- +goose Up

-- What a submission says beyond sender and recipients.
ALTER TABLE relay_message ADD COLUMN submitter TEXT NOT NULL DEFAULT '';    -- user of the relay; '' is this program itself
ALTER TABLE relay_message ADD COLUMN utf8 BIGINT NOT NULL DEFAULT 0;        -- 1: SMTPUTF8 (RFC 6531)
ALTER TABLE relay_message ADD COLUMN dsn_return TEXT NOT NULL DEFAULT '';   -- RET of RFC 3461: FULL, HDRS
ALTER TABLE relay_message ADD COLUMN dsn_envelope TEXT NOT NULL DEFAULT ''; -- ENVID of RFC 3461

ALTER TABLE relay_recipient ADD COLUMN domain TEXT NOT NULL DEFAULT '';       -- of the address, in lower case
ALTER TABLE relay_recipient ADD COLUMN priority BIGINT NOT NULL DEFAULT 0;    -- the lower goes first
ALTER TABLE relay_recipient ADD COLUMN dsn_notify TEXT NOT NULL DEFAULT '';   -- NOTIFY of RFC 3461
ALTER TABLE relay_recipient ADD COLUMN dsn_original TEXT NOT NULL DEFAULT ''; -- ORCPT of RFC 3461

UPDATE relay_recipient SET domain = LOWER(SUBSTR(recipient, LENGTH(RTRIM(recipient, REPLACE(recipient, '@', ''))) + 1));

-- What is due is looked for one priority after the other.
DROP INDEX relay_due;
CREATE INDEX relay_due ON relay_recipient (priority, next_attempt, queue_id)
    WHERE next_attempt IS NOT NULL AND owner = 0;

-- +goose Down
DROP INDEX relay_due;
CREATE INDEX relay_due ON relay_recipient (next_attempt, queue_id)
    WHERE next_attempt IS NOT NULL AND owner = 0;
ALTER TABLE relay_recipient DROP COLUMN dsn_original;
ALTER TABLE relay_recipient DROP COLUMN dsn_notify;
ALTER TABLE relay_recipient DROP COLUMN priority;
ALTER TABLE relay_recipient DROP COLUMN domain;
ALTER TABLE relay_message DROP COLUMN dsn_envelope;
ALTER TABLE relay_message DROP COLUMN dsn_return;
ALTER TABLE relay_message DROP COLUMN utf8;
ALTER TABLE relay_message DROP COLUMN submitter;
