-- +goose Up

-- When a complaint was first answered, and by how many people: counted when an
-- answer comes in, so that figures need not look at every reply.
ALTER TABLE message ADD COLUMN answered BIGINT;
ALTER TABLE message ADD COLUMN people BIGINT NOT NULL DEFAULT 0;
UPDATE message SET
	answered = (SELECT MIN(r.received) FROM reply r WHERE r.complaint = message.digest AND r.kind <> 'bounce'),
	people = (SELECT COUNT(*) FROM reply r WHERE r.complaint = message.digest AND r.kind = 'reply')
WHERE EXISTS (SELECT 1 FROM reply r WHERE r.complaint = message.digest);

-- Everything that figures say of a network, a contact or a country is in an
-- index, and so are the messages of one in the order in which they came.
DROP INDEX message_prefix;
CREATE INDEX message_prefix ON message (prefix, seen, kind, received, filed, answered, people);
CREATE INDEX message_contact ON message (contact, seen, kind, received, filed, answered, people);
CREATE INDEX message_country ON message (country, seen, kind, received, filed, answered, people);
CREATE INDEX message_mailbox ON message (LOWER(contact), seen);
CREATE INDEX message_source ON message (source, seen);

-- How many there are of each.
CREATE INDEX message_outcomes ON message (kind, action);

-- What happened on each day.
CREATE INDEX message_arrival ON message (kind, seen);
CREATE INDEX message_day ON message (filed, queue_id) WHERE filed IS NOT NULL;
CREATE INDEX message_answered ON message (answered, digest) WHERE answered IS NOT NULL;
CREATE INDEX message_people ON message (outcome, closed, filed, people, digest) WHERE people > 0;
CREATE INDEX message_closed ON message (outcome, closed) WHERE outcome <> '';
CREATE INDEX relay_updated ON relay_recipient (state, updated, queue_id);
CREATE INDEX reply_kind ON reply (kind, complaint);
CREATE INDEX reply_received ON reply (received);

-- How the last visit to each folder ended.
CREATE TABLE folder_visit (
	account TEXT NOT NULL,
	folder  TEXT NOT NULL,
	visited BIGINT,         -- the last one that came to its end
	failed  BIGINT,         -- the last one that did not, while it is the last
	error   TEXT NOT NULL,  -- why
	PRIMARY KEY (account, folder)
);

-- +goose Down
DROP TABLE folder_visit;
DROP INDEX reply_received;
DROP INDEX reply_kind;
DROP INDEX relay_updated;
DROP INDEX message_closed;
DROP INDEX message_people;
DROP INDEX message_answered;
DROP INDEX message_day;
DROP INDEX message_arrival;
DROP INDEX message_outcomes;
DROP INDEX message_source;
DROP INDEX message_mailbox;
DROP INDEX message_country;
DROP INDEX message_contact;
DROP INDEX message_prefix;
CREATE INDEX message_prefix ON message (prefix);
ALTER TABLE message DROP COLUMN people;
ALTER TABLE message DROP COLUMN answered;
