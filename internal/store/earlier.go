package store

import (
	"context"
	"database/sql"
	"net/netip"
	"time"

	"spamreport/complaint"
	"spamreport/internal/followup"
	"spamreport/relay"
	"spamreport/relay/bounce"
)

// maxEarlier bounds the complaints that a letter lists.
const maxEarlier = 10

// earlier selects complaints that were filed and reached their desk: a server
// took each of them, and nothing that came back says that nobody is there.
const earlier = `
	SELECT c.incident, c.message_id, m.contact, m.filed,
		(SELECT COALESCE(SUM(i.copies), 0) FROM incident i WHERE i.complaint = m.digest),
		EXISTS (SELECT 1 FROM reply r WHERE r.complaint = m.digest AND r.kind <> $1)
	FROM message m JOIN complaint c ON c.digest = m.digest
	WHERE m.action = $2 AND m.filed IS NOT NULL AND m.outcome <> $3
		AND NOT EXISTS (SELECT 1 FROM relay_recipient d WHERE d.queue_id = m.queue_id AND d.state <> $4)
		AND NOT EXISTS (SELECT 1 FROM reply r WHERE r.complaint = m.digest AND r.gone <> '')`

func (s *Store) earlier(ctx context.Context, condition string, args ...any) ([]complaint.Earlier, error) {
	args = append([]any{string(bounce.Bounced), string(complaint.Sent), string(followup.Resolved), string(relay.Delivered)}, args...)
	rows, err := s.read.QueryContext(ctx, earlier+condition, args...)
	if err != nil {
		return nil, explain(err)
	}
	defer func() { _ = rows.Close() }()
	var all []complaint.Earlier
	for rows.Next() {
		var e complaint.Earlier
		var filed sql.NullInt64
		if err := rows.Scan(&e.Incident, &e.MessageID, &e.Contact, &filed, &e.Copies, &e.Answered); err != nil {
			return nil, explain(err)
		}
		e.Filed = fromMillis(filed)
		all = append(all, e)
	}
	return all, explain(rows.Err())
}

// ComplaintAbout implements pipeline.Ledger. What the user closed, resolved or
// not, is no reason to write again.
func (s *Store) ComplaintAbout(ctx context.Context, incident string) (complaint.Earlier, error) {
	found, err := s.earlier(ctx, ` AND m.outcome = '' AND m.digest = (SELECT i.complaint FROM incident i WHERE i.id = $5)`, incident)
	switch {
	case err != nil:
		return complaint.Earlier{}, err
	case len(found) == 0:
		return complaint.Earlier{}, complaint.ErrUnknown
	}
	return found[0], nil
}

// Unresolved implements pipeline.Ledger.
func (s *Store) Unresolved(ctx context.Context, network netip.Prefix, since time.Time) ([]complaint.Earlier, error) {
	return s.earlier(ctx, ` AND m.prefix = $5 AND m.kind IN ($6, $7) AND m.filed >= $8 ORDER BY m.filed LIMIT $9`,
		network.String(), string(complaint.KindSource), string(complaint.KindReminder), millis(since), maxEarlier)
}
