-- +goose Up

-- How much of each quota is used, by scope ("all", "user alice") and window of
-- the calendar ("day 2026-11-24").
CREATE TABLE relay_count (
    scope  TEXT NOT NULL,
    period TEXT NOT NULL,
    used   BIGINT NOT NULL,
    told   BIGINT NOT NULL DEFAULT 0, -- the percentage that an alert was sent about
    resets BIGINT NOT NULL,
    PRIMARY KEY (scope, period)
);

ALTER TABLE relay_recipient ADD COLUMN counted BIGINT;                  -- when it was last counted in its quotas
ALTER TABLE relay_recipient ADD COLUMN waited BIGINT NOT NULL DEFAULT 0; -- milliseconds that limits have kept it
ALTER TABLE relay_message ADD COLUMN message_id TEXT NOT NULL DEFAULT ''; -- by which what comes back is matched

-- Whom not to write to.
CREATE TABLE suppression (
    address TEXT PRIMARY KEY, -- in lower case
    reason  TEXT NOT NULL,    -- hard, complaint, manual; 'unjudged' until the program has read the reply
    source  TEXT NOT NULL,    -- the reply, or what a person noted
    since   BIGINT NOT NULL,
    expires BIGINT            -- NULL: never
);

-- Who was refused before there was a list. The program keeps those whose reply
-- speaks against the address.
INSERT INTO suppression (address, reason, source, since)
    SELECT LOWER(r.recipient), 'unjudged', r.reply_code || ' ' || r.reply_status || ' ' || r.reply_text, r.updated
    FROM relay_recipient r
    WHERE r.state = 'failed' AND NOT EXISTS (
        SELECT 1 FROM relay_recipient l WHERE LOWER(l.recipient) = LOWER(r.recipient)
        AND l.state IN ('delivered', 'failed') AND l.updated > r.updated)
    ON CONFLICT (address) DO NOTHING;
INSERT INTO suppression (address, reason, source, since, expires)
    SELECT r.gone, 'hard', r.diagnostic, r.recorded, r.recorded + 15552000000
    FROM reply r WHERE r.gone <> '' AND NOT EXISTS (
        SELECT 1 FROM relay_recipient d JOIN relay_message q ON q.id = d.queue_id
        WHERE LOWER(d.recipient) = r.gone AND d.state = 'delivered' AND q.queued > r.recorded)
    ON CONFLICT (address) DO UPDATE SET reason = excluded.reason, source = excluded.source, expires = excluded.expires;

-- What came back as a message: bounces and feedback reports about mail of this
-- relay.
CREATE TABLE feedback (
    id        TEXT PRIMARY KEY, -- digest of the message that came back
    kind      TEXT NOT NULL,    -- bounce, complaint
    queue_id  TEXT NOT NULL,    -- '' when it is about none that is known
    recipient TEXT NOT NULL,
    class     TEXT NOT NULL,    -- of a bounce
    reason    TEXT NOT NULL,    -- of a bounce; of a complaint its type (RFC 5965 §3.1)
    status    TEXT NOT NULL,
    text      TEXT NOT NULL,
    help      TEXT NOT NULL,    -- the page that it refers to
    reporter  TEXT NOT NULL,
    received  BIGINT NOT NULL
);
CREATE INDEX feedback_received ON feedback (received);

-- +goose Down
DROP TABLE feedback;
DROP TABLE suppression;
ALTER TABLE relay_message DROP COLUMN message_id;
ALTER TABLE relay_recipient DROP COLUMN waited;
ALTER TABLE relay_recipient DROP COLUMN counted;
DROP TABLE relay_count;
