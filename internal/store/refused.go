package store

import (
	"context"
	"maps"
	"strings"

	"spamreport/relay"
	"spamreport/relay/bounce"
)

// Refusal is why an address is not to be written to.
type Refusal struct {
	relay.Reply
	Class bounce.Class // as it was understood; empty for what a server said while the mail was handed over
}

// Refused lists the addresses, in lower case, whose last delivery failed for
// good, with what the server said, and those that a bounce came back from.
func (s *Store) Refused(ctx context.Context) (map[string]Refusal, error) {
	refused, err := s.refusedAtOnce(ctx)
	if err != nil {
		return nil, err
	}
	gone, err := s.gone(ctx)
	if err != nil {
		return nil, err
	}
	maps.Copy(refused, gone)
	return refused, nil
}

func (s *Store) refusedAtOnce(ctx context.Context) (map[string]Refusal, error) {
	rows, err := s.read.QueryContext(ctx, `
		SELECT recipient, state, reply_code, reply_status, reply_text FROM relay_recipient
		WHERE state IN ($1, $2) ORDER BY updated`, string(relay.Delivered), string(relay.Failed))
	if err != nil {
		return nil, explain(err)
	}
	defer func() { _ = rows.Close() }()
	refused := map[string]Refusal{}
	for rows.Next() {
		var address string
		var state relay.State
		var reply relay.Reply
		if err := rows.Scan(&address, &state, &reply.Code, &reply.Status, &reply.Text); err != nil {
			return nil, explain(err)
		}
		address = strings.ToLower(address)
		delete(refused, address) // the later outcome counts
		if state == relay.Failed {
			refused[address] = Refusal{Reply: reply}
		}
	}
	return refused, explain(rows.Err())
}
