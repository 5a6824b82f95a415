-- +goose Up

-- A message can be reason for several complaints: each is a row of its own, a
-- case. The one about the source bears the digest of the message and stands for
-- it wherever messages are counted; kind is empty there.
ALTER TABLE message ADD COLUMN spam TEXT NOT NULL DEFAULT '';  -- digest of the message whose case it is
ALTER TABLE message ADD COLUMN kind TEXT NOT NULL DEFAULT '';  -- '', origin, link, registrar, …
ALTER TABLE message ADD COLUMN about TEXT NOT NULL DEFAULT ''; -- the address, host, domain or account
ALTER TABLE message ADD COLUMN not_before BIGINT;              -- of what is deferred: when it is worth another try
UPDATE message SET spam = digest;
CREATE INDEX message_spam ON message (spam);

-- +goose Down
DROP INDEX message_spam;
DELETE FROM message WHERE kind <> '';
ALTER TABLE message DROP COLUMN not_before;
ALTER TABLE message DROP COLUMN about;
ALTER TABLE message DROP COLUMN kind;
ALTER TABLE message DROP COLUMN spam;
