package store

import (
	"context"
	"database/sql"
	"time"

	"spamreport/complaint"
	"spamreport/relay"
)

// Pulse is what changes when something happens, and costs little to ask. Two
// that are equal say that a page would look the same.
type Pulse struct {
	Held    int // complaints that wait for approval
	Waiting int // recipients that mail waits for
	Failed  int // recipients that mail did not reach

	LastSpam, LastReply, LastDelivery time.Time
}

// Pulse takes the pulse.
func (s *Store) Pulse(ctx context.Context) (Pulse, error) {
	var p Pulse
	var spam, reply, delivery sql.NullInt64
	err := s.read.QueryRowContext(ctx, `
		SELECT (SELECT COUNT(*) FROM message WHERE action = $1),
			(SELECT COUNT(*) FROM relay_recipient WHERE state IN ($2, $3, $4)),
			(SELECT COUNT(*) FROM relay_recipient WHERE state = $5),
			(SELECT MAX(seen) FROM message), (SELECT MAX(received) FROM reply),
			(SELECT MAX(updated) FROM relay_recipient WHERE state = $6)`,
		string(complaint.Held), string(relay.Queued), string(relay.Retrying), string(relay.OnHold), string(relay.Failed),
		string(relay.Delivered)).Scan(&p.Held, &p.Waiting, &p.Failed, &spam, &reply, &delivery)
	p.LastSpam, p.LastReply, p.LastDelivery = fromMillis(spam), fromMillis(reply), fromMillis(delivery)
	return p, explain(err)
}

// Incidents names the complaints that went out under these queue ids.
func (s *Store) Incidents(ctx context.Context, queueIDs []string) (map[string]string, error) {
	incidents := map[string]string{}
	if len(queueIDs) == 0 {
		return incidents, nil
	}
	var p placeholders
	marks := addAll(&p, queueIDs)
	err := s.each(ctx, `SELECT m.queue_id, c.incident FROM message m JOIN complaint c ON c.digest = m.digest
		WHERE m.queue_id IN (`+marks+`)`, p.args, func(scan func(...any) error) error {
		var id, incident string
		err := scan(&id, &incident)
		incidents[id] = incident
		return err
	})
	return incidents, err
}
